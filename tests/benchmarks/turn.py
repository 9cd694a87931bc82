"""What one tap costs in our own code: from the raw update to the stored chat and the stored reply.

`python tests/benchmarks/turn.py [rounds] [checkout]`. Seven-question talks of many chats on the
real content, each tap through exactly what the bot does with it, without disk and network: the raw
dictionary is read, the stored text becomes a chat, the turn is taken, and chat and replies become
stored text again. With another checkout (an older one, say) both run in turn, and only then the
ratio means anything. Times are microseconds a tap, looking at the clock between the stages (which
costs a quarter of a microsecond in all); the collector runs as it does in the bot. `median` is
the tap that nothing else disturbed.
"""

import gc
import json
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from dialogs.turns import Event

ROOT = Path(__file__).parents[2]
CHATS = 400
QUESTIONS = 7
STAGES = ("read", "load", "turn", "dump", "json")
WALKS = (
    ("me", "none", "pearl", "unsure", "new", "sometimes", "daily"),
    ("another_adult", "none", "pearl", "lid", "old_untried", "no", "sometimes"),
    ("me", "none", "pearl", "body", "new", "no", "daily"),
    ("me", "none", "pearl", "face", "tried_12_weeks", "no", "never"),
)
"""Four talks of seven answers; the last answer brings the routine."""


class Bench:
    """The parts of the bot that take a turn, and what a disk and Telegram would hold."""

    def __init__(self) -> None:
        from bot.clock import utc_now  # noqa: PLC0415 - from the checkout that is measured
        from bot.handlers import Reader  # noqa: PLC0415
        from bot.rendering import Renderer  # noqa: PLC0415
        from bot.talking import Talk  # noqa: PLC0415
        from dialogs import chat, content  # noqa: PLC0415
        from dialogs.conversation import Conversation  # noqa: PLC0415
        from dialogs.speaking import Operator  # noqa: PLC0415

        pages = content.load(ROOT / "content")
        operator = Operator("Test Clinic", "help@clinic.example", "privacy@clinic.example")
        self.reader = Reader("milia_bot", pages.commands)
        self.talk = Talk(Conversation(pages, operator), Renderer(pages), utc_now)
        self.load = chat.load
        self.dump = getattr(chat, "dump", None) or (lambda kept: kept.model_dump_json())
        self.stored: dict[int, str] = {}
        self.keyboards: dict[int, Any] = {}
        self.updates = 0
        self.stages: dict[str, list[int]] = {stage: [] for stage in STAGES}

    def update(self, chat_id: int, data: str) -> str:
        """A raw tap as it comes from Telegram."""
        self.updates += 1
        person = {"id": chat_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
        chat = {"id": chat_id, "first_name": "Ann", "type": "private"}
        us = {"id": 42, "is_bot": True, "first_name": "Milia", "username": "milia_bot"}
        shown = {"message_id": self.updates, "from": us, "chat": chat, "date": 1772000000}
        shown |= {"text": "Which?", "reply_markup": {"inline_keyboard": []}}
        tap = {"id": str(self.updates), "from": person, "message": shown, "data": data}
        tap["chat_instance"] = "-3456789"
        return json.dumps({"update_id": self.updates, "callback_query": tap})

    def one(self, update: str) -> tuple[int, str, list[str]]:
        """One tap, decoded right before; gives what would be stored, and adds the time it took."""
        raw: Any = json.loads(update)
        times = [perf_counter_ns()]
        incoming = self.reader.read_one(raw)
        times.append(perf_counter_ns())
        text = self.stored.get(incoming.chat_id)
        chat = self.load(text) if text else None
        times.append(perf_counter_ns())
        outcome = self.talk.turn(chat, cast("Event", incoming.event), damaged=False)
        times.append(perf_counter_ns())
        kept = self.dump(outcome.chat)
        times.append(perf_counter_ns())
        rows = [message.json for message in outcome.outgoing]
        times.append(perf_counter_ns())
        for stage, begun, ended in zip(STAGES, times, times[1:], strict=False):
            self.stages[stage].append(ended - begun)
        return incoming.chat_id, kept, rows

    def keep(self, chat_id: int, kept: str, rows: list[str]) -> None:
        """Store, as a disk would: what is read later is another string."""
        self.stored[chat_id] = kept.encode().decode()
        self.keyboards[chat_id] = json.loads(rows[-1])["keyboard"]

    def button(self, chat_id: int, option: str) -> str:
        """The data of a button on the newest message."""
        data = (button["callback_data"] for row in self.keyboards[chat_id] for button in row)
        return next(str(found) for found in data if found.endswith(f":{option}"))

    def begin(self) -> None:
        """Everybody agrees and sees the first question."""
        self.stored.clear()
        for chat_id in range(1, CHATS + 1):
            self.keep(*self.one(self.update(chat_id, "1:~::0:@consent")))

    def taps(self, number: int) -> list[str]:
        """The taps of all chats on one question."""
        return [
            self.update(chat_id, self.button(chat_id, WALKS[chat_id % len(WALKS)][number]))
            for chat_id in range(1, CHATS + 1)
        ]


def measured(bench: Bench) -> dict[str, float]:
    """Microseconds a tap: by stage, in all, and of cards and routines alone."""
    bench.begin()
    for stage in STAGES:
        bench.stages[stage].clear()
    for number in range(QUESTIONS):
        for taken in [bench.one(update) for update in bench.taps(number)]:
            bench.keep(*taken)
    whole = [sum(times) / 1000 for times in zip(*bench.stages.values(), strict=True)]
    cards, routines = whole[:-CHATS], whole[-CHATS:]
    return {
        **{stage: statistics.mean(times) / 1000 for stage, times in bench.stages.items()},
        "all": statistics.mean(whole),
        "cards": statistics.mean(cards),
        "routines": statistics.mean(routines),
        "median": statistics.median(whole),
    }


def child(checkout: Path) -> dict[str, float]:
    """Measure a checkout in a process of its own."""
    command = [sys.executable, __file__, "--one", str(checkout)]
    out = subprocess.run(command, check=True, capture_output=True, cwd=checkout)  # noqa: S603
    found: dict[str, float] = json.loads(out.stdout)
    return found


def main(rounds: int, checkouts: list[Path]) -> None:
    """Print the medians side by side, and the ratio of each round."""
    taken: list[list[dict[str, float]]] = [
        [child(checkout) for checkout in checkouts] for _ in range(rounds)
    ]
    print(f"{'us a tap':10}" + "".join(f"{path.name:>16}" for path in checkouts))  # noqa: T201
    for name in taken[0][0]:
        medians = [
            statistics.median(found[i][name] for found in taken) for i in range(len(checkouts))
        ]
        print(f"{name:10}" + "".join(f"{median:16.1f}" for median in medians))  # noqa: T201
    ratios = [found[-1]["all"] / found[0]["all"] for found in taken]
    if len(checkouts) > 1:
        print(f"ratio: from {min(ratios):.1f} to {max(ratios):.1f}")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.path.insert(0, sys.argv[2])
        ROOT = Path(sys.argv[2])
        bench = Bench()
        cold = measured(bench)["all"]
        gc.collect()
        gc.freeze()
        print(json.dumps(measured(bench) | {"cold": cold}))  # noqa: T201
    else:
        others = [Path(path) for path in sys.argv[2:]]
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, [ROOT, *others])

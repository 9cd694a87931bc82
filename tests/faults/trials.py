"""For each planted bug a run that the sound bot comes through, and the name of what gives it away.

Naive local time: what is told by local dates is still to come, so the bug is planted in the clock,
and found by the stored times. Deferred begin changes nothing that can be seen while one process
has the file, so it is found by the list of statements.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from people import buttons, until
from toy import COLOUR, SHAPE, write

from faults.scripted import begun, tap
from faults.town import Town
from faults.troubles import spoiled

Trouble = Callable[[Town], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What to do, which checks of the account tell (one does), and what else is set."""

    trouble: Trouble
    tells: tuple[str, ...]
    chats: int = 8
    settings: Mapping[str, str] = field(default_factory=dict)


def dies_at(*hooks: str) -> Trouble:
    """Die at each of these hooks in turn."""

    async def trouble(town: Town) -> None:
        await town.bot.over()
        for hook in hooks:
            town.bot.orders = town.orders(kill=hook, nth=6)
            await town.bot.start()
            await town.bot.died(within=2)
        town.bot.orders = town.orders()
        await town.bot.start()

    return trouble


async def quiet(town: Town) -> None:
    """Nothing goes wrong."""
    await asyncio.sleep(0.5)


async def renumbered(town: Town) -> None:
    """After a quiet week Telegram numbers from another place, here a lower one.

    In such a week the queue has emptied; what is in it still would stand in the way for ever.
    """
    await asyncio.sleep(0.5)
    await until(lambda: not town.server.state.updates.pending)
    town.server.state.updates._next = 1000
    await asyncio.sleep(0.5)


async def intruded(town: Town) -> None:
    """Somebody else presses a button in a private chat."""
    person = await begun(town)
    message_id, _, button = buttons(town.server, person.number)[0]
    query = {
        "id": "4711",
        "from": {"id": person.number + 999, "is_bot": False, "first_name": "Mallory"},
        "message": town.server.state.chats[person.number].messages[message_id],
        "chat_instance": "1",
        "data": button["callback_data"],
    }
    town.server.inject({"callback_query": query})
    await until(lambda: not town.server.state.updates.pending)


async def reordered(town: Town) -> None:
    """The options of a question change places while somebody looks at its card."""
    person = await begun(town)
    await town.bot.stop()
    other = COLOUR.replace("red: Red, blue: Blue", "blue: Blue, red: Red")
    folder = write(town.folder / "after", {"en/intake/10-colour.md": other})
    town.bot.environment["CONTENT_DIR"] = str(folder)
    town.server.tap(person.number, "Red")
    person.said = {"colour": ("red",)}
    await town.bot.start()
    await until(lambda: not town.server.state.updates.pending)


async def redelivered(town: Town) -> None:
    """The bot dies with an answer kept that Telegram still holds, and that fits the next question.

    What is told again must not be taken again: it would answer what nobody has asked about yet.
    """
    person = await begun(town)
    await town.bot.stop()
    alike = {"en/intake/20-shape.md": SHAPE.replace("A red shape", "Red")}
    town.bot.environment["CONTENT_DIR"] = str(write(town.folder / "alike", alike))
    town.server.say(person.number, "Red")
    person.said = {"colour": ("red",)}
    town.bot.orders = town.orders(kill="before getupdates", nth=2)
    await town.bot.start()
    await town.bot.died(within=5)
    town.bot.orders = town.orders()
    await town.bot.start()
    await until(lambda: not town.server.state.updates.pending)


async def forgotten(town: Town) -> None:
    """Somebody is forgotten while messages to them wait; none of these may go out any more."""
    person = await begun(town)
    town.server.say(person.number, "/forget")
    await until(
        lambda: any(p.option == "forget" for _, p, _ in buttons(town.server, person.number))
    )
    town.dice.refused, town.dice.methods = 1.0, frozenset({"sendmessage", "editmessagetext"})
    town.server.say(person.number, "/privacy")
    await until(lambda: not town.server.state.updates.pending)
    tap(town, person, "forget")
    await until(lambda: not town.server.state.updates.pending)
    before = len(town.server.state.calls)
    town.dice.calm()
    await until(lambda: len(town.server.outbox(before)) > 0)
    await asyncio.sleep(1.5)
    town.late = len(town.server.outbox(before)) - 1


def _called(town: Town, number: int) -> bool:
    """Whether the bot has tried to say something to somebody."""
    return any(str(call.params.get("chat_id")) == str(number) for call in town.server.calls())


async def deleted(town: Town) -> None:
    """Some people delete their account, which no update tells, while messages to others wait."""
    await town.speaks()
    # Only edits fail: so that who is gone is refused at once, while the others' cards wait.
    town.dice.refused, town.dice.methods = 1.0, frozenset({"editmessagetext"})
    await until(lambda: town.dice.fired["refused"] > 5)
    for number in range(7_340_000_001, 7_340_000_006):
        town.server.say(number, "/start")
        town.server.deactivate(number)
        await until(partial(_called, town, number))
    town.dice.calm()
    town.troubled()


def toy(folder: Path) -> Mapping[str, str]:
    """The settings for a small content of a test's own."""
    return {"CONTENT_DIR": str(write(folder / "before"))}


TURN = "commit of turn"
TRIALS: Mapping[str, Trial] = {
    "ack before commit": Trial(dies_at(*(f"before {TURN}",) * 2), ("lost",)),
    "clear outbox before send": Trial(dies_at(*("before sendmessage",) * 2), ("lost",)),
    "lose ids": Trial(redelivered, ("wrong",), chats=0, settings={"CONTENT_DIR": "toy"}),
    "high-water mark": Trial(renumbered, ("lost",)),
    "sender keeps stale row": Trial(forgotten, ("late",), chats=0),
    "no owner check": Trial(intruded, ("wrong",), chats=0),
    "option by position": Trial(reordered, ("wrong",), chats=0, settings={"CONTENT_DIR": "toy"}),
    "clamp retry_after": Trial(lambda town: spoiled(town, 1.5, flooded=0.1), ("in_ban",)),
    "naive local time": Trial(quiet, ("untrue",), settings={"TZ": "Pacific/Kiritimati"}),
    "deferred begin": Trial(quiet, ("unhooked",)),
    "drop on 403 of others": Trial(deleted, ("lost",)),
    "log the URL": Trial(quiet, ("told",)),
}

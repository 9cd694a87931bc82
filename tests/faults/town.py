"""Everything one run takes: the stand-in, the bot under supervision, the people, the account."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from phone import House, answer, begun
from routes import routes_to_all

from bot.playground import Playground, webhooks
from dialogs.content import Content
from dialogs.pages import Question
from faults import points
from faults.bots import SECRET, Supervised, Toll, free_port, settings_of, written
from faults.dice import Dice
from faults.oracle import Account, Evidence, judge
from faults.orders import Orders
from faults.persons import Person
from faults.starting import Starter
from faults.storing import stored

TOKEN = "1234567:canary_token_that_nobody_may_ever_log"  # noqa: S105 - it opens nothing
NAME = "Canaryname"
FIRST_PERSON = 7_310_000_001
"""People's numbers, also looked for in the logs."""
RETRIED_AFTER = 1
"""Seconds that the stand-in waits at most between two tries at a webhook; Telegram up to 120."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: where updates come from, where things are kept, how many chats, how patient."""

    name: str
    seed: int = 1
    mode: str = "polling"
    chats: int = 20
    workers: int = 1
    thinking: float = 0.05
    patience: float = 10.0
    repeats: int = 3


class Town:
    """`async with Town(...) as town:` and then `await town.live(trouble)`."""

    def __init__(
        self, plan: Plan, folder: Path, starter: Starter, content: Content, address: str = ""
    ) -> None:
        self.plan, self.folder, self.plant, self.late = plan, folder, "", 0
        self.server = Playground(TOKEN, port=free_port())
        self.questions: Mapping[str, Question] = content.flows["intake"]
        self.typable: Mapping[str, frozenset[str]] = _typable(content)
        self.thinking = plan.thinking
        self.chance = random.Random(f"{plan.seed}/trouble")
        self.people: list[Person] = []
        self.toll = Toll()
        self.spoiled: set[int] = set()
        self.dice = Dice(self.server.state, self.chance, self.spoiled)
        self.server.state.faults = self.dice
        self.address = address or f"sqlite:///{folder / 'milia.db'}"
        self._starter, self._set = starter, self._settings()
        self.bots = [self._worker(folder) for _ in range(plan.workers)]
        self.fired: dict[str, int] = {}
        self.beside: list[Supervised] = []
        self.ending = False
        self.buried = 0
        self.canaries: list[str] = []
        self.overheard = ""
        self.moved = self.moved_back = 0.0
        self._trouble = time.monotonic()

    @property
    def bot(self) -> Supervised:
        return self.bots[0]

    def _worker(self, folder: Path) -> Supervised:
        return Supervised(self.server, folder, self._starter, self.toll, self._set)

    def another(self, name: str) -> Supervised:
        """A bot beside the others, with the same database and a log of its own."""
        (self.folder / name).mkdir()
        found = Supervised(self.server, self.folder / name, self._starter, Toll(), {**self._set})
        self.beside.append(found)
        return found

    def _settings(self) -> dict[str, str]:
        more = {"DATABASE_URL": self.address, "LOG_LEVEL": "DEBUG"}
        return {**settings_of(self.plan.mode, free_port()), **more}

    async def __aenter__(self) -> Self:
        self._longest, webhooks.LONGEST = webhooks.LONGEST, RETRIED_AFTER
        await self.server.__aenter__()
        self._began = self.server.now()
        self._started = time.monotonic()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for bot in (*self.bots, *self.beside):
            await bot.over()
        await self.server.__aexit__(kind, error, trace)
        webhooks.LONGEST = self._longest

    # --- what goes on ---

    async def live(
        self, trouble: Callable[[], Awaitable[object]], *, starts: bool = True
    ) -> Account:
        """Let people talk while there is trouble, and to the end of their talks; give account."""
        if starts:
            await asyncio.gather(*(bot.start() for bot in self.bots))
        slots = [asyncio.create_task(self._slot(number)) for number in range(self.plan.chats)]
        try:
            await trouble()
            self.ending = True
            await asyncio.gather(*slots)
        finally:
            for slot in slots:
                slot.cancel()
        await self.rest()
        return self.account()

    async def _slot(self, number: int) -> None:
        """One chat after the other."""
        await asyncio.sleep(number * 0.02)
        while not self.ending:
            await self.person().talk()

    def person(self) -> Person:
        """Somebody new."""
        number = FIRST_PERSON + len(self.people)
        self.server.person(number, NAME)
        seed = f"{self.plan.seed}/{self.plan.name}"
        self.people.append(Person(self, number, seed, self.plan.patience, self.plan.repeats))
        return self.people[-1]

    async def rest(self) -> None:
        """Wait until Telegram holds nothing and the bot has nothing more to say; then stop it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * self.plan.patience):
                known = -1
                while self.server.state.updates.pending or known != self._said():
                    known = self._said()
                    await asyncio.sleep(0.2)
        await asyncio.gather(*(bot.stop() for bot in self.bots))

    def _said(self) -> int:
        return sum(call.method != "getupdates" for call in self.server.state.calls)

    # --- trouble ---

    def troubled(self) -> None:
        """Something goes wrong just now: nobody may call anything lost for a while."""
        self._trouble = time.monotonic()

    def calm(self) -> float:
        since = max(self._trouble, *(bot.since for bot in self.bots))
        speaks = all(bot.speaks for bot in self.bots)
        return time.monotonic() - since if speaks else 0.0

    def move_clock(self, seconds: float) -> None:
        """Move the clock of the bot, and only of the bot, to so many seconds from the true time."""
        self.moved, self.moved_back = max(self.moved, seconds), min(self.moved_back, seconds)
        (self.folder / "clock").write_text(str(seconds))

    def spoil_store(self, how: str) -> None:
        """Let the database fail in this way from now on; "" mends it."""
        file = self.folder / "store"
        file.with_suffix(".new").write_text(how)
        file.with_suffix(".new").rename(file)
        self.troubled()

    async def speaks(self, within: float = 10.0) -> None:
        """Wait until the bot has said anything to Telegram since it was started."""
        async with asyncio.timeout(within):
            while not self.bot.speaks:
                self.server.changed.clear()
                await self.server.changed.wait()

    def orders(self, **about: str | int | bool) -> Orders:
        """Orders for the bot's next start."""
        return Orders(str(self.folder), plant=self.plant, **about)  # type: ignore[arg-type]

    # --- and the account ---

    def account(self) -> Account:
        numbers = [str(person.number) for person in self.people]
        known = set(numbers)
        seen = Evidence(
            people=self.people,
            stored=stored(self.address),
            calls=[call for call in self.server.state.calls if call.params.get("chat_id") in known],
            asked_again=self.moved > 0,
            spoiled=frozenset(self.spoiled),
            toll=self.toll,
            log=written([*self.bots[:1], *self.beside]) + self.overheard,
            canaries=(SECRET, TOKEN, TOKEN.partition(":")[2], NAME, *numbers, *self.canaries),
            began=self._began + timedelta(seconds=self.moved_back),
            ended=self.server.now() + timedelta(seconds=self.moved),
            pending=len(self.server.state.updates.pending),
            buried=self.buried,
            unhooked=self._unhooked(),
            late=self.late,
        )
        plan = self.plan
        account = Account(f"{plan.name} {plan.mode} {self.address.partition(':')[0]}", plan.seed)
        account.fired = self.fired
        account.seconds = round(time.monotonic() - self._started, 1)
        return judge(account, seen)

    def _unhooked(self) -> set[str]:
        """What the trail shows that has no hook."""
        trail = self.folder / "trail"
        seen = set(trail.read_text().splitlines()) if trail.exists() else set()
        known = points.hooks(self.plan.mode, "postgres" if "postgres" in self.address else "sqlite")
        return {name for name in seen - set(known) if not name.startswith("killed ")}


_KNOWN: dict[str, dict[str, frozenset[str]]] = {}


def _typable(content: Content) -> dict[str, frozenset[str]]:
    """The options of each question that are understood by their labels, as anybody would type."""
    if content.hash not in _KNOWN:
        house, found = House(content), {}
        for question, before in routes_to_all(house.questions).items():
            phone = begun(house)
            for name, options in before.items():
                answer(phone, name, options)
            understood = set()
            for option, label in house.questions[question].options.items():
                twin = phone.fork()
                twin.say(label)
                if twin.answers() == {**before, question: (option,)}:
                    understood.add(option)
            found[question] = frozenset(understood)
        _KNOWN[content.hash] = found
    return _KNOWN[content.hash]

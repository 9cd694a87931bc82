"""People who talk to the bot as fast as it answers, and remember what they said and saw."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from people import asked, buttons
from routes import route

from bot.playground import Playground
from dialogs.buttons import Press
from dialogs.pages import Question

TYPED, DOUBLE = 0.3, 0.1
"""Shares of answers that are typed, and of taps that are double taps."""


class World(Protocol):
    """What people live in."""

    server: Playground
    questions: Mapping[str, Question]
    typable: Mapping[str, frozenset[str]]
    thinking: float

    def calm(self) -> float:
        """Seconds for which nothing has gone wrong."""


@dataclass
class Person:
    """One chat and one talk; `said` is what they answered, in order.

    `lost` are answers that Telegram let go and nobody replied to; `stuck` is the question at which
    they gave up, after so many `repeats`. `waits` are the seconds from each answer to
    the next question.
    """

    world: World
    number: int
    seed: str
    patience: float
    repeats: int = 3
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    stuck: str = ""
    waits: list[float] = field(default_factory=list)
    acts: int = 0
    done: bool = False

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.seed}/{self.number}")
        self._way = route(self.world.questions, self._chance.choice)
        self._acted = time.monotonic()

    @property
    def _server(self) -> Playground:
        return self.world.server

    async def talk(self) -> None:
        """Talk to the end of the questions, or until nothing helps."""
        with self._server.watch(self.number) as self._events:
            begun = await self._until(self._begin, lambda: bool(self._keyboard()), "start")
            if not begun or not await self._until(
                lambda: self._tap("consent"), lambda: self._asked() != "", "consent"
            ):
                return
            for question, options in self._way.items():
                if not await self._answered(question, options):
                    return
            self.done = True

    async def _answered(self, question: str, options: tuple[str, ...]) -> bool:
        if self._asked() != question and not await self._until(
            lambda: None, lambda: self._asked() == question, question
        ):
            return False
        await asyncio.sleep(self._chance.uniform(0, self.world.thinking))
        self.said[question] = options
        begun = time.monotonic()
        heard = await self._say(question, options)
        self.waits.append(time.monotonic() - begun)
        return heard

    async def _say(self, question: str, options: tuple[str, ...]) -> bool:
        def over() -> bool:
            return self._asked() != question

        if self.world.questions[question].several:
            for option in options:
                if not await self._until(
                    lambda option=option: self._tap(option),  # type: ignore[misc]
                    lambda option=option: self._is_ticked(option),  # type: ignore[misc]
                    question,
                ):
                    return False
            return await self._until(lambda: self._tap("="), over, question)
        (option,) = options
        if option in self.world.typable.get(question, ()) and self._chance.random() < TYPED:
            label = self.world.questions[question].options[option]
            return await self._until(lambda: self._type(label), over, question)
        twice = self._chance.random() < DOUBLE
        return await self._until(lambda: self._tap(option, twice=twice), over, question)

    # --- what they do ---

    def _begin(self) -> None:
        self._type("/start")

    def _type(self, text: str) -> None:
        self._server.say(self.number, text)

    def _tap(self, option: str, *, twice: bool = False) -> None:
        for message_id, press, button in self._keyboard():
            if option in (press.option, press.mark):
                for _ in range(1 + twice):
                    self._server.tap(
                        self.number,
                        data=button["callback_data"],
                        message_id=message_id,
                        force=True,
                    )
                return

    async def _until(self, act: Callable[[], None], true: Callable[[], bool], what: str) -> bool:
        """Do something and look until something holds; do it again if it surely was lost."""
        for _ in range(1 + self.repeats):
            self.acts += 1
            self._acted = time.monotonic()
            act()
            if await self._seen(true):
                return True
            self.lost.append(what)
        self.stuck = what
        return False

    async def _seen(self, true: Callable[[], bool]) -> bool:
        while not true():
            try:
                async with asyncio.timeout(0.2):
                    await self._events.events.get()
            except TimeoutError:
                if self._in_vain():
                    return False
        return True

    def _in_vain(self) -> bool:
        """Whether Telegram has let go of what was said, and all was well for long enough since.

        What Telegram still holds is not lost; but held for very long, it is.
        """
        waited = min(time.monotonic() - self._acted, self.world.calm())
        held = any(is_of(update, self.number) for update in self._server.state.updates.pending)
        return waited > self.patience * (5 if held else 1)

    # --- what they see ---

    def _keyboard(self) -> list[tuple[int, Press, dict[str, Any]]]:
        return buttons(self._server, self.number)

    def _asked(self) -> str:
        return asked(self._server, self.number)

    def _is_ticked(self, option: str) -> bool:
        return any(press.mark == "-" and press.option == option for _, press, _ in self._keyboard())


def is_of(update: dict[str, Any], person: int) -> bool:
    """Whether an update tells what this person did."""
    about = update.get("callback_query") or update.get("message") or {}
    return bool(about.get("from", {}).get("id") == person)

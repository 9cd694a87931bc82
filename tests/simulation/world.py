"""One run from one seed: people, Telegram, and a bot that ends and starts over and over."""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

from updates import START

from bot.store import taking
from bot.store.applying import Batch
from bot.store.outcomes import Applied
from bot.talking import Talk
from simulation import disk
from simulation.bot import Bot
from simulation.hooking import Endpoint, Hook
from simulation.luck import Luck
from simulation.models import conversation, counted, talked
from simulation.oracle import BrokenError, Oracle
from simulation.persons import live
from simulation.running import Loop, Process
from simulation.talking import Conversation, Counting, Numbered
from simulation.telegram import Telegram

SETTLED = 600.0
"""Seconds after the last ban in which everything has to be through (j)."""
REAL_EVERY = 4
"""One in so many worlds has the real conversation; a quicker one says as much of the store."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to: what it broke (None: nothing), and what happened in it."""

    seed: int
    broken: BrokenError | None
    log: tuple[str, ...]
    points: int
    crashes: int
    counts: Any


class Watched(Batch):
    """A batch whose turns the oracle hears of."""

    def take(self, incoming: Any) -> Applied:
        applied = super().take(incoming)
        statements: Any = self._db.raw  # type: ignore[attr-defined]
        statements.oracle.took(incoming, applied)
        return applied


class World:
    """`dies_at` is the crash point of the first process, the only one then; None: by chance."""

    def __init__(self, seed: int, dies_at: int | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self.luck, self._dies_at = Luck(seed), dies_at
        if dies_at is not None:
            self.luck.level = 0
        raw = disk.database()
        self.real = seed % REAL_EVERY == 1
        self.oracle = Oracle(raw, self.clock, talked if self.real else counted)
        self.telegram = Telegram(self.luck, self.oracle)
        self._driver = partial(disk.Driver, raw)
        self._hooked, self._quiet = self.luck.dice.random() < 0.4, False
        if self._hooked:
            Hook(self.telegram, self._serving)
        self.bot: Bot | None = None
        self._numbers = count(1)
        self.points = self.crashes = 0

    def clock(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())

    async def run(self) -> None:
        """Let people live through faults, and then wait until all is well."""
        keeper = self._loop.create_task(self._keep())
        await live(self.telegram, self.luck, real=self.real)
        self.luck.level, self._quiet = 0, True
        if self.bot:
            self.bot.process.dies_at = None
        last = max([0.0, *self.telegram.bans.values()]) - self._loop.time()
        await asyncio.sleep(max(last, 0) + SETTLED)
        self.points += self.bot.process.points if self.bot else 0
        keeper.cancel()
        self.telegram.expire()
        self.oracle.finish(len(self.telegram.pending))

    async def _keep(self) -> None:
        """Start the bot, and start it again whenever it has ended."""
        while True:
            process = Process(self._crash())
            over = asyncio.Event()
            process.ends.append(over.set)
            driver = self._driver(process, self.luck, self.oracle)
            bot = Bot(process, driver, self.telegram, self._talk(process), self.clock)
            self.bot = bot
            task = self._loop.create_task(bot.run(hooked=self._hooked), context=process.context)
            task.add_done_callback(partial(self._ended, process, self._quiet))
            if self.luck.level and self.luck.dice.random() < 0.2:
                self._loop.call_later(self.luck.dice.uniform(0, 60), bot.stop.set)
            await over.wait()
            self.points += process.points
            self.crashes += 1
            self.oracle.note("end of a process")
            await asyncio.sleep(1 if self._quiet else self.luck.one((0.1, 0.5, 1, 3, 3, 200)))

    def _crash(self) -> int | None:
        if self._quiet:
            return None
        if self._dies_at is not None:
            return None if self.crashes else self._dies_at
        return self.luck.points()

    def _talk(self, process: Process) -> Conversation:
        talk = Talk(*conversation(), self.clock) if self.real else Counting(process.die)
        return Numbered(talk, self._numbers)

    def _ended(self, process: Process, quiet: bool, task: "asyncio.Task[None]") -> None:
        """A process may end by itself only if it began while there were faults."""
        error = None if task.cancelled() else task.exception()
        if error and quiet and not isinstance(error, disk.KilledError):
            self.oracle.breaks("j", f"the program ended by itself: {error!r}")
        process.die()

    def _serving(self) -> tuple[Process, Endpoint] | None:
        if self.bot is None or not self.bot.process.alive or self.bot.endpoint is None:
            return None
        return self.bot.process, self.bot.endpoint


def simulate(seed: int, dies_at: int | None = None) -> Run:
    """Run one seed to its end, or to the first thing that never may happen."""
    logging.disable(logging.CRITICAL)
    random.seed(seed)
    loop = Loop()
    with patch.object(taking, "Batch", Watched):
        try:
            world = loop.run_until_complete(_run(seed, dies_at))
        finally:
            loop.end()
            logging.disable(logging.NOTSET)
    oracle = world.oracle
    for fault in loop.faults:
        oracle.breaks("x", fault)
    oracle.raw.close()
    log = tuple(oracle.log)
    return Run(seed, oracle.broken, log, world.points, world.crashes, oracle.counts)


async def _run(seed: int, dies_at: int | None) -> World:
    world = World(seed, dies_at)
    await world.run()
    return world


def sweep(seed: int) -> Sequence[Run]:
    """Run one seed without faults, and again with a crash at each of its points in turn."""
    whole = simulate(seed, 10**9)
    return [whole, *(simulate(seed, point) for point in range(1, whole.points + 1))]

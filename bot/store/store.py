"""The store: what the receiver asks for, each as one transaction, beside what the sender does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bot.clock import Clock
from bot.store import sharing
from bot.store.asking_again import asked_again
from bot.store.beating import Heartbeat
from bot.store.driver import Driver
from bot.store.mailing import Mailing
from bot.store.outbox import stamp
from bot.store.outcomes import Apologise, Applied, TakeTurn
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import SQLite
from bot.store.taking import Reread, Taking

if TYPE_CHECKING:
    from bot.incoming import Incoming

SQLITE = "sqlite:///"

_log = logging.getLogger(__name__)


class Store(Mailing):
    """The database. Every method is one transaction, or one for each update where that is said.

    `cautious`: the program did not end in order, and some update may be why (R5).
    """

    def __init__(self, driver: Driver, clock: Clock) -> None:
        super().__init__(driver, clock)
        self.cautious = False
        self._one_by_one = asyncio.Lock()
        self._begun: dict[int, int] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._heartbeat = Heartbeat()

    @classmethod
    async def open(cls, path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS) -> Self:
        """Open a SQLite file for this process alone.

        Raises:
            StoreError: it is in use, damaged, or not this program's.

        """
        return await cls.begun(await SQLite.open(path, clock, migrations), clock)

    @classmethod
    async def at(cls, address: str, clock: Clock) -> Self:
        """Open the database at an address: `sqlite:///` and a path, or `postgresql://`.

        Raises:
            StoreError: it cannot be used.

        """
        if address.startswith(SQLITE):
            return await cls.open(Path(address.removeprefix(SQLITE)), clock)
        from bot.store.postgres import Postgres  # noqa: PLC0415 - only there if it is wanted

        return await cls.begun(await Postgres.open(address), clock)

    @classmethod
    async def begun(cls, driver: Driver, clock: Clock) -> Self:
        """Begin work on a database that is open; look whether the last work ended in order."""
        store = cls(driver, clock)
        try:
            store.cautious = await store.do(
                lambda db: sharing.begin(db, driver, stamp(store._clock()))
            )
        except BaseException:
            await driver.close()
            raise
        return store

    async def close(self) -> None:
        """Finish what is under way, note that the work ended in order, and let go."""
        await asyncio.gather(*self._beside, return_exceptions=True)
        try:
            await self.do(lambda db: sharing.end(db, self._driver.worker()))
        finally:
            await self._driver.close()

    async def apply(
        self,
        batch: Sequence[Incoming],
        turn: TakeTurn,
        apology: Apologise,
        reread: Reread | None = None,
    ) -> list[Applied]:
        """Take the turns of a batch and store all they come to; an empty one is a heartbeat.

        An update applied before is skipped. One whose turn raises twice becomes a dead letter:
        its chat stays as it was and gets the apology. The batch is one transaction; after an
        unclean end, and where the database is shared, each update is one.

        Raises:
            Exception: the disk is full, the file is busy, or the like; to be tried again.

        """
        applied: list[Applied] = []
        if batch:
            # Deliveries to a webhook come side by side; with caution they too wait in line.
            async with self._one_by_one if self.cautious else nullcontext():
                applied, forgot = await self._taking(turn, apology, reread).take(batch)
            if forgot:
                self._aside(self._driver.wipe())
            # Nobody waits for this: what is told in another order would be sent in that order.
            now = self._clock()
            if self._heartbeat.due(now):
                self._aside(self._beat(now))
        else:
            await self._beat(self._clock())
        return applied

    def _aside(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _taking(self, turn: TakeTurn, apology: Apologise, reread: Reread | None) -> Taking:
        how = (self._driver, self._now, turn, apology, reread, self.cautious)
        return Taking(*how, self._begun)

    async def unpark(
        self, chat_id: int, turn: TakeTurn, apology: Apologise, reread: Reread
    ) -> None:
        """Take the turns of a chat that was busy when they came.

        Raises:
            Exception: the database's own error, or the chat is busy still.

        """
        await self._taking(turn, apology, reread).unpark(chat_id)

    async def ask_again(self, ask: Apologise, pending: Mapping[int, int]) -> list[int]:
        """Ask those mid-talk once more, after an outage in which their taps were lost.

        `pending` are updates that came in meanwhile, and their chats. Gives the chats asked.
        """
        return await self.do(lambda db: asked_again(db, self._clock(), ask, pending))

    async def _beat(self, now: datetime) -> None:
        """Note now and then that Telegram was just heard, and tidy up."""
        if not self._heartbeat.due(now):
            return
        try:
            await self.do(lambda db: self._heartbeat.note(db, now))
        except Exception as error:  # noqa: BLE001 - a missed heartbeat is no reason to do more
            _log.error("the heartbeat could not be stored: %s", type(error).__name__)
            return
        self._heartbeat.noted(now)

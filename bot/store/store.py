"""The store: what the receiver and the sender ask for, each as one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bot.clock import Clock
from bot.store import outbox, sharing
from bot.store.applying import Apologise, Applied, TakeTurn
from bot.store.asking_again import asked_again
from bot.store.driver import Connection, Done, Driver, Result, run
from bot.store.outbox import Row, stamp
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import SQLite
from bot.store.taking import Reread, Taking

if TYPE_CHECKING:
    from bot.handlers import Incoming
    from dialogs.turns import Card

KEPT = {
    "applied": timedelta(hours=48),  # twice as long as Telegram keeps an update
    "attempts": timedelta(hours=48),
    "dead_letters": timedelta(days=7),
}
"""How long what is only of use for a while stays."""
TIDIED_EVERY = timedelta(hours=1)
BEATS_EVERY = timedelta(seconds=5)
"""Far less than the outage that the heartbeat is there to tell (R11)."""
SQLITE = "sqlite:///"

_log = logging.getLogger(__name__)


class Store:
    """The database. Every method is one transaction, or one for each update where that is said.

    `shared`: other programs work on it too, and what waits for a chat may be theirs to send.
    `cautious`: the program did not end in order, and some update may be why (R5).
    """

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver, self._clock = driver, clock
        self.shared, self.cautious = driver.shared, False
        self._one_by_one = asyncio.Lock()
        self._begun: dict[int, int] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._tidied: datetime | None = None
        self._beaten: datetime | None = None

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

    async def do(self, job: Callable[[Connection], Result]) -> Result:
        """Run anything in one transaction.

        Raises:
            Exception: the database's own errors; nothing is stored then.

        """
        return await run(self._driver, job)

    def claim_polling(self) -> bool:
        """Whether this process may poll: one at a time may."""
        return self._driver.claim_polling()

    # --- receiving ---

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
            if self._due(now):
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

    # --- sending ---

    async def waiting(self) -> list[int]:
        """Give the chats that have messages to send, the longest waiting first."""
        query = "SELECT chat_id FROM outbox GROUP BY chat_id ORDER BY min(id)"
        return [chat_id for (chat_id,) in await self.do(lambda db: db.execute(query).fetchall())]

    async def left(self) -> tuple[list[int], list[int]]:
        """Give the chats nobody sends to though something waits, and those with parked turns."""

        def job(db: Connection) -> tuple[list[int], list[int]]:
            self._driver.be_present()
            return sharing.left(db, self._driver, self._clock())

        return await self.do(job)

    async def rows(self, chat_id: int) -> list[Row]:
        """Give what this program is to send to a chat, in order."""
        return await self.do(lambda db: sharing.claimed(db, self._driver, chat_id, self._clock()))

    async def waits(self) -> dict[int, float]:
        """Give the seconds that chats have to wait yet; 0 stands for all chats."""
        found = await self.do(lambda db: db.execute("SELECT chat_id, until FROM waits").fetchall())
        now = self._clock()
        left = {chat_id: (datetime.fromisoformat(until) - now) for chat_id, until in found}
        return {
            chat_id: wait.total_seconds() for chat_id, wait in left.items() if wait > timedelta()
        }

    async def wait(self, chat_id: int, seconds: float, row: Row, *, leave: bool) -> None:
        """Keep for how long Telegram wants to hear nothing for a chat (0: for any).

        The `row` counts one more attempt; whether to `leave` its chat to whoever comes then.
        """
        until = stamp(self._clock() + timedelta(seconds=seconds))

        def job(db: Connection) -> None:
            outbox.wait(db, chat_id, until)
            outbox.wait(db, row.chat_id, until)
            self._tried(db, row)
            if leave:
                sharing.free(db, self._driver, row.chat_id)

        await self.do(job)

    async def tried(self, row: Row) -> None:
        """Count an attempt that failed for now."""
        await self.do(lambda db: self._tried(db, row))

    def _tried(self, db: Connection, row: Row) -> None:
        db.execute("UPDATE outbox SET attempts = attempts + 1 WHERE id=?", (row.id,))
        if self.shared:
            sharing.keep(db, self._driver, row.chat_id, self._clock())

    async def sent(
        self, row: Row, message_id: int, card: Card | None, *, ends: bool = False
    ) -> bool:
        """Take a message that has arrived out of the outbox; gives whether a card is worn now.

        A card takes over from the one before it; `ends` says that no card is open any more.
        """
        return await self.do(partial(self._sent, row, message_id, card, ends=ends))

    def note_sent(
        self, row: Row, message_id: int, card: Card | None, done: Done, *, ends: bool = False
    ) -> None:
        """Do the same without anybody waiting: `done` hears how it went."""
        noted = partial(self._sent, row, message_id, card, ends=ends)
        self._driver.submit(noted, done, soon=False)

    def _sent(
        self, row: Row, message_id: int, card: Card | None, db: Connection, *, ends: bool
    ) -> bool:
        if self.shared:
            db.lock(row.chat_id)
        # A chat forgotten while the message was on its way must leave nothing behind.
        if not outbox.delete(db, row.id):
            return False
        if self.shared:
            sharing.keep(db, self._driver, row.chat_id, self._clock())
        return outbox.note_card(db, row.chat_id, message_id, card, ends=ends)

    async def drop(self, row: Row, why: str) -> None:
        """Take a message that need not or cannot be sent out of the outbox, and count that."""

        def job(db: Connection) -> None:
            if outbox.delete(db, row.id):
                outbox.count(db, why)

        await self.do(job)

    async def lose(self, chat_id: int, known: int) -> None:
        """Mark a chat as out of reach until it speaks; drop what waits for it up to `known`."""
        await self.do(lambda db: outbox.lose(db, chat_id, self._now(), known))

    async def worn(self, chat_id: int) -> int | None:
        """Give a message of a chat whose buttons are still to be taken away, if there is one."""
        query = "SELECT message_id FROM worn WHERE chat_id=? LIMIT 1"
        found = await self.do(lambda db: db.execute(query, (chat_id,)).fetchone())
        return int(found[0]) if found else None

    async def with_worn(self) -> list[int]:
        """Give the chats that have such messages."""
        query = "SELECT DISTINCT chat_id FROM worn"
        return [chat_id for (chat_id,) in await self.do(lambda db: db.execute(query).fetchall())]

    async def bare(self, chat_id: int, message_id: int) -> None:
        """Note that a message has no buttons any more."""
        query = "DELETE FROM worn WHERE chat_id=? AND message_id=?"
        await self.do(lambda db: db.execute(query, (chat_id, message_id)).rowcount)

    # --- time ---

    def _now(self) -> str:
        return stamp(self._clock())

    def _due(self, now: datetime) -> bool:
        """Whether the last heartbeat was noted long enough ago; or the clock was set back."""
        since = now - self._beaten if self._beaten else BEATS_EVERY
        return not timedelta() <= since < BEATS_EVERY

    async def _beat(self, now: datetime) -> None:
        """Note now and then that Telegram was just heard, and tidy up."""
        if not self._due(now):
            return
        try:
            await self.do(lambda db: self._beats(db, now))
        except Exception as error:  # noqa: BLE001 - a missed heartbeat is no reason to do more
            _log.error("the heartbeat could not be stored: %s", type(error).__name__)
            return
        self._beaten = now

    def _beats(self, db: Connection, now: datetime) -> None:
        query = (
            "INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at"
        )
        db.execute(query, (stamp(now),))
        if self._tidied and timedelta() <= now - self._tidied < TIDIED_EVERY:
            return
        self._tidied = now
        for table, kept in KEPT.items():
            db.execute(f"DELETE FROM {table} WHERE at < ?", (stamp(now - kept),))  # noqa: S608
        db.execute("DELETE FROM waits WHERE until < ?", (stamp(now),))

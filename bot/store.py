"""Everything kept on disk, reached from one thread; a turn is stored whole or not at all."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from bot.applying import Apologise, Applied, Batch, TakeTurn, note_message, stamp
from bot.asking_again import asked_again
from bot.clock import Clock
from bot.database import StoreError, lock, open_database
from bot.schema import MIGRATIONS

if TYPE_CHECKING:
    from bot.handlers import Incoming
    from dialogs.turns import Card

__all__ = ["Row", "Store", "StoreError"]

APPLIED_KEPT = timedelta(hours=48)
"""Twice as long as Telegram keeps an update."""
DEAD_LETTERS_KEPT = timedelta(days=7)
TIDIED_EVERY = timedelta(hours=1)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message to send, and the newest message known in its chat (0: none).

    `behind` is how many more wait for the same chat.
    """

    id: int
    chat_id: int
    body: str
    attempts: int
    newest: int
    behind: int = 0


class Store:
    """The database. Every method is one job on its thread, in the order of the calls."""

    def __init__(
        self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, held: int, clock: Clock
    ) -> None:
        self._db, self._thread, self._held, self._clock = connection, thread, held, clock
        self._tidied: datetime | None = None

    @classmethod
    async def open(cls, path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS) -> Self:
        """Open the database for this process alone.

        Raises:
            StoreError: it is in use, damaged, or not this program's.

        """
        held = lock(path)
        thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        opening = asyncio.get_running_loop().run_in_executor(
            thread, open_database, path, clock, migrations
        )
        try:
            return cls(await opening, thread, held, clock)
        except BaseException:
            thread.shutdown(wait=False)
            os.close(held)
            raise

    async def close(self) -> None:
        """Finish the job under way and close the file."""
        await self._job(self._db.close)
        self._thread.shutdown()
        os.close(self._held)

    async def apply(
        self, batch: Sequence[Incoming], turn: TakeTurn, apology: Apologise
    ) -> list[Applied]:
        """Take the turns of a batch and store all they come to, in one transaction.

        An update applied before is skipped. One whose turn raises twice becomes a dead letter:
        its chat stays as it was and gets the apology. After any error nothing at all is stored.

        Raises:
            sqlite3.Error: the disk is full, the file is busy, or the like; to be tried again.

        """

        def take(now: datetime) -> tuple[list[Applied], bool]:
            turns = Batch(self._db, now, turn, apology)
            return [turns.apply(incoming) for incoming in batch], turns.forgot

        applied, forgot = await self._write(take)
        if forgot:
            await self._job(self._wipe)
        return applied

    async def waiting(self) -> list[int]:
        """Give the chats that have messages to send, the longest waiting first."""
        query = "SELECT chat_id FROM outbox GROUP BY chat_id ORDER BY min(id)"
        found = await self._job(lambda: self._db.execute(query).fetchall())
        return [chat_id for (chat_id,) in found]

    async def head(self, chat_id: int) -> Row | None:
        """Give the next message to send to a chat."""
        return await self._job(lambda: self._head(chat_id))

    async def sent(
        self, row: Row, message_id: int, card: Card | None, *, ends: bool = False
    ) -> Row | None:
        """Take a message that has arrived out of the outbox; gives the chat's next one.

        A card takes over from the one before it; `ends` says that no card is open any more.
        """

        def done(_: datetime) -> Row | None:
            # A chat forgotten while the message was on its way must leave nothing behind.
            if self._db.execute("DELETE FROM outbox WHERE id=?", (row.id,)).rowcount:
                note_message(self._db, row.chat_id, message_id, card, ends=ends)
            return self._head(row.chat_id)

        return await self._write(done, beats=False)

    async def drop(self, row: Row) -> Row | None:
        """Take a message that can never be sent out of the outbox; gives the chat's next one."""

        def done(_: datetime) -> Row | None:
            self._db.execute("DELETE FROM outbox WHERE id=?", (row.id,))
            return self._head(row.chat_id)

        return await self._write(done, beats=False)

    async def tried(self, row: Row) -> None:
        """Count an attempt that failed for now."""
        query = "UPDATE outbox SET attempts = attempts + 1 WHERE id=?"
        await self._write(lambda _: self._db.execute(query, (row.id,)).rowcount, beats=False)

    async def worn(self, chat_id: int) -> int | None:
        """Give a message of a chat whose buttons are still to be taken away, if there is one."""
        query = "SELECT message_id FROM worn WHERE chat_id=? LIMIT 1"
        found = await self._job(lambda: self._db.execute(query, (chat_id,)).fetchone())
        return int(found[0]) if found else None

    async def with_worn(self) -> list[int]:
        """Give the chats that have such messages."""
        query = "SELECT DISTINCT chat_id FROM worn"
        found = await self._job(lambda: self._db.execute(query).fetchall())
        return [chat_id for (chat_id,) in found]

    async def bare(self, chat_id: int, message_id: int) -> None:
        """Note that a message has no buttons any more."""
        query = "DELETE FROM worn WHERE (chat_id, message_id)=(?, ?)"
        values = (chat_id, message_id)
        await self._write(lambda _: self._db.execute(query, values).rowcount, beats=False)

    async def ask_again(self, ask: Apologise, pending: Mapping[int, int]) -> list[int]:
        """Ask those mid-talk once more, after an outage in which their taps were lost.

        `pending` are updates that came in meanwhile, and their chats. Gives the chats asked.
        """
        return await self._write(lambda now: asked_again(self._db, now, ask, pending), beats=False)

    def _wipe(self) -> None:
        """Empty the write-ahead log, where deleted text would live on for a while."""
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            _log.warning("the write-ahead log could not be emptied: %s", type(error).__name__)

    def _head(self, chat_id: int) -> Row | None:
        query = """
            SELECT id, chat_id, body, attempts,
                   coalesce((SELECT newest FROM cards WHERE cards.chat_id = outbox.chat_id), 0),
                   (SELECT count(*) FROM outbox AS o WHERE o.chat_id = outbox.chat_id) - 1
            FROM outbox WHERE chat_id=? ORDER BY id LIMIT 1
        """
        found = self._db.execute(query, (chat_id,)).fetchone()
        return Row(*found) if found else None

    async def _job(self, job: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def _write(self, write: Callable[[datetime], _T], *, beats: bool = True) -> _T:
        """Run a job in a transaction of its own; `beats` says that Telegram was just heard."""

        def job() -> _T:
            now = self._clock()
            try:
                self._db.execute("BEGIN IMMEDIATE")
                result = write(now)
                if beats:
                    self._beat(now)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk may have ended it already
                    self._db.execute("ROLLBACK")
                raise
            return result

        return await self._job(job)

    def _beat(self, now: datetime) -> None:
        self._db.execute("INSERT OR REPLACE INTO heartbeat VALUES (1, ?)", (stamp(now),))
        if self._tidied and now - self._tidied < TIDIED_EVERY:
            return
        self._tidied = now
        for table, kept in (("applied", APPLIED_KEPT), ("dead_letters", DEAD_LETTERS_KEPT)):
            self._db.execute(f"DELETE FROM {table} WHERE at < ?", (stamp(now - kept),))  # noqa: S608

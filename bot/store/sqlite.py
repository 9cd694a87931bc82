"""SQLite on a thread of its own: all jobs that wait are taken into one transaction."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Self

from bot.clock import Clock
from bot.store.driver import Connection, Done, Job, Value, run
from bot.store.opening import lock, open_database
from bot.store.schema import MIGRATIONS

TOGETHER = 256
"""Jobs in one transaction at most."""
LATER = 0.01
"""Seconds that a job which need not be soon waits for others to go with."""

_log = logging.getLogger(__name__)
_Ended = tuple[Done, Any, BaseException | None]


class Lone:
    """The one connection there is. Nobody else can hold a chat, so none has to be locked."""

    faults: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.raw = connection
        self.execute = connection.execute

    def executemany(self, query: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""
        self.raw.executemany(query, rows)

    def lock(self, chat_id: int) -> None:
        """Nothing to do."""


class SQLite:
    """A database file for this process alone."""

    shared = False
    busy: tuple[type[Exception], ...] = ()

    def __init__(self, held: int) -> None:
        self._held = held
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[tuple[Job[Any], Done] | None] = SimpleQueue()
        self._later: list[tuple[Job[Any], Done]] = []

    @classmethod
    async def open(cls, path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS) -> Self:
        """Open or make the file.

        Raises:
            StoreError: it is in use, damaged, or not this program's.

        """
        made = cls(lock(path))
        opened: asyncio.Future[None] = made._loop.create_future()

        def work() -> None:
            try:
                connection = open_database(path, clock, migrations)
            except BaseException as error:  # noqa: BLE001 - told to whoever opens
                made._loop.call_soon_threadsafe(opened.set_exception, error)
                return
            made._loop.call_soon_threadsafe(opened.set_result, None)
            made._work(connection)

        made._thread = Thread(target=work, name="store", daemon=True)
        made._thread.start()
        try:
            await opened
        except BaseException:
            os.close(made._held)
            raise
        return made

    _thread: Thread

    def submit(self, job: Job[Any], done: Done, *, soon: bool = True) -> None:
        """Run a job in the next transaction; jobs run in the order they were submitted.

        One that need not be `soon` makes no transaction of its own if another follows at once.
        """
        if not soon:
            if not self._later:
                self._loop.call_later(LATER, self._flush)
            self._later.append((job, done))
            return
        self._flush()
        self._jobs.put((job, done))

    def _flush(self) -> None:
        if self._later:
            later, self._later = self._later, []
            for item in later:
                self._jobs.put(item)

    async def wipe(self) -> None:
        """Empty the write-ahead log, where deleted text would live on for a while."""
        await run(self, _emptied)

    def worker(self) -> int:
        """Nobody shares the file, so that there is one number."""
        return 1

    def dead(self, connection: Connection, worker: int) -> bool:
        """Whoever wrote into the file before is gone: two cannot have it."""
        del connection, worker
        return True

    def claim_polling(self) -> bool:
        """The file's lock is held by this process alone."""
        return True

    def be_present(self) -> None:
        """The file's lock tells that."""

    async def close(self) -> None:
        """Finish what was submitted and close the file."""
        self._flush()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        os.close(self._held)

    # --- on the thread ---

    def _work(self, connection: sqlite3.Connection) -> None:
        lone, more = Lone(connection), True
        while more:
            group, more = self._waiting()
            if ended := _together(lone, group):
                self._tell(ended)
        connection.close()

    def _waiting(self) -> tuple[list[tuple[Job[Any], Done]], bool]:
        """All jobs that wait, at least one; false when no more come."""
        group: list[tuple[Job[Any], Done]] = []
        item = self._jobs.get()
        try:
            while item is not None:
                group.append(item)
                if len(group) == TOGETHER or item[0] is _emptied:
                    return group, True
                item = self._jobs.get_nowait()
        except Empty:
            return group, True
        return group, False

    def _tell(self, ended: list[_Ended]) -> None:
        try:
            self._loop.call_soon_threadsafe(_told, ended)
        except RuntimeError:  # the loop has ended; nobody is left to hear
            _log.debug("%d jobs ended unheard", len(ended))


def _together(lone: Lone, group: list[tuple[Job[Any], Done]]) -> list[_Ended]:
    """Run jobs in one transaction; should that fail, each in one of its own."""
    if not group:
        return []
    if group[-1][0] is _emptied:
        ended = _together(lone, group[:-1])
        _emptied(lone)
        return [*ended, (group[-1][1], None, None)]
    try:
        results = _committed(lone, [job for job, _ in group])
    except BaseException as error:  # noqa: BLE001 - told to whoever submitted it
        if len(group) == 1:
            return [(group[0][1], None, error)]
        return [ended for single in group for ended in _together(lone, [single])]
    return [(done, result, None) for (_, done), result in zip(group, results, strict=True)]


def _committed(lone: Lone, jobs: list[Job[Any]]) -> list[Any]:
    connection = lone.raw
    try:
        connection.execute("BEGIN IMMEDIATE")
        results = [job(lone) for job in jobs]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise
    return results


def _emptied(connection: Any) -> None:
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        _log.warning("the write-ahead log could not be emptied: %s", type(error).__name__)


def _told(ended: list[_Ended]) -> None:
    for done, result, error in ended:
        done(result, error)

"""The database: a real SQLite that outlives the processes, and loses what was not committed."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from bot.store.driver import Connection, Done, Job, run
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import LATER, TOGETHER, Lone, _emptied, _together
from simulation.luck import Luck
from simulation.oracle import Oracle
from simulation.running import Process


class KilledError(BaseException):
    """The process has ended in the middle of a transaction."""


def database() -> sqlite3.Connection:
    """Give an empty one."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.executescript(";".join(MIGRATIONS))
    return raw


class _Statements:
    """A connection on which each statement is a crash point, and may fail."""

    def __init__(
        self, raw: sqlite3.Connection, process: Process, luck: Luck, oracle: Oracle
    ) -> None:
        self._raw, self.process, self._luck, self.oracle = raw, process, luck, oracle

    @property
    def in_transaction(self) -> bool:
        return self._raw.in_transaction

    def execute(self, query: str, *given: Any) -> Any:
        if not self.process.passes():
            raise KilledError
        if query == "COMMIT":
            return self._commit()
        if query == "ROLLBACK":
            self.oracle.undone()
        elif self._luck.has("statement"):
            raise sqlite3.OperationalError("disk I/O error")
        return self._raw.execute(query, *given)

    def executemany(self, query: str, rows: Any) -> None:
        for row in rows:
            self.execute(query, row)

    def _commit(self) -> None:
        if self._luck.has("commit"):
            raise sqlite3.OperationalError("database or disk is full")
        self._raw.execute("COMMIT")
        self.oracle.committed()
        if self._luck.has("doubt"):
            raise sqlite3.OperationalError("disk I/O error")


class Driver:
    """What the store sees of it; its jobs are run by the loop, all that wait in one commit."""

    shared = False
    busy: tuple[type[Exception], ...] = ()

    def __init__(
        self, raw: sqlite3.Connection, process: Process, luck: Luck, oracle: Oracle
    ) -> None:
        self._raw, self._process, self._luck, self._oracle = raw, process, luck, oracle
        self._loop = asyncio.get_running_loop()
        self._lone = Lone(_Statements(raw, process, luck, oracle))  # type: ignore[arg-type]
        self._jobs: list[tuple[Job[Any], Done]] = []
        self._later: list[tuple[Job[Any], Done]] = []

    def submit(self, job: Job[Any], done: Done, *, soon: bool = True) -> None:
        if soon:
            self._flush()
            self._add([(job, done)])
            return
        if not self._later:
            self._loop.call_later(LATER, self._flush)
        self._later.append((job, done))

    def _flush(self) -> None:
        later, self._later = self._later, []
        self._add(later)

    def _add(self, jobs: list[tuple[Job[Any], Done]]) -> None:
        if jobs and not self._jobs:
            self._loop.call_later(self._luck.disk(), self._work)
        self._jobs += jobs

    def _work(self) -> None:
        ends = [n for n, (job, _) in enumerate(self._jobs, 1) if job is _emptied]
        size = min([TOGETHER, *ends])
        group, rest = self._jobs[:size], self._jobs[size:]
        self._jobs = []
        try:
            ended = _together(self._lone, group)
        except KilledError:  # while the log was emptied, which is no transaction
            ended = []
        if self._raw.in_transaction:  # nobody is left who could have ended it
            self._raw.rollback()
            self._oracle.undone()
        self._add(rest)
        if not self._process.passes():
            return
        for done, result, error in ended:
            done(result, error)

    async def wipe(self) -> None:
        await run(self, _emptied)

    def worker(self) -> int:
        return 1

    def dead(self, connection: Connection, worker: int) -> bool:
        return True

    def claim_polling(self) -> bool:
        return True

    def be_present(self) -> None:
        """Nobody looks."""

    async def close(self) -> None:
        self._flush()
        await run(self, _nothing)


_nothing: Callable[[Connection], None] = lambda _: None  # noqa: E731 - it needs a type

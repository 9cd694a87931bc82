"""PostgreSQL for many programs at once: a pool of connections, each chat held by one at a time."""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from bot.store.driver import Connection, Done, Job, StoreError, Value
from bot.store.schema import MIGRATIONS, for_postgres

AT_ONCE = 8
"""Transactions at the same time, each on a thread and a connection of its own."""
WITHIN = 5.0
"""Seconds to wait for a connection."""
AGAIN = 1.0
"""Seconds for which the pool tries to connect by itself, waiting twice as long each time (its own
default is 300, and so it may sleep for minutes beside a database that is back); then it begins
anew."""
LIMITS = "-c lock_timeout=5000 -c statement_timeout=10000"
"""Milliseconds: how long a chat may be held by somebody else, and a statement last (R2)."""
POLLING, WORKER = 1_835_821_417, 1_835_821_418
"""Names of our locks, so that they are nobody else's in the same database."""

_log = logging.getLogger(__name__)


class _Pooled:
    """A pooled connection inside a transaction."""

    faults: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self.raw = raw

    def execute(self, query: str, values: Sequence[Value] = ()) -> "psycopg.Cursor[Any]":
        return self.raw.execute(_worded(query), values)

    def executemany(self, query: str, rows: Iterable[Sequence[Value]]) -> None:
        with self.raw.cursor() as cursor:
            cursor.executemany(_worded(query), rows)

    def lock(self, chat_id: int) -> None:
        # Not the chat's row: of somebody who has not agreed to it, not even an empty row is kept.
        self.raw.execute("SELECT pg_advisory_xact_lock(%s)", (chat_id,))


@cache
def _worded(query: str) -> bytes:
    return query.replace("?", "%s").encode()


class Postgres:
    """A database that other programs may work on at the same time."""

    shared = True
    busy: tuple[type[Exception], ...] = (psycopg.errors.LockNotAvailable,)

    def __init__(self, address: str) -> None:
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._number = secrets.randbelow(2**31)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")
        self._pool = ConnectionPool(
            address,
            min_size=1,
            max_size=AT_ONCE,
            timeout=WITHIN,
            open=False,
            name="store",
            reconnect_timeout=AGAIN,
            reconnect_failed=lambda pool: pool.resize(1, AT_ONCE),  # which tries at once
        )
        self._present: psycopg.Connection[Any] | None = None
        self._presence, self._polls = Lock(), False

    @classmethod
    async def open(cls, address: str, migrations: Sequence[str] = MIGRATIONS) -> Self:
        """Connect, and bring the tables to the present version.

        Raises:
            StoreError: it cannot be reached, refuses, or is newer than this program.

        """
        logging.getLogger("psycopg").setLevel(logging.ERROR)  # it would log addresses
        made = cls(_with_limits(address))
        try:
            await asyncio.to_thread(made._begin, migrations)
        except BaseException as error:
            await made.close()
            if not isinstance(error, psycopg.Error):
                raise
            # The library's own text may hold the address, and that the password.
            raise _fault(f"cannot be used ({type(error).__name__}); check it") from None
        return made

    def _begin(self, migrations: Sequence[str]) -> None:
        self.be_present()
        with psycopg.connect(self._address) as connection:
            _migrate(connection, migrations)
        self._pool.open()

    def submit(self, job: Job[Any], done: Done, *, soon: bool = True) -> None:
        """Run a job in a transaction of its own; jobs of one chat wait for each other there."""
        del soon
        self._threads.submit(self._run, job, done)

    def _run(self, job: Job[Any], done: Done) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            with self._pool.connection() as connection:
                result = job(_Pooled(connection))
        except BaseException as found:  # noqa: BLE001 - told to whoever submitted it
            error = found
        try:
            self._loop.call_soon_threadsafe(done, result, error)
        except RuntimeError:  # the loop has ended; nobody is left to hear
            _log.debug("a job ended unheard")

    async def wipe(self) -> None:
        """Nothing: PostgreSQL's own vacuum and the operator's backups decide that."""

    def worker(self) -> int:
        """Give the number drawn by this process."""
        return self._number

    def dead(self, connection: Connection, worker: int) -> bool:
        """Whether nobody holds the lock that a process of this number holds while it is there."""
        if worker == self._number:
            return False
        query = "SELECT pg_try_advisory_xact_lock(?, ?)"
        return bool(connection.execute(query, (WORKER, worker)).fetchone()[0])

    def claim_polling(self) -> bool:
        """Whether this process may poll. The claim ends with its connection."""
        with self._presence:
            self._polls = self._got(self._connected(), POLLING, 0)
        return self._polls

    def be_present(self) -> None:
        """Hold the locks that tell others that this process is there; again after an outage.

        Raises:
            psycopg.Error: the database cannot be reached.

        """
        with self._presence:
            try:
                self._connected().execute("SELECT 1")
            except psycopg.OperationalError:
                self._connected()

    def _connected(self) -> "psycopg.Connection[Any]":
        if self._present is None or self._present.closed:
            self._present = psycopg.connect(self._address, autocommit=True)
            self._got(self._present, WORKER, self._number)
            if self._polls and not self._got(self._present, POLLING, 0):
                _log.error("another program that shares the database polls now")
        return self._present

    def _got(self, present: "psycopg.Connection[Any]", kind: int, number: int) -> bool:
        query = "SELECT pg_try_advisory_lock(%s, %s)"
        found = present.execute(query, (kind, number)).fetchone()
        return bool(found and found[0])

    async def close(self) -> None:
        """Finish the jobs under way and close all connections."""
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._pool.close)
        if self._present:
            self._present.close()


def _with_limits(address: str) -> str:
    try:
        known = conninfo_to_dict(address)
    except psycopg.Error:
        raise _fault("is no address of a PostgreSQL database") from None
    options = f"{known.get('options') or ''} {LIMITS}".strip()
    return make_conninfo(address, options=options, application_name="milia-bot")


def _migrate(connection: "psycopg.Connection[Any]", migrations: Sequence[str]) -> None:
    """Run the steps that were not run yet, all in one transaction, one program at a time."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, -1)", (WORKER,))
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL)")
    found = connection.execute("SELECT number FROM schema_version").fetchone()
    done = int(found[0]) if found else 0
    if done > len(migrations):
        raise _fault(f"is of version {done}, newer than this program; update the program")
    for script in migrations[done:]:
        connection.execute(for_postgres(script).encode())
    connection.execute("DELETE FROM schema_version")
    connection.execute("INSERT INTO schema_version VALUES (%s)", (len(migrations),))
    version = connection.info.server_version // 10000
    _log.info("PostgreSQL %d, database version %d", version, len(migrations))


def _fault(text: str) -> StoreError:
    return StoreError(f"DATABASE_URL: the PostgreSQL database {text}")

"""Opening the SQLite file: alone, checked, safe against power cuts, and of the right version."""

import fcntl
import logging
import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.store.driver import StoreError
from bot.store.schema import MIGRATIONS

OWNER_ONLY = 0o600
COPIES_KEPT = timedelta(days=30)
"""How long the copy made before a migration stays: it holds what people said."""

_log = logging.getLogger(__name__)


def lock(path: Path) -> int:
    """Take the lock file beside a database for this process; gives the open file.

    Raises:
        StoreError: another process has it, or the folder is missing or not ours to write.

    """
    try:
        held = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    except OSError as error:
        raise _fault(path, f"cannot be used ({error.strerror}); check the folder") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise _fault(path, "is in use by another process; stop that one first") from None
    return held


def open_database(
    path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS
) -> sqlite3.Connection:
    """Open or make the database file. It is left as it is when anything about it is wrong.

    Raises:
        StoreError: it is damaged, locked, newer than this program, or another program's.

    """
    _warn_of_readers(path)
    try:
        return _opened(path, clock, migrations)
    except sqlite3.DatabaseError as error:
        text = f"cannot be opened ({error}); repair it or restore a copy: it was left as it is"
        raise _fault(path, text) from None
    except OSError as error:
        raise _fault(path, f"cannot be used ({error.strerror}); check its rights") from None


def _opened(path: Path, clock: Clock, migrations: Sequence[str]) -> sqlite3.Connection:
    # Made before SQLite sees it: the write-ahead log and its like take over the file's mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY))
    path.chmod(OWNER_ONLY)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(connection, path, len(migrations))
        _migrate(connection, path, clock(), migrations)
    except BaseException:
        connection.close()
        raise
    _log.info("SQLite %s, database version %d", sqlite3.sqlite_version, len(migrations))
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, known: int) -> None:
    """Check the file before the first thing that writes to it, then set it up."""
    connection.execute("PRAGMA busy_timeout=5000")
    # Alone from the first read on, and set before WAL: no shared memory, no second writer, and
    # none of the WAL-reset bug that many installed SQLite versions have.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    if (found := _one(connection, "PRAGMA quick_check(1)")) != "ok":
        raise sqlite3.DatabaseError(str(found).splitlines()[-1])
    version = _one(connection, "PRAGMA user_version")
    if version > known:
        raise _fault(path, f"is of version {version}, newer than this program; update the program")
    if version == 0 and _one(connection, "SELECT count(*) FROM sqlite_master"):
        raise _fault(path, "is the database of another program; name another file")
    if _one(connection, "PRAGMA journal_mode=WAL") != "wal":
        raise _fault(path, "is on a file system without what SQLite needs; use a local disk")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _migrate(
    connection: sqlite3.Connection, path: Path, now: datetime, migrations: Sequence[str]
) -> None:
    done = _one(connection, "PRAGMA user_version")
    _drop_old_copies(path, now)
    if 0 < done < len(migrations):
        _copy(connection, path.with_name(f"{path.name}.v{done}-{now:%Y%m%dT%H%M%SZ}"))
    for number, script in enumerate(migrations[done:], done + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;"
        )


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY))
    connection.execute("VACUUM INTO ?", (str(target),))
    _log.info("copied the database to %s before changing its tables", target)


def _drop_old_copies(path: Path, now: datetime) -> None:
    for copy in path.parent.glob(f"{path.name}.v*-*Z"):
        with suppress(FileNotFoundError):
            if now.timestamp() - copy.stat().st_mtime > COPIES_KEPT.total_seconds():
                copy.unlink()


def _one(connection: sqlite3.Connection, query: str) -> Any:
    return connection.execute(query).fetchone()[0]


def _warn_of_readers(path: Path) -> None:
    with suppress(OSError):
        if path.absolute().parent.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            _log.warning("others can look into the folder of the database; chmod 700 it")


def _fault(path: Path, text: str) -> StoreError:
    return StoreError(f"DATABASE_URL: {path} {text}")

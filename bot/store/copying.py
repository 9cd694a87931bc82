"""Everything kept, copied from a SQLite file into an empty PostgreSQL database."""

from collections.abc import Sequence
from typing import Any

from bot.clock import Clock
from bot.store.driver import Connection, StoreError
from bot.store.schema import NUMBERED, TABLES
from bot.store.store import Store

NOT_COPIED = frozenset(("workers", "lanes"))
"""They tell of the programs at work on the one database, and mean nothing in the other."""
AT_ONCE = 1000
"""Rows written together."""


async def copy(source: str, target: str, clock: Clock) -> dict[str, int]:
    """Copy all tables in one transaction; gives how many rows each has.

    The bot must not be running: nobody else can open its file then, nor write in between.

    Raises:
        StoreError: one of the databases cannot be used, or the target holds something already.

    """
    old = await Store.at(source, clock)
    try:
        new = await Store.at(target, clock)
        try:
            tables = await old.do(_read)
            await new.do(lambda db: _written(db, tables))
        finally:
            await new.close()
    finally:
        await old.close()
    return {name: len(rows) for name, (_, rows) in tables.items()}


Tables = dict[str, tuple[Sequence[str], list[Any]]]


def _read(db: Connection) -> Tables:
    found: Tables = {}
    for name in TABLES:
        if name in NOT_COPIED:
            continue
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})").fetchall()]
        rows = db.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()  # noqa: S608
        found[name] = (columns, rows)
    return found


def _written(db: Connection, tables: Tables) -> None:
    for name in tables:
        if db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():  # noqa: S608 - our own names
            raise StoreError(f"DATABASE_URL: the target holds rows in `{name}`; use an empty one")
    for name, (columns, rows) in tables.items():
        marks = ", ".join("?" * len(columns))
        query = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        for start in range(0, len(rows), AT_ONCE):
            db.executemany(query, rows[start : start + AT_ONCE])
    for name in NUMBERED:
        query = f"""
            SELECT setval(pg_get_serial_sequence('{name}', 'id'),
                          (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)
        """  # noqa: S608 - our own names
        db.execute(query)

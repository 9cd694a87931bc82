"""A database of any older version is brought up to date with all that is in it; a newer is not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import NOW
from postgres import emptied
from updates import ANN, Clock, count, sorry, typed

from bot.outgoing import Outgoing
from bot.store import Store, StoreError
from bot.store.opening import open_database
from bot.store.postgres import Postgres
from bot.store.schema import MIGRATIONS, for_postgres
from dialogs.chat import Chat

AT = "2026-03-01T11:59:59.000+00:00"
BEFORE: dict[int, dict[str, list[tuple[Any, ...]]]] = {
    1: {
        "applied": [(1, AT)],
        "outbox": [(4, ANN, Outgoing("hello").json, "answer", AT, 2)],
        "cards": [(ANN, 50, 50, "k3", "who", 1)],
        "dead_letters": [(9, "ValueError", AT, "{}")],
        "heartbeat": [(1, AT)],
    },
    2: {"worn": [(ANN, 40)], "asked_again": [(ANN, AT)]},
    3: {"waits": [(ANN, AT)], "unreachable": [], "counts": [("parked", 3)]},
}
"""Rows of the tables that each step brought."""


def filled(steps: int, state: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a database of so many steps."""
    rows = {name: kept for step in range(1, steps + 1) for name, kept in BEFORE[step].items()}
    return {**rows, "chats": [(ANN, state, 2, AT)]}


def inserts(rows: Mapping[str, list[tuple[Any, ...]]]) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        for name, kept in rows.items()
        for row in kept
    ]


async def goes_on(address: str, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """Open a database of an older version: all is there, and the next turn stands on it."""
    store = await Store.at(address, Clock())
    for name, kept in rows.items():
        query = f"SELECT * FROM {name}"  # noqa: S608
        found = await store.do(lambda db, query=query: db.execute(query).fetchall())  # type: ignore[misc]
        assert found == kept, name
    applied = await store.apply([typed(1, "again"), typed(2, "new")], count, sorry)
    assert [done.fresh for done in applied] == [False, True]
    (old, new) = await store.rows(ANN)
    assert (old.id, new.id) == (4, 5)
    assert Outgoing.read(new.body).text == "6 new"
    await store.close()


STATE = Chat(consent=NOW, misses=5).model_dump_json()


@pytest.mark.asyncio
@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS) + 1))
async def test_each_older_file_is_brought_up_to_date(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "milia.db"
    rows = filled(steps, STATE)
    connection = open_database(path, Clock(), MIGRATIONS[:steps])
    for query, values in inserts(rows):
        connection.execute(query, values)
    connection.close()
    await goes_on(f"sqlite:///{path}", rows)
    copies = [copy.name for copy in tmp_path.glob("milia.db.v*")]  # noqa: ASYNC240 - the test is alone
    assert copies == ([f"milia.db.v{steps}-20260301T120000Z"] if steps < len(MIGRATIONS) else [])


@pytest.mark.asyncio
@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS) + 1))
async def test_each_older_postgresql_database_is_brought_up_to_date(
    postgres: str, steps: int
) -> None:
    address, rows = emptied(postgres), filled(steps, STATE)
    await (await Postgres.open(address, MIGRATIONS[:steps])).close()
    with psycopg.connect(address) as connection:
        for query, values in inserts(rows):
            connection.execute(query.replace("?", "%s").encode(), values)
        for table in ("outbox", "parked")[: 1 + (steps > 2)]:
            query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 4)"
            connection.execute(query.encode())
    await goes_on(address, rows)


@pytest.mark.asyncio
async def test_a_newer_database_is_refused_and_left_as_it_is(address: str, tmp_path: Path) -> None:
    newer = (*MIGRATIONS, "CREATE TABLE more (x INTEGER) STRICT;")
    path = tmp_path / "milia.db"
    if address.startswith("sqlite"):
        open_database(path, Clock(), newer).close()
        before = path.read_bytes()
    else:
        await (await Postgres.open(address, newer)).close()
    with pytest.raises(StoreError, match=f"version {len(newer)}, newer .* update the program"):
        await Store.at(address, Clock())
    if address.startswith("sqlite"):
        assert path.read_bytes() == before
        return
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT number FROM schema_version").fetchone() == (len(newer),)


def test_the_steps_that_are_in_use_are_as_they_were() -> None:
    """A step in use is never changed: on a database that has taken it, that would be lost."""
    assert [for_postgres(step).count("CREATE TABLE") for step in MIGRATIONS[:3]] == [6, 2, 7]
    assert set(BEFORE) == set(range(1, len(MIGRATIONS) + 1))

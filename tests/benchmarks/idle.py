"""What stored chats that nobody uses cost: memory, and CPU of the updates of others."""

import random
import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from entries import ENTRIES, Databases
from table import ratio
from trial import Load, Result, run

SOME = 1000
"""The number of stored chats that the CPU of many more is held against."""
TEMPLATES = 60
"""Talks really held, whose rows are then copied."""
OTHER_PEOPLE = 1_000
"""Added to the seed of a trial, so that none of its people are those of the copied talks."""
HEADS = ("idle chats", "MB", "more than none", "CPU ms/1,000", "ratio to 1,000", "first poll ms")
NOT_COPIED = frozenset({"outbox", "asked_again"})
"""Tables that are empty for an idle chat."""

Figures = dict[str, list[dict[str, float]]]


async def measure(many: int, chats: int, rounds: int, seconds: float, made: Databases) -> Figures:
    """Let people talk to ours with no, some and many idle chats in its database, in turn."""
    figures: Figures = {f"{stored:,}": [] for stored in (0, SOME, many)}
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder)
        await run(ENTRIES["ours"], Load("", TEMPLATES, TEMPLATES), template, made)
        for number in range(rounds):
            for stored in (0, SOME, many):
                load = Load("full load", chats, chats, seconds=seconds)
                found = await _beside(stored, template / "milia.db", load, number, made)
                figures[f"{stored:,}"].append(found.plain())
    return figures


async def _beside(stored: int, template: Path, load: Load, number: int, made: Databases) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        if stored:
            database = Path(folder) / "milia.db"
            shutil.copyfile(template, database)
            fill(database, stored, random.Random(number))
        return await run(ENTRIES["ours"], load, Path(folder), made, OTHER_PEOPLE + number)


def fill(database: Path, stored: int, dice: random.Random) -> None:
    """Copy the chats of a database, under other numbers, until there are about so many."""
    with closing(sqlite3.connect(database)) as connection, connection:
        copies = [_copying(connection, table) for table in _of_chats(connection)]
        for _ in range(0, stored - _count(connection), TEMPLATES):
            moved = dice.randrange(1, 2**40)
            for query in copies:
                connection.execute(query, (moved,))


def _of_chats(connection: sqlite3.Connection) -> list[str]:
    """Give the tables that know a chat by its number."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    return [
        name
        for (name,) in names
        if name not in NOT_COPIED and "chat_id" in _columns(connection, name)
    ]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _copying(connection: sqlite3.Connection, table: str) -> str:
    names = _columns(connection, table)
    values = ", ".join("chat_id + ?1" if name == "chat_id" else name for name in names)
    kept = f"(SELECT * FROM {table} ORDER BY chat_id LIMIT {TEMPLATES})"  # noqa: S608
    return f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) SELECT {values} FROM {kept}"  # noqa: S608


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM chats").fetchone()
    return int(count)


def table(figures: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Write what was measured."""
    nothing, some, *_ = figures.values()
    lines = [
        f"| {' | '.join(HEADS)} |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for stored, rounds in figures.items():
        more = [one["memory"] - zero["memory"] for one, zero in zip(rounds, nothing, strict=True)]
        spread = f"{statistics.median(more):.1f} ({min(more):.1f}..{max(more):.1f})"
        cells = (_median(rounds, "memory"), spread, _median(rounds, "cpu_per_1000"))
        poll = statistics.median(one["first_poll"] for one in rounds) * 1000
        lines.append(f"| {stored} | {' | '.join(cells)} | {ratio(rounds, some)} | {poll:.0f} |")
    return "\n".join(lines)


def _median(rounds: Sequence[Mapping[str, float]], figure: str) -> str:
    return f"{statistics.median(one[figure] for one in rounds):.1f}"

"""What is on disk when no bot runs: answers, and everything that should be empty by then."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

EMPTY = ("outbox", "parked")
"""Tables that hold nothing once all is done."""
NOT_YET = frozenset({"parked"})
"""Of these, the ones that a database of today may not have."""


@dataclass
class Stored:
    """Answers by chat, and the moment of each; how many rows each table of `EMPTY` holds.

    `buried` counts the dead letters, `letters` is all that stands in them.
    """

    answers: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    buried: int = 0
    letters: str = ""


def stored(address: str) -> Stored:
    """Read a database."""
    ask = _postgres if address.startswith("postgresql") else _sqlite
    found = Stored()
    for chat_id, state in ask(address, "SELECT chat_id, state FROM chats"):
        _add(found, chat_id, state if isinstance(state, dict) else json.loads(state))
    for table in EMPTY:
        found.rows[table] = _count(ask, address, table)
    letters = ask(address, "SELECT * FROM dead_letters")
    found.buried, found.letters = len(letters), str(letters)
    return found


def _count(ask: Any, address: str, table: str) -> int:
    try:
        return int(ask(address, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608
    except Exception:
        if table in NOT_YET:
            return 0
        raise


def _add(found: Stored, chat_id: int, state: dict[str, Any]) -> None:
    if not state.get("runs"):
        return
    answers = state["runs"][-1]["answers"]
    found.answers[chat_id] = {name: tuple(given["options"]) for name, given in answers.items()}
    found.moments += [datetime.fromisoformat(given["at"]) for given in answers.values()]


def _sqlite(address: str, query: str) -> list[Any]:
    path = Path(address.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def _postgres(address: str, query: str) -> list[Any]:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()

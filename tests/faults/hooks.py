"""Inside the bot's process: hooks that fire by name, and kill the process when told to."""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from faults.naming import name_of
from faults.orders import Orders

_T = TypeVar("_T")
KINDS = {
    "insert applied": "turn",
    "insert attempts": "attempt",
    "delete outbox": "arrival",
    "insert lanes": "claim",
    "delete lanes": "release",
}
"""What a transaction is, by the first of these statements that is in it."""
_FAILURES = {"locked": "database is locked", "io": "disk I/O error"}


class Hooks:
    """Counts every firing; at the one that was ordered, it is written down and all ends."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.fired: Counter[str] = Counter()
        self._trail = os.open(orders.file("trail"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def fire(self, name: str) -> None:
        self.fired[name] += 1
        if self._orders.trail:
            os.write(self._trail, f"{name}\n".encode())
        if name == self._orders.kill and self.fired[name] == self._orders.nth:
            os.write(self._trail, f"killed {name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, do: Callable[..., _T], *given: Any) -> _T:
        """Do something between two hooks."""
        self.fire(f"before {name}")
        result = do(*given)
        self.fire(f"after {name}")
        return result


class Statements:
    """The hooks of one database connection; a commit is named after what it is the commit of."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._seen: list[str] = []

    def around(self, statement: str, do: Callable[..., _T], *given: Any) -> _T:
        return self._hooks.around(self.name(statement), do, *given)

    def name(self, statement: str) -> str:
        """Name a statement, and remember what transaction it stands in."""
        name = name_of(statement)
        if name in ("commit", "rollback"):
            return f"{name} of {self._kind()}"
        if name.startswith("begin"):
            self._seen.clear()
        else:
            self._seen.append(name)
        return name

    def _kind(self) -> str:
        telling = (kind for name, kind in KINDS.items() if name in self._seen)
        return next(telling, (self._seen or ["nothing"])[0])


def watched(hooks: Hooks, orders: Orders) -> type[sqlite3.Connection]:
    """Make a class of SQLite connections whose statements fire hooks, and fail when told to."""
    trouble = orders.file("store")

    class Watched(sqlite3.Connection):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._statements = Statements(hooks)
            self._failing = ""

        def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
            if statement.startswith("BEGIN"):
                self._fail(trouble.read_text() if trouble.exists() else "")
            return self._statements.around(statement, super().execute, statement, *given)

        def executemany(self, statement: str, *given: Any) -> sqlite3.Cursor:
            return self._statements.around(statement, super().executemany, statement, *given)

        def commit(self) -> None:
            self._statements.around("COMMIT", super().commit)

        def _fail(self, how: str) -> None:
            """Fail as SQLite itself does where that can be had, else in its words."""
            if how in _FAILURES:
                raise sqlite3.OperationalError(_FAILURES[how])
            if how != self._failing:
                self._failing = how
                (pages,) = super().execute("PRAGMA page_count").fetchone()
                room = pages if how == "full" else 2**32 - 2
                super().execute(f"PRAGMA max_page_count={room}")
                super().execute(f"PRAGMA query_only={'ON' if how == 'readonly' else 'OFF'}")

    return Watched

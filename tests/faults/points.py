"""Where tests reach into the bot: everything they know of its insides by name is listed here."""

import os
import signal
import sqlite3
import sys
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from faults.hooks import Hooks, Statements, watched
from faults.orders import Orders

STATEMENTS = (
    "begin immediate",
    "insert applied",
    "savepoint",
    "select chats",
    "insert chats",
    "delete chats",
    "insert cards",
    "insert outbox",
    "release",
    "insert heartbeat",
    "delete applied",
    "delete dead_letters",
    "commit of turn",
    "select outbox",
    "select cards",
    "delete outbox",
    "insert worn",
    "delete worn",
    "update cards",
    "commit of delete outbox",
    "select worn",
    "commit of delete worn",
    "select heartbeat",
    "commit of select heartbeat",
)
"""Every statement of the turns and replies of people who just talk."""

STARTING = (
    *("pragma busy_timeout", "pragma locking_mode", "pragma quick_check", "pragma user_version"),
    *("select sqlite_master", "pragma journal_mode", "pragma synchronous", "pragma secure_delete"),
)
"""Every statement of a start."""

RARE = (
    "rollback to",
    "insert dead_letters",
    "delete cards",
    "delete asked_again",
    "pragma wal_checkpoint",
    "update outbox",
    "commit of update outbox",
    "insert asked_again",
    "select applied",
)
"""Statements of turns that fail, of people who are forgotten, of sends that fail, of outages."""

ONCE = ("select sqlite_master",)
"""What is seen only while there is no database yet."""
AFTER_A_PAUSE = ("insert asked_again", "select applied")
"""What is seen only at a start after a long pause."""
SLOW_START = ("select applied",)
"""What is seen only if the start takes longer than the first poll."""

CALLS = (
    *("getme", "deletewebhook", "setmycommands", "setmydescription", "setmyshortdescription"),
    *("getupdates", "sendmessage", "editmessagetext", "answercallbackquery"),
    *("editmessagereplymarkup", "sendchataction"),
)
"""Calls of Telegram that have hooks before and after."""

HOOKS = tuple(
    f"{when} {what}" for what in (*STATEMENTS, *STARTING, *RARE, *CALLS) for when in ("before", "after")
)


def wire(hooks: Hooks, orders: Orders) -> None:
    """Put the hooks into the bot; called in its process before anything of it runs."""
    _watch_sqlite(hooks, orders)
    if os.environ["DATABASE_URL"].startswith("postgresql"):
        _watch_postgres(hooks)
    _watch_calls(hooks)
    _move_clock(orders)
    _spoil_turns(orders)


def _watch_sqlite(hooks: Hooks, orders: Orders) -> None:
    sound, kind = sqlite3.connect, watched(hooks, orders)

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        return sound(*given, factory=kind, **named)

    setattr(sqlite3, "connect", connect)  # noqa: B010 - a stand-in of another type


def _watch_postgres(hooks: Hooks) -> None:
    import psycopg  # noqa: PLC0415

    known: WeakKeyDictionary[Any, Statements] = WeakKeyDictionary()

    def of(connection: Any) -> Statements:
        return known.setdefault(connection, Statements(hooks))

    def wrap(kind: type, method: str, word: str = "") -> None:
        sound = getattr(kind, method)

        def wrapped(self: Any, *given: Any, **named: Any) -> Any:
            query = word or given[0]
            text = query.decode() if isinstance(query, bytes) else str(query)
            connection = self if word else self.connection
            result = of(connection).around(text, partial(sound, self, *given, **named))
            if word:
                of(connection).name("begin")
            return result

        setattr(kind, method, wrapped)

    wrap(psycopg.Cursor, "execute")
    wrap(psycopg.Cursor, "executemany")
    wrap(psycopg.Connection, "commit", "COMMIT")


def _watch_calls(hooks: Hooks) -> None:
    from bot import webhook  # noqa: PLC0415
    from bot.transport import Api  # noqa: PLC0415

    sound, say = Api.raw, webhook._say

    async def raw(self: Api, method: str, *given: Any, **named: Any) -> Any:
        hooks.fire(f"before {method.lower()}")
        result = await sound(self, method, *given, **named)
        hooks.fire(f"after {method.lower()}")
        return result

    async def saying(send: Any, status: Any, *given: Any) -> None:
        hooks.fire(f"before {int(status)}")
        await say(send, status, *given)
        hooks.fire(f"after {int(status)}")

    setattr(Api, "raw", raw)  # noqa: B010
    setattr(webhook, "_say", saying)  # noqa: B010


def _move_clock(orders: Orders) -> None:
    """Let the bot's clock show what the file says, whenever it says something else."""
    from bot import clock  # noqa: PLC0415

    sound, file = clock.utc_now, orders.file("clock")

    def utc_now() -> datetime:
        moved = float(file.read_text() or 0) if file.exists() else 0.0
        return sound() + timedelta(seconds=moved)

    for module in list(sys.modules.values()):
        if getattr(module, "utc_now", None) is sound:
            setattr(module, "utc_now", utc_now)


def _spoil_turns(orders: Orders) -> None:
    from dialogs.conversation import Conversation  # noqa: PLC0415

    sound = Conversation.turn

    def turn(self: Conversation, chat: Any, event: Any, *given: Any, **named: Any) -> Any:
        text = getattr(event, "text", "")
        if text and text == orders.poison:
            os.kill(os.getpid(), signal.SIGKILL)
        if text and text == orders.sour:
            raise RuntimeError(text)
        return sound(self, chat, event, *given, **named)

    setattr(Conversation, "turn", turn)  # noqa: B010

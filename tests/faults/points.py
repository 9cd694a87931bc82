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

TALK = (
    *("insert applied", "select chats", "insert chats", "insert cards", "insert outbox"),
    *("commit of turn", "select cards", "delete outbox", "insert worn", "delete worn"),
    *("update cards", "commit of arrival", "select worn", "commit of delete worn"),
    *("select outbox", "insert heartbeat", "delete applied", "delete attempts"),
    *("delete dead_letters", "delete waits", "commit of insert heartbeat"),
)
"""Statements of the turns of people who just talk, and of the replies to them, on any database."""

START = (
    *("select workers", "insert workers", "delete workers", "delete lanes", "select heartbeat"),
    *("select waits", "commit of select heartbeat", "commit of select waits"),
    *("commit of select outbox", "commit of select workers", "commit of select worn"),
)
"""Statements of a start and a stop on any database, most of them after an unclean end."""

RARE = (
    *("insert dead_letters", "delete chats", "delete cards", "delete asked_again"),
    *("delete parked", "delete unreachable", "commit of insert waits"),
    *("insert attempts", "commit of attempt", "insert asked_again", "select applied"),
    *("insert waits", "insert unreachable", "insert counts"),
)
"""Statements of turns that fail, of people forgotten, of sends that fail, of outages."""

SQLITE = (
    *("begin immediate", "select sqlite_master", "pragma wal_checkpoint", "pragma busy_timeout"),
    *("pragma locking_mode", "pragma quick_check", "pragma user_version", "pragma journal_mode"),
    *("pragma synchronous", "pragma secure_delete", "commit of release"),
)
POSTGRES = (
    *("select pg_advisory_xact_lock", "select pg_try_advisory_lock", "insert lanes"),
    *("select pg_try_advisory_xact_lock", "select lanes", "commit of claim", "commit of release"),
    *(
        "select parked",
        "insert parked",
        "select 1",
        "select schema_version",
        "delete schema_version",
    ),
    *("insert schema_version", "create if", "migration"),
    "commit of select pg_advisory_xact_lock",
)
"""Statements that only the one or the other database gets."""

CALLS = (
    *("getme", "setmycommands", "setmydescription", "setmyshortdescription"),
    *("sendmessage", "editmessagetext", "editmessagereplymarkup", "sendchataction"),
)
POLLING = ("deletewebhook", "getupdates", "answercallbackquery")
WEBHOOK = ("setwebhook", "200")
"""Calls of Telegram, and the answer to its deliveries."""

CORE = ("commit of turn", "sendmessage", "delete outbox")
"""The steps between an update and its reply that matter most."""

ONCE = ("select sqlite_master", "migration")
"""What is seen only while there is no database yet."""
AFTER_A_DEATH = (
    *("insert attempts", "commit of attempt", "delete lanes", "delete workers"),
    *("commit of release", "select pg_try_advisory_xact_lock"),
)
"""What is seen only in a start after one that did not end in order."""
AFTER_A_PAUSE = ("insert asked_again", "select applied")
"""What is seen only at a start after a long pause."""
WHILE_BUSY = ("insert parked",)
"""What is seen only while another session holds a chat for longer than the bot waits for it."""
SLOW_START = ("select applied",)
"""What is seen only if the start takes longer than the first poll."""


def names(mode: str, store: str) -> tuple[str, ...]:
    """Name every statement and call of a bot that gets and keeps things in this way."""
    own = POSTGRES if store == "postgres" else SQLITE
    calls = WEBHOOK if mode == "webhook" else POLLING
    every = (*TALK, *START, *RARE, *own, *CALLS, *calls)
    return tuple(name for name in every if mode == "polling" or name != "select applied")


def hooks(mode: str, store: str) -> tuple[str, ...]:
    """Name every hook: before and after each of these."""
    return tuple(f"{when} {name}" for name in names(mode, store) for when in ("before", "after"))


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
            setattr(module, "utc_now", utc_now)  # noqa: B010


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

"""Applying updates inside one transaction: each once, each whole, none stopping the others."""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from dialogs.chat import Chat, load
from dialogs.turns import Card, Event, Sent, Typed

if TYPE_CHECKING:
    # Their libraries are slow to import, and the first poll waits for nothing it can do without.
    from bot.handlers import Incoming
    from bot.rendering import Outgoing

_log = logging.getLogger(__name__)


KEPT_BY_CHAT = ("chats", "cards", "outbox", "worn", "asked_again")
"""The tables that know a chat by its number: all of them are emptied when it is forgotten."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn came to: the chat to keep (None: forget all of it), what to send, a toast."""

    chat: Chat | None
    outgoing: tuple[Outgoing, ...] = ()
    toast: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """An update whose turn is on disk, now or since an earlier delivery (`fresh` tells)."""

    incoming: Incoming
    fresh: bool = True
    toast: str = ""


TakeTurn = Callable[[Chat | None, Event, bool], Outcome]
"""Chat, event, and whether the stored chat was damaged (the chat is None then)."""
Apologise = Callable[[Chat | None], "Sequence[Outgoing]"]


class Batch:
    """One batch being applied, inside a transaction; `forgot` when a chat was deleted in it."""

    def __init__(
        self, connection: sqlite3.Connection, now: datetime, turn: TakeTurn, apology: Apologise
    ) -> None:
        self._db, self._now = connection, stamp(now)
        self._turn, self._apology = turn, apology
        self.forgot = False

    def apply(self, incoming: Incoming) -> Applied:
        """Take the turn of one update, unless that was done before."""
        query = "INSERT OR IGNORE INTO applied VALUES (?, ?)"
        if not self._db.execute(query, (incoming.update_id, self._now)).rowcount:
            return Applied(incoming, fresh=False)
        toast, reason = "", incoming.reason
        if incoming.event:
            toast, reason = self._tried(incoming.chat_id, incoming.event)
            if reason:
                toast, reason = self._tried(incoming.chat_id, incoming.event)
        if reason:
            self._bury(incoming, reason)
        return Applied(incoming, toast=toast)

    def _tried(self, chat_id: int, event: Event) -> tuple[str, str]:
        """Take the turn; a fault undoes all of it. Gives the toast, and the fault if any."""
        self._db.execute("SAVEPOINT one")
        try:
            toast = self._taken(chat_id, event)
        except sqlite3.Error:
            raise  # the disk's fault, not the turn's: the whole batch is tried again later
        except Exception as error:  # noqa: BLE001 - one bad turn must not stop the others
            self._db.execute("ROLLBACK TO one")
            self._db.execute("RELEASE one")
            return "", _where(error)
        self._db.execute("RELEASE one")
        return toast, ""

    def _taken(self, chat_id: int, event: Event) -> str:
        chat, damaged = self._load(chat_id)
        outcome = self._turn(chat, event, damaged)
        if outcome.chat is None:
            self._forget(chat_id)
        elif outcome.chat.consent is None:
            # Nothing is kept of somebody who has not agreed to it, nor of a chat found damaged.
            self._db.execute("DELETE FROM chats WHERE chat_id=?", (chat_id,))
        else:
            self._save(chat_id, outcome.chat)
        if outcome.chat and isinstance(event, Typed | Sent):
            note_message(self._db, chat_id, event.message_id, None)
        self._put(chat_id, outcome.outgoing)
        return outcome.toast

    def _load(self, chat_id: int) -> tuple[Chat | None, bool]:
        query = "SELECT state FROM chats WHERE chat_id=?"
        found = self._db.execute(query, (chat_id,)).fetchone()
        try:
            return (load(found[0]) if found else None), False
        except Exception as error:  # noqa: BLE001 - whatever stands there, the talk must go on
            _log.error("a stored chat cannot be read: %s", _where(error))
            return None, True

    def _save(self, chat_id: int, chat: Chat) -> None:
        values = (chat_id, chat.model_dump_json(), chat.schema_version, self._now)
        self._db.execute("INSERT OR REPLACE INTO chats VALUES (?, ?, ?, ?)", values)

    def _forget(self, chat_id: int) -> None:
        for table in KEPT_BY_CHAT:
            query = f"DELETE FROM {table} WHERE chat_id=?"  # noqa: S608 - names from right here
            self.forgot |= self._db.execute(query, (chat_id,)).rowcount > 0

    def _put(self, chat_id: int, messages: Iterable[Outgoing]) -> None:
        query = "INSERT INTO outbox (chat_id, body, kind, created) VALUES (?, ?, ?, ?)"
        rows = [(chat_id, message.json, message.kind, self._now) for message in messages]
        self._db.executemany(query, rows)

    def _bury(self, incoming: Incoming, reason: str) -> None:
        """Put a dead letter aside, and tell the person if there was something to answer."""
        _log.error("an update could not be applied: %s", reason)
        query = "INSERT OR REPLACE INTO dead_letters VALUES (?, ?, ?, ?)"
        self._db.execute(query, (incoming.update_id, reason, self._now, incoming.outline))
        if incoming.event is None:
            return
        try:
            self._put(incoming.chat_id, self._apology(self._load(incoming.chat_id)[0]))
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - no second fault may undo the others' turns
            _log.error("no apology could be made: %s", _where(error))


def note_message(
    connection: sqlite3.Connection,
    chat_id: int,
    message_id: int,
    card: Card | None,
    *,
    ends: bool = False,
) -> None:
    """Remember a chat's newest message, and its newest card; nothing of chats not kept.

    A card that another message took over from, or that is not open any more (`ends`), is worn.
    """
    connection.execute(
        """
        INSERT INTO cards (chat_id, newest) SELECT chat_id, ? FROM chats WHERE chat_id=?
        ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)
        """,
        (message_id, chat_id),
    )
    if card or ends:
        connection.execute(
            """
            INSERT OR IGNORE INTO worn SELECT chat_id, message_id FROM cards
            WHERE chat_id=? AND message_id IS NOT NULL AND message_id <> ?
            """,
            (chat_id, message_id),
        )
        connection.execute(
            "DELETE FROM worn WHERE (chat_id, message_id)=(?, ?)", (chat_id, message_id)
        )
    if ends:
        connection.execute("UPDATE cards SET message_id=NULL WHERE chat_id=?", (chat_id,))
    if card:
        connection.execute(
            "UPDATE cards SET message_id=?, run=?, question=?, times=? WHERE chat_id=?",
            (message_id, card.run, card.question, card.times, chat_id),
        )


def stamp(moment: datetime) -> str:
    """Write a time so that texts sort like times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _where(error: Exception) -> str:
    """Name an error and its place. Its own text is left out: it may quote a person."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f" at {PurePath(frames[0].filename).name}:{frames[0].lineno}" if frames else ""
    return type(error).__name__ + place

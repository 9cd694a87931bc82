"""Applying updates inside one transaction: each once, each whole, none stopping the others."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from bot.store import outbox
from bot.store.driver import Connection
from bot.store.outcomes import Apologise, Applied, Outcome, TakeTurn
from bot.store.schema import BY_CHAT
from dialogs.buttons import parse
from dialogs.chat import Chat, dump, load
from dialogs.turns import Event, Sent, Tapped, Typed

if TYPE_CHECKING:
    # Their libraries are slow to import, and the first poll waits for nothing it can do without.
    from bot.incoming import Incoming
    from bot.outgoing import Outgoing

_log = logging.getLogger(__name__)

_KNOWN = """
    SELECT (SELECT state FROM chats WHERE chat_id=?),
           coalesce((SELECT newest FROM cards WHERE chat_id=?), 0),
           (SELECT count(*) FROM outbox WHERE chat_id=?),
           (SELECT count(*) FROM unreachable WHERE chat_id=?)
"""
_SAVE = """
    INSERT INTO chats VALUES (?, ?, ?, ?) ON CONFLICT (chat_id) DO UPDATE
    SET state = excluded.state, version = excluded.version, updated = excluded.updated
"""


class Batch:
    """One batch being applied, inside a transaction; `forgot` when a chat was deleted in it."""

    def __init__(self, db: Connection, now: str, turn: TakeTurn, apology: Apologise) -> None:
        self._db, self._now, self._turn, self._apology = db, now, turn, apology
        self.forgot = False

    def apply(self, incoming: Incoming) -> Applied:
        """Take the turn of one update, unless that was done before."""
        query = "INSERT INTO applied VALUES (?, ?) ON CONFLICT DO NOTHING"
        if not self._db.execute(query, (incoming.update_id, self._now)).rowcount:
            return Applied(incoming, fresh=False)
        return self.take(incoming)

    def take(self, incoming: Incoming) -> Applied:
        """Take the turn of an update that is known to be new."""
        if incoming.reachable is not None:
            return self._reached(incoming, reachable=incoming.reachable)
        if incoming.event is None or incoming.reason:
            return self._odd(incoming) if incoming.reason else Applied(incoming)
        chat_id = incoming.chat_id
        state, newest, before, lost = self._db.execute(_KNOWN, (chat_id,) * 4).fetchone()
        chat, damaged = _read(state)
        event = _placed(incoming.event, newest)
        outcome, reason = self._tried(chat, event, damaged)
        if outcome is None:
            return self._bury(incoming, reason, chat, before)
        if lost:
            self._db.execute("DELETE FROM unreachable WHERE chat_id=?", (chat_id,))
        gone = self._seen(chat_id, event, newest) if before else ()
        if outcome.chat is None and before:
            # Who sends must know too: what waits for somebody forgotten is not theirs any more.
            gone = tuple(row.id for row in outbox.rows_of(self._db, chat_id))
        self._keep(chat_id, outcome.chat, known=state is not None)
        if outcome.chat and (told := _tells(event)):
            outbox.note_newest(self._db, chat_id, told)
            newest = max(newest, told)
        after = outbox.last(self._db, chat_id) if before else 0
        rows = outbox.put(self._db, chat_id, outcome.outgoing, self._now)
        gone += outbox.drop_beyond(self._db, chat_id, before + len(rows))
        return Applied(incoming, True, outcome.toast, tuple(rows), after, gone, newest)

    def _tried(self, chat: Chat | None, event: Event, damaged: bool) -> tuple[Outcome | None, str]:
        """Take the turn, twice if need be; nothing has been written yet that it could spoil."""
        try:
            return self._whole(chat, event, damaged), ""
        except self._db.faults:
            raise  # the disk's fault, not the turn's: the whole batch is tried again later
        except Exception as error:  # noqa: BLE001 - one bad turn must not stop the others
            _log.warning("a turn failed and is tried again: %s", _where(error))
        try:
            return self._whole(chat, event, damaged), ""
        except self._db.faults:
            raise
        except Exception as error:  # noqa: BLE001 - the same
            return None, _where(error)

    def _whole(self, chat: Chat | None, event: Event, damaged: bool) -> Outcome:
        """Take a turn and put all it comes to into its stored form, so that no half is stored."""
        outcome = self._turn(chat, event, damaged)
        for message in outcome.outgoing:
            _ = message.json
        return outcome

    def _keep(self, chat_id: int, chat: Chat | None, *, known: bool) -> None:
        if chat is None:
            self._forget(chat_id)
        elif chat.consent is not None:
            values = (chat_id, dump(chat), chat.schema_version, self._now)
            self._db.execute(_SAVE, values)
        elif known:
            # Nothing is kept of somebody who has not agreed to it, nor of a chat found damaged.
            self._db.execute("DELETE FROM chats WHERE chat_id=?", (chat_id,))

    def _forget(self, chat_id: int) -> None:
        query = "SELECT until FROM waits WHERE chat_id=? AND until>?"
        banned = self._db.execute(query, (chat_id, self._now)).fetchone()
        for table in BY_CHAT:
            query = f"DELETE FROM {table} WHERE chat_id=?"  # noqa: S608 - names from the schema
            self.forgot |= self._db.execute(query, (chat_id,)).rowcount > 0
        # The receipt has a ban to wait for, as long as that lasts; nobody's words are in it.
        if banned:
            outbox.wait(self._db, chat_id, *banned)

    def _seen(self, chat_id: int, tap: Event, newest: int) -> tuple[int, ...]:
        """Take out the card that surely has arrived, since its button was tapped.

        A tap on a card known before proves nothing of a later one that asks the same; only if that
        was to say nothing else in its place, nobody needs it any more.
        """
        press = parse(tap.data) if isinstance(tap, Tapped) else None
        if press is None or not isinstance(tap, Tapped):
            return ()
        asking = (press.run, press.question, press.times)
        for row in outbox.rows_of(self._db, chat_id):
            message = _message(row.body)
            card = message.card if message else None
            if not message or not card or (card.run, card.question, card.times) != asking:
                continue
            in_place = tap.message_id == message.place and len(message.pages) == 1
            if tap.message_id > newest or in_place:
                outbox.delete(self._db, row.id)
                outbox.note_card(self._db, chat_id, tap.message_id, card)
                return (row.id,)
        return ()

    def _reached(self, incoming: Incoming, *, reachable: bool) -> Applied:
        if reachable:
            self._db.execute("DELETE FROM unreachable WHERE chat_id=?", (incoming.chat_id,))
            return Applied(incoming)
        # Who sends must know too: they may be back, or forgotten, before the next message goes.
        gone = tuple(row.id for row in outbox.rows_of(self._db, incoming.chat_id))
        outbox.lose(self._db, incoming.chat_id, self._now)
        return Applied(incoming, gone=gone)

    def _odd(self, incoming: Incoming) -> Applied:
        """Put aside what cannot be answered, or what ended the program again and again."""
        if incoming.event is None:
            return self._bury(incoming, incoming.reason, None, 0)
        state, _, before, _ = self._db.execute(_KNOWN, (incoming.chat_id,) * 4).fetchone()
        return self._bury(incoming, incoming.reason, _read(state)[0], before)

    def _bury(self, incoming: Incoming, reason: str, chat: Chat | None, before: int) -> Applied:
        """Put a dead letter aside, and tell the person if there was something to answer."""
        _log.error("an update could not be applied: %s", reason)
        query = "INSERT INTO dead_letters VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._db.execute(query, (incoming.update_id, reason, self._now, incoming.outline))
        said = self._apologies(chat) if incoming.event else ()
        after = outbox.last(self._db, incoming.chat_id) if before else 0
        rows = outbox.put(self._db, incoming.chat_id, said, self._now)
        return Applied(incoming, rows=tuple(rows), after=after)

    def _apologies(self, chat: Chat | None) -> Sequence[Outgoing]:
        try:
            return self._apology(chat)
        except self._db.faults:
            raise
        except Exception as error:  # noqa: BLE001 - no second fault may undo the others' turns
            _log.error("no apology could be made: %s", _where(error))
            return ()


def _placed(event: Event, newest: int) -> Event:
    """Tell a tap whether its card stands under all that is known: a send nobody could record."""
    if isinstance(event, Tapped) and 0 < newest < event.message_id:
        return replace(event, below=True)
    return event


def _tells(event: Event) -> int:
    """Give the message that an event shows to be in the chat, if that was not known; else 0."""
    if isinstance(event, Typed | Sent) or (isinstance(event, Tapped) and event.below):
        return event.message_id
    return 0


def _read(state: str | None) -> tuple[Chat | None, bool]:
    try:
        return (load(state) if state is not None else None), False
    except Exception as error:  # noqa: BLE001 - whatever stands there, the talk must go on
        _log.error("a stored chat cannot be read: %s", _where(error))
        return None, True


def _message(body: str) -> Outgoing | None:
    from bot.outgoing import Outgoing  # noqa: PLC0415 - slow to import, and rarely needed here

    try:
        return Outgoing.read(body)
    except (ValueError, TypeError, KeyError):
        return None  # the sender will tell of it


def _where(error: Exception) -> str:
    """Name an error and its place. Its own text is left out: it may quote a person."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f" at {PurePath(frames[0].filename).name}:{frames[0].lineno}" if frames else ""
    return type(error).__name__ + place

"""The outbox and what surrounds it: messages to send, cards on the screens, and who must wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.store.driver import Connection

if TYPE_CHECKING:
    # Its libraries are slow to import, and the first poll waits for nothing it can do without.
    from bot.outgoing import Outgoing
    from dialogs.turns import Card

MOST = 50
"""Messages that may wait for one chat; beyond it the oldest go, but never those of safety."""
ALL = 0
"""The number that stands for every chat where Telegram wants to hear nothing at all."""
_ROWS = "SELECT id, chat_id, body FROM outbox WHERE chat_id=? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message to send, and the newest message known in its chat (0: none).

    `message` is the message itself where it was just stored, None where it has to be read.
    """

    id: int
    chat_id: int
    body: str
    newest: int = 0
    message: Outgoing | None = field(default=None, compare=False, repr=False)


def rows_of(db: Connection, chat_id: int) -> list[Row]:
    """Give all that waits for a chat, in the order of sending."""
    found = db.execute(_ROWS, (chat_id,)).fetchall()
    if not found:
        return []
    newest = db.execute("SELECT newest FROM cards WHERE chat_id=?", (chat_id,)).fetchone()
    known = newest[0] if newest else 0
    return [Row(number, chat, body, known) for number, chat, body in found]


def last(db: Connection, chat_id: int) -> int:
    """Give the number of the last message that waits for a chat; 0 for none."""
    query = "SELECT coalesce(max(id), 0) FROM outbox WHERE chat_id=?"
    return int(db.execute(query, (chat_id,)).fetchone()[0])


def put(db: Connection, chat_id: int, messages: Iterable[Outgoing], now: str) -> list[Row]:
    """Store messages to send; gives them as rows."""
    query = "INSERT INTO outbox (chat_id, body, kind, created) VALUES (?, ?, ?, ?) RETURNING id"
    stored = []
    for message in messages:
        body = message.json
        (number,) = db.execute(query, (chat_id, body, message.kind, now)).fetchone()
        stored.append(Row(number, chat_id, body, message=message))
    return stored


def drop_beyond(db: Connection, chat_id: int, waiting: int) -> tuple[int, ...]:
    """Drop the oldest of too many messages for a chat, if no safety is in them; gives their ids."""
    if waiting <= MOST:
        return ()
    query = "SELECT id FROM outbox WHERE chat_id=? AND kind<>'safety' ORDER BY id LIMIT ?"
    found = db.execute(query, (chat_id, waiting - MOST)).fetchall()
    gone = tuple(number for (number,) in found)
    for number in gone:
        delete(db, number)
    count(db, "too many waiting", len(gone))
    return gone


def delete(db: Connection, number: int) -> bool:
    """Take a message out; false when it is not there any more."""
    return db.execute("DELETE FROM outbox WHERE id=?", (number,)).rowcount > 0


def count(db: Connection, name: str, by: int = 1) -> None:
    """Count what happened."""
    query = """
        INSERT INTO counts VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET number = counts.number + excluded.number
    """
    db.execute(query, (name, by))


def wait(db: Connection, chat_id: int, until: str) -> None:
    """Keep until when nothing may be sent to a chat; never earlier than was kept before."""
    query = """
        INSERT INTO waits VALUES (?, ?) ON CONFLICT (chat_id) DO UPDATE SET until =
            CASE WHEN excluded.until > waits.until THEN excluded.until ELSE waits.until END
    """
    db.execute(query, (chat_id, until))


def lose(db: Connection, chat_id: int, now: str, known: int = 2**62) -> None:
    """Mark a chat that no message reaches, and drop what was to be sent to it up to `known`.

    What came in later may be for somebody who is back.
    """
    query = "INSERT INTO unreachable VALUES (?, ?) ON CONFLICT (chat_id) DO NOTHING"
    db.execute(query, (chat_id, now))
    query = "DELETE FROM outbox WHERE chat_id=? AND id<=?"
    count(db, "unreachable", db.execute(query, (chat_id, known)).rowcount)


def note_newest(db: Connection, chat_id: int, message_id: int) -> None:
    """Remember a chat's newest message, by either side; nothing of chats that are not kept."""
    query = """
        INSERT INTO cards (chat_id, newest) SELECT chat_id, ? FROM chats WHERE chat_id=?
        ON CONFLICT (chat_id) DO UPDATE SET newest =
            CASE WHEN excluded.newest > cards.newest THEN excluded.newest ELSE cards.newest END
    """
    db.execute(query, (message_id, chat_id))


def note_card(
    db: Connection, chat_id: int, message_id: int, card: Card | None, *, ends: bool = False
) -> bool:
    """Remember a message that has arrived, and the newest card; gives whether one is worn now.

    A card that another message took over from, or that is not open any more (`ends`), is worn.
    """
    query = "SELECT message_id, newest FROM cards WHERE chat_id=?"
    before = db.execute(query, (chat_id,)).fetchone()
    if before is None or (not card and not ends):
        note_newest(db, chat_id, message_id)
    if not card and not ends:
        return False
    shown, newest = before or (None, 0)
    worn = shown is not None and shown != message_id
    if worn:
        query = "INSERT INTO worn VALUES (?, ?) ON CONFLICT DO NOTHING"
        db.execute(query, (chat_id, shown))
        db.execute("DELETE FROM worn WHERE chat_id=? AND message_id=?", (chat_id, message_id))
    of = (card.run, card.question, card.times) if card else (None, None, None)
    query = "UPDATE cards SET newest=?, message_id=?, run=?, question=?, times=? WHERE chat_id=?"
    known = (max(newest, message_id), message_id if card else None)
    db.execute(query, (*known, *of, chat_id))
    return worn


def stamp(moment: datetime) -> str:
    """Write a time so that texts sort like times; what is less than a millisecond is cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def deadline(moment: datetime) -> str:
    """Write a time that must not be shortened: its stamp, or the next one after it."""
    return stamp(moment + timedelta(microseconds=-moment.microsecond % 1000))

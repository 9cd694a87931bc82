"""After an outage: the open question once more, to those who were in the middle of a talk."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.store import outbox
from bot.store.driver import Connection
from bot.store.outbox import stamp
from dialogs.chat import load

if TYPE_CHECKING:
    from bot.store.outcomes import Apologise

OUTAGE = timedelta(seconds=150)
"""How long Telegram keeps a tap: after less, nothing was lost."""

MID_TALK = timedelta(hours=1)
"""Who was active so shortly before the outage may have tapped in it."""

LONGEST = timedelta(hours=24)
"""After a longer outage nobody waits any more; whoever comes back is told where the talk was."""

_log = logging.getLogger(__name__)


def asked_again(
    db: Connection, now: datetime, ask: Apologise, pending: Mapping[int, int]
) -> list[int]:
    """Put the open question into the outbox of everybody it concerns; gives their chats.

    The heartbeat tells how long nothing was heard. A chat is asked once: again only when it was
    heard from in between. Those who get a reply anyway are left out: by the outbox, or to an update
    that came in meanwhile (`pending`: its id and its chat) and was not applied before the outage.
    """
    found = db.execute("SELECT at FROM heartbeat").fetchone()
    heard = datetime.fromisoformat(found[0]) if found else now
    if not OUTAGE < now - heard <= LONGEST:
        return []
    rows = db.execute(
        """
        SELECT chat_id, state FROM chats
        WHERE updated >= ? AND chat_id NOT IN (SELECT chat_id FROM outbox)
          AND chat_id NOT IN (SELECT chat_id FROM unreachable)
          AND NOT EXISTS (SELECT 1 FROM asked_again AS a
                          WHERE a.chat_id = chats.chat_id AND a.at >= chats.updated)
        ORDER BY updated
        """,
        (stamp(heard - MID_TALK),),
    ).fetchall()
    query = "SELECT 1 FROM applied WHERE update_id=?"
    waiting = {
        chat_id
        for update_id, chat_id in pending.items()
        if db.execute(query, (update_id,)).fetchone() is None
    }
    chats = [row for row in rows if row[0] not in waiting]
    return [chat_id for chat_id, state in chats if _ask(db, chat_id, state, now, ask)]


def _ask(db: Connection, chat_id: int, state: str, now: datetime, ask: Apologise) -> bool:
    try:
        messages = ask(load(state))
    except Exception as error:  # noqa: BLE001 - one damaged chat must not cost the others theirs
        _log.error("a chat could not be asked again: %s", type(error).__name__)
        return False
    rows = outbox.put(db, chat_id, messages, stamp(now))
    if rows:
        query = """
            INSERT INTO asked_again VALUES (?, ?)
            ON CONFLICT (chat_id) DO UPDATE SET at = excluded.at
        """
        db.execute(query, (chat_id, stamp(now)))
    return bool(rows)

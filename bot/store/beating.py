"""The heartbeat: when Telegram was last heard, noted now and then, and the tidying up beside it."""

from datetime import datetime, timedelta

from bot.store.driver import Connection
from bot.store.outbox import stamp

EVERY = timedelta(seconds=5)
"""Far less than the outage that the heartbeat is there to tell (R11)."""
TIDIED_EVERY = timedelta(hours=1)
KEPT = {
    "applied": timedelta(hours=48),  # twice as long as Telegram keeps an update
    "attempts": timedelta(hours=48),
    "dead_letters": timedelta(days=7),
}
"""How long what is only of use for a while stays."""
ALWAYS = 1000
"""Updates that stay known however old they seem: a clock may have been far ahead for a while."""
_OLD = """
    DELETE FROM applied WHERE at < ?
    AND at < (SELECT at FROM applied ORDER BY at DESC LIMIT 1 OFFSET ?)
"""


class Heartbeat:
    """Knows when the last one was noted, and when the database was last tidied."""

    def __init__(self) -> None:
        self._noted: datetime | None = None
        self._tidied: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether the last one was noted long enough ago; or the clock was set back."""
        since = now - self._noted if self._noted else EVERY
        return not timedelta() <= since < EVERY

    def note(self, db: Connection, now: datetime) -> None:
        """Note that Telegram was heard now, and tidy up if that is due."""
        query = (
            "INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at"
        )
        db.execute(query, (stamp(now),))
        if self._tidied and timedelta() <= now - self._tidied < TIDIED_EVERY:
            return
        self._tidied = now
        _tidy(db, now)

    def noted(self, now: datetime) -> None:
        """Know that the note of this time is on disk."""
        self._noted = now


def _tidy(db: Connection, now: datetime) -> None:
    """Take out what is of no use any more."""
    for table, kept in KEPT.items():
        before = stamp(now - kept)
        if table == "applied":
            db.execute(_OLD, (before, ALWAYS - 1))
        else:
            db.execute(f"DELETE FROM {table} WHERE at < ?", (before,))  # noqa: S608
    db.execute("DELETE FROM waits WHERE until < ?", (stamp(now),))

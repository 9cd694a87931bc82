"""One database and several programs: who is at work, and who sends to which chat."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store.driver import Connection, Driver
from bot.store.outbox import Row, rows_of, stamp

LEASE = timedelta(seconds=60)
"""How long a chat stays with the program that sends to it, without a sign of life (R7)."""
SWEPT = 200
"""Chats taken over at a time."""


def begin(db: Connection, driver: Driver, now: str) -> bool:
    """Note that this program is at work; gives whether one before it did not end in order."""
    unclean = bury(db, driver)
    db.execute("INSERT INTO workers VALUES (?, ?)", (driver.worker(), now))
    return unclean


def end(db: Connection, worker: int) -> None:
    """Note that this program ends in order; the chats it sent to are free."""
    db.execute("DELETE FROM lanes WHERE worker=?", (worker,))
    db.execute("DELETE FROM workers WHERE worker=?", (worker,))


def bury(db: Connection, driver: Driver) -> bool:
    """Free the chats of programs that are gone; gives whether there were any."""
    known = [worker for (worker,) in db.execute("SELECT worker FROM workers").fetchall()]
    gone = [worker for worker in known if driver.dead(db, worker)]
    for worker in gone:
        end(db, worker)
    return bool(gone)


def claimed(db: Connection, driver: Driver, chat_id: int, now: datetime) -> list[Row]:
    """Give what waits for a chat, and keep the chat for this program while something does.

    Nothing is given of a chat that another program sends to: that one will see it in its time.
    """
    if not driver.shared:
        return rows_of(db, chat_id)
    db.lock(chat_id)
    query = "SELECT worker FROM lanes WHERE chat_id=? AND worker<>? AND until>=?"
    if db.execute(query, (chat_id, driver.worker(), stamp(now))).fetchone():
        return []
    rows = rows_of(db, chat_id)
    if rows:
        keep(db, driver, chat_id, now)
    else:
        free(db, driver, chat_id)
    return rows


def keep(db: Connection, driver: Driver, chat_id: int, now: datetime) -> None:
    """Hold a chat for another while."""
    query = """
        INSERT INTO lanes VALUES (?, ?, ?) ON CONFLICT (chat_id)
        DO UPDATE SET worker = excluded.worker, until = excluded.until
    """
    db.execute(query, (chat_id, driver.worker(), stamp(now + LEASE)))


def free(db: Connection, driver: Driver, chat_id: int) -> None:
    """Let go of a chat."""
    query = "DELETE FROM lanes WHERE chat_id=? AND worker=?"
    db.execute(query, (chat_id, driver.worker()))


def left(db: Connection, driver: Driver, now: datetime) -> tuple[list[int], list[int]]:
    """Give the chats that nobody sends to though something waits, and those with parked turns."""
    bury(db, driver)
    query = """
        SELECT DISTINCT chat_id FROM outbox WHERE chat_id NOT IN
            (SELECT chat_id FROM lanes WHERE until>=?)
        AND chat_id NOT IN (SELECT chat_id FROM waits WHERE until>=?) LIMIT ?
    """
    waiting = db.execute(query, (stamp(now), stamp(now), SWEPT)).fetchall()
    parked = db.execute("SELECT DISTINCT chat_id FROM parked LIMIT ?", (SWEPT,)).fetchall()
    return [chat_id for (chat_id,) in waiting], [chat_id for (chat_id,) in parked]

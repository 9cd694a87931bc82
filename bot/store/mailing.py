"""What the sender asks of the store: what waits, for how long, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.store import outbox, sharing
from bot.store.driver import Connection, Done
from bot.store.outbox import Row, deadline
from bot.store.transactions import Transactions

if TYPE_CHECKING:
    from dialogs.turns import Card


class Mailing(Transactions):
    """The outbox, the waits Telegram has asked for, and the buttons still to be taken away."""

    async def waiting(self) -> list[int]:
        """Give the chats that have messages to send, the longest waiting first."""
        query = "SELECT chat_id FROM outbox GROUP BY chat_id ORDER BY min(id)"
        return [chat_id for (chat_id,) in await self.do(lambda db: db.execute(query).fetchall())]

    async def left(self) -> tuple[list[int], list[int]]:
        """Give the chats nobody sends to though something waits, and those with parked turns."""

        def job(db: Connection) -> tuple[list[int], list[int]]:
            self._driver.be_present()
            return sharing.left(db, self._driver, self._clock())

        return await self.do(job)

    async def rows(self, chat_id: int) -> list[Row]:
        """Give what this program is to send to a chat, in order."""
        return await self.do(lambda db: sharing.claimed(db, self._driver, chat_id, self._clock()))

    async def waits(self) -> dict[int, float]:
        """Give the seconds that chats have to wait yet; 0 stands for all chats."""
        found = await self.do(lambda db: db.execute("SELECT chat_id, until FROM waits").fetchall())
        now = self._clock()
        left = {chat_id: (datetime.fromisoformat(until) - now) for chat_id, until in found}
        return {
            chat_id: wait.total_seconds() for chat_id, wait in left.items() if wait > timedelta()
        }

    async def wait(self, chat_id: int, seconds: float, row: Row, *, leave: bool) -> None:
        """Keep for how long Telegram wants to hear nothing for a chat (0: for any).

        The same holds for the chat of the `row`; whether to `leave` that to whoever comes then.
        """
        until = deadline(self._clock() + timedelta(seconds=seconds))

        def job(db: Connection) -> None:
            outbox.wait(db, chat_id, until)
            outbox.wait(db, row.chat_id, until)
            if leave:
                sharing.free(db, self._driver, row.chat_id)

        await self.do(job)

    async def sent(
        self, row: Row, message_id: int, card: Card | None, *, ends: bool = False
    ) -> bool:
        """Take a message that has arrived out of the outbox; gives whether a card is worn now.

        A card takes over from the one before it; `ends` says that no card is open any more.
        """
        return await self.do(partial(self._sent, row, message_id, card, ends=ends))

    def note_sent(
        self, row: Row, message_id: int, card: Card | None, done: Done, *, ends: bool = False
    ) -> None:
        """Do the same without anybody waiting: `done` hears how it went."""
        noted = partial(self._sent, row, message_id, card, ends=ends)
        self._driver.submit(noted, done, soon=False)

    def _sent(
        self, row: Row, message_id: int, card: Card | None, db: Connection, *, ends: bool
    ) -> bool:
        if self.shared:
            db.lock(row.chat_id)
        # A chat forgotten while the message was on its way must leave nothing behind.
        if not outbox.delete(db, row.id):
            return False
        if self.shared:
            sharing.keep(db, self._driver, row.chat_id, self._clock())
        return outbox.note_card(db, row.chat_id, message_id, card, ends=ends)

    async def drop(self, row: Row, why: str) -> None:
        """Take a message that need not or cannot be sent out of the outbox, and count that."""

        def job(db: Connection) -> None:
            if outbox.delete(db, row.id):
                outbox.count(db, why)

        await self.do(job)

    async def lose(self, chat_id: int, known: int) -> None:
        """Mark a chat as out of reach until it speaks; drop what waits for it up to `known`."""
        await self.do(lambda db: outbox.lose(db, chat_id, self._now(), known))

    async def worn(self, chat_id: int) -> int | None:
        """Give a message of a chat whose buttons are still to be taken away, if there is one."""
        query = "SELECT message_id FROM worn WHERE chat_id=? LIMIT 1"
        found = await self.do(lambda db: db.execute(query, (chat_id,)).fetchone())
        return int(found[0]) if found else None

    async def with_worn(self) -> list[int]:
        """Give the chats that have such messages."""
        query = "SELECT DISTINCT chat_id FROM worn"
        return [chat_id for (chat_id,) in await self.do(lambda db: db.execute(query).fetchall())]

    async def bare(self, chat_id: int, message_id: int) -> None:
        """Note that a message has no buttons any more."""
        query = "DELETE FROM worn WHERE chat_id=? AND message_id=?"
        await self.do(lambda db: db.execute(query, (chat_id, message_id)).rowcount)

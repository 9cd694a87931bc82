"""One chat's messages on their way: in order, and without asking the disk for what is known."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.backoff import Backoff
from bot.rendering import Outgoing
from bot.store import Row


class Lane:
    """The messages of a chat. `loads`: there may be more in the outbox than are known here.

    `looked`: the outbox was seen to be empty since the last message. `ended`: nothing is left to
    do, so that nobody may add anything any more.
    """

    __slots__ = ("_busy", "_newest", "backoff", "ended", "loads", "looked", "rows", "task")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.loads = self.looked = self.ended = self._busy = False
        self._newest = 0
        self.backoff = Backoff()
        self.task: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Look into the outbox when all that is known here is through."""
        self.loads, self.looked = True, False

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Looking into the outbox now; what is added meanwhile is looked for once more."""
        self.loads, self._busy = False, True
        try:
            yield
        finally:
            self._busy = False

    def add(self, rows: Iterable[Row], newest: int, gone: Iterable[int]) -> None:
        """Add what was just stored, and leave out what need not be sent any more."""
        self._newest = max(self._newest, newest)
        if gone:
            self.rows = [row for row in self.rows if row.id not in gone]
        if self._busy or self.loads:
            self.loads = True
        else:
            self.rows.extend(rows)

    def newest_before(self, row: Row) -> int:
        """Give the newest message known in the chat before this one is sent."""
        return max(self._newest, row.newest)

    def message(self, row: Row) -> Outgoing | None:
        """Read a message; None when it is none of this version's."""
        if row.message is not None:
            return row.message
        try:
            return Outgoing.read(row.body)
        except (ValueError, TypeError, KeyError):
            return None

    def superseded(self, message: Outgoing) -> bool:
        """Whether a question card says nothing but what a later one in this lane replaces (R8)."""
        if message.kind != "prompt" or len(message.pages) > 1 or len(self.rows) == 1:
            return False
        later = map(self.message, self.rows[1:])
        return any(other.kind == "prompt" for other in later if other)

    def done(self, row: Row) -> None:
        """Leave a message out."""
        self.rows = [other for other in self.rows if other.id != row.id]

    def arrived(self, row: Row, message_id: int) -> None:
        """Note a message that has arrived."""
        self._newest = max(self._newest, message_id)
        self.done(row)

    def forget(self, known: int) -> None:
        """Leave out all messages up to this one."""
        self.rows = [other for other in self.rows if other.id > known]

"""One chat's messages on their way: in order, and without asking the disk for what is known."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.backoff import Backoff
from bot.outgoing import Outgoing
from bot.store import Row


class Lane:
    """The messages of a chat. `loads`: there may be more in the outbox than are known here.

    `looked`: the outbox was seen to be empty since the last message. `ended`: nothing is left to
    do, so that nobody may add anything any more.
    """

    __slots__ = ("_busy", "_last", "_newest", "backoff", "ended", "loads", "looked", "rows", "task")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.loads = self.looked = self.ended = self._busy = False
        self._newest = self._last = 0
        self.backoff = Backoff()
        self.task: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Look into the outbox when all that is known here is through."""
        self.loads, self.looked = True, False

    def reload(self) -> None:
        """Trust nothing known here: whether a failed transaction was stored, nobody can tell."""
        self.rows = []
        self.load()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Looking into the outbox now; what is added meanwhile is looked for once more."""
        self.loads, self._busy = False, True
        try:
            yield
        finally:
            self._busy = False

    def found(self, rows: Iterable[Row]) -> None:
        """Take over what the outbox holds."""
        self.rows.extend(rows)
        self._last = max(self._last, self.rows[-1].id if self.rows else 0)

    def add(
        self, rows: Iterable[Row], newest: int, gone: Iterable[int] = (), after: int = 0
    ) -> None:
        """Add what was just stored, and leave out what need not be sent any more.

        What comes late was found in the outbox already. What comes early is to go `after` a message
        that is not known here yet: then the outbox tells the order.
        """
        self._newest = max(self._newest, newest)
        early = after > self._last
        if gone:
            self.rows = [row for row in self.rows if row.id not in gone]
        if self._busy or self.loads or early:
            self.loads = True
        else:
            self.found(row for row in rows if row.id > self._last)

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

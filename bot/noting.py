"""Messages that have arrived: the store is told of each until it knows."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.backoff import Backoff
from bot.outgoing import Outgoing
from bot.store import Row, Store

_log = logging.getLogger(__name__)


class Noting:
    """Tells the store of arrived messages; `undress` is given chats with a worn card then."""

    def __init__(self, store: Store, undress: Callable[[int], None]) -> None:
        self._store, self._undress = store, undress
        self._arrived: set[int] = set()  # rows that have, though the disk does not know it yet
        self.tasks: set[asyncio.Task[None]] = set()

    def knows(self, row: Row) -> bool:
        """Whether a row has arrived, though the store does not know it yet."""
        return row.id in self._arrived

    async def note(self, row: Row, message_id: int, message: Outgoing) -> None:
        """Note that a message has arrived; where others send too, before the next may go."""
        if self._store.shared:
            await self._shared_sent(row, message_id, message)
            return
        note = partial(self._noted, row, message_id, message)
        self._store.note_sent(row, message_id, message.card, note, ends=message.ends)

    async def _shared_sent(self, row: Row, message_id: int, message: Outgoing) -> None:
        """Tell the shared database before the next; should it be away, do not send twice."""
        try:
            worn = await self._store.sent(row, message_id, message.card, ends=message.ends)
        except Exception as error:  # noqa: BLE001 - the database, told again until it knows
            _log.error("a sent message could not be noted: %s", type(error).__name__)
            self._noted(row, message_id, message, None, error)
        else:
            self._noted(row, message_id, message, worn, None)

    def _noted(
        self, row: Row, message_id: int, message: Outgoing, worn: Any, error: BaseException | None
    ) -> None:
        """The disk knows that a message has arrived; or it does not, and is told again."""
        if error is not None:
            self._arrived.add(row.id)
            task = asyncio.create_task(self._note_again(row, message_id, message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif worn:
            self._undress(row.chat_id)

    async def _note_again(self, row: Row, message_id: int, message: Outgoing) -> None:
        backoff = Backoff()
        while row.id in self._arrived:
            await asyncio.sleep(backoff.next())
            try:
                await self._store.sent(row, message_id, message.card, ends=message.ends)
                self._arrived.discard(row.id)
            except Exception as error:  # noqa: BLE001 - the disk, still
                _log.error("a sent message could not be noted: %s", type(error).__name__)

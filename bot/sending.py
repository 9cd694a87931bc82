"""The outbox on its way to Telegram: each chat in order, no chat waiting for another."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.backoff import Backoff
from bot.beside import Beside
from bot.logs import short
from bot.rendering import Outgoing
from bot.store import Row, Store
from bot.transport import Api, ban

AT_ONCE = 30
"""Messages on their way together, to all chats."""
UNREACHABLE = ("chat not found", "user not found", "peer_id_invalid")
"""What Telegram says, in lower case, of a chat that no message will ever reach."""

Told = Callable[[int, int, Outgoing], None]
"""Hears of each message that has arrived: its chat, its id there, and what was sent."""

_log = logging.getLogger(__name__)


class Sender:
    """Sends what stands in the outbox, one message at a time in each chat.

    A row leaves the outbox only when Telegram has taken the message or never will. After a crash
    in between it is sent again: a message may come twice, but none is lost.
    """

    def __init__(self, api: Api, store: Store, told: Told | None = None) -> None:
        self._api, self._store, self._told = api, store, told
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._beside = Beside(api, store)

    async def start(self) -> None:
        """Send what was left over."""
        self.wake(await self._store.waiting())
        for chat_id in await self._store.with_worn():
            self._beside.undress(chat_id)

    def wake(self, chats: Iterable[int]) -> None:
        """Look at the outbox of these chats, now or when their present message is through."""
        for chat_id in chats:
            self._woken.add(chat_id)
            if chat_id not in self._lanes:
                self._lanes[chat_id] = asyncio.create_task(self._lane(chat_id))

    async def stop(self, within: float) -> None:
        """Finish what can be finished within some seconds; the rest stays in the outbox."""
        if lanes := tuple(self._lanes.values()):
            _, late = await asyncio.wait(lanes, timeout=within)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._beside.stop()

    async def _lane(self, chat_id: int) -> None:
        """Empty one chat's outbox."""
        backoff = Backoff()
        try:
            while chat_id in self._woken:
                self._woken.discard(chat_id)
                try:
                    await self._empty(chat_id, backoff)
                    self._beside.undress(chat_id)
                except Exception as error:  # noqa: BLE001 - the disk; a lane never just ends
                    _log.error("the outbox failed: %s", type(error).__name__)
                    self._woken.add(chat_id)
                    await asyncio.sleep(backoff.next())
        finally:
            del self._lanes[chat_id]

    async def _empty(self, chat_id: int, backoff: Backoff) -> None:
        row = await self._store.head(chat_id)
        if row and (row.behind or self._room.locked()):
            self._beside.typing(chat_id)
        while row is not None:
            tried = row
            try:
                row = await self._send(tried)
                backoff.reset()
            except (Forbidden, _UnreachableError) as error:
                _log.info("chat %s cannot be reached: %s", short(chat_id), type(error).__name__)
                # One by one: what is stored meanwhile may be for somebody who is back.
                row = await self._store.drop(tried)
            except TelegramError as error:
                _log.warning("chat %s has to wait: %s", short(chat_id), type(error).__name__)
                await self._store.tried(tried)
                await asyncio.sleep(ban(error) or backoff.next())
                row = await self._store.head(chat_id)

    async def _send(self, row: Row) -> Row | None:
        """Send one message; gives the chat's next.

        Raises:
            TelegramError: not now; the row stays.

        """
        try:
            message = Outgoing.read(row.body)
        except (ValueError, TypeError, KeyError) as error:
            _log.error("a row of the outbox cannot be read: %s", type(error).__name__)
            return await self._store.drop(row)
        try:
            async with self._room:
                message_id = await self._delivered(row, message)
        except BadRequest as error:
            return await self._refused(row, error)
        except ChatMigrated:
            return await self._refused(row, BadRequest("the group has moved"))
        if self._told:
            self._told(row.chat_id, message_id, message)
        return await self._store.sent(row, message_id, message.card, ends=message.ends)

    async def _refused(self, row: Row, error: BadRequest) -> Row | None:
        """Drop a message Telegram will never take; the chat's next may be fine."""
        if any(text in error.message.lower() for text in UNREACHABLE):
            raise _UnreachableError(error.message)
        # Telegram's own sentence; what it quotes is at most ours, never a person's.
        _log.error("chat %s: a message was refused: %s", short(row.chat_id), error.message[:200])
        return await self._store.drop(row)

    async def _delivered(self, row: Row, message: Outgoing) -> int:
        """Edit in place if nothing stands below, else send; gives the message id."""
        on = message.place
        if on is not None and on == row.newest:
            try:
                return await self._edited(row.chat_id, on, message)
            except BadRequest as error:
                # Gone, too old, or not ours any more: whatever it is, the person needs the words.
                _log.info("an edit was refused: %s", error.message[:200])
        return await self._sent(row.chat_id, message)

    async def _edited(self, chat_id: int, on: int, message: Outgoing) -> int:
        where = {"chat_id": chat_id, "message_id": on}
        try:
            await self._as_it_can("EditMessageText", where, message)
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise
        return on

    async def _sent(self, chat_id: int, message: Outgoing) -> int:
        sent = await self._as_it_can("SendMessage", {"chat_id": chat_id}, message)
        return int(sent["message_id"])

    async def _as_it_can(self, method: str, where: dict[str, int], message: Outgoing) -> Any:
        """Call; once more as plain text if it is the entities that Telegram cannot take."""
        content = message.content()
        try:
            return await self._api.call(method, where | content)
        except BadRequest as error:
            if "entit" not in error.message.lower() or not content.pop("entities", None):
                raise
        _log.error("entities were refused on %s", ", ".join(message.pages))
        return await self._api.call(method, where | content)


class _UnreachableError(Exception):
    """No message will ever reach this chat."""

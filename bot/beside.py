"""Small things done beside the replies, never before them: old buttons go, and "typing" shows."""

import asyncio
import logging
from collections.abc import Coroutine

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.pausing import Pauses
from bot.store import Store
from bot.transport import Api, ban

AT_ONCE = 8
"""Such calls on their way together; replies have places of their own."""

_log = logging.getLogger(__name__)


class Beside:
    """Calls that may fail: what they do is nice to have, and nobody waits for it."""

    def __init__(self, api: Api, store: Store, pauses: Pauses) -> None:
        self._api, self._store, self._pauses = api, store, pauses
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._undressing: set[int] = set()

    async def stop(self) -> None:
        """End what is under way; buttons that are left go at the next start."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def typing(self, chat_id: int) -> None:
        """Show that something is on its way (Telegram shows it for 5 seconds at most)."""
        if not self._room.locked():
            self._do(self._typing(chat_id))

    def undress(self, chat_id: int) -> None:
        """Take the buttons off the cards that newer ones have replaced."""
        if chat_id not in self._undressing:
            self._undressing.add(chat_id)
            self._do(self._undress(chat_id))

    def _do(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _typing(self, chat_id: int) -> None:
        async with self._room:
            await self._call("SendChatAction", chat_id, action="typing")

    async def _undress(self, chat_id: int) -> None:
        try:
            while (message_id := await self._store.worn(chat_id)) is not None:
                async with self._room:
                    done = await self._call(
                        "EditMessageReplyMarkup", chat_id, message_id=message_id
                    )
                if not done:
                    return
                await self._store.bare(chat_id, message_id)
        except Exception as error:  # noqa: BLE001 - the disk; the buttons go another time
            _log.error("old buttons could not be taken away: %s", type(error).__name__)
        finally:
            self._undressing.discard(chat_id)

    async def _call(self, method: str, chat_id: int, **parameters: int | str) -> bool:
        """Call once; whether that settled it, for whatever Telegram said but "not now"."""
        if self._pauses.left(chat_id):
            return False
        try:
            await self._api.call(method, {"chat_id": chat_id, **parameters})
        except (BadRequest, Forbidden, ChatMigrated) as error:
            # Gone, too old, unchanged, not ours any more: there is nothing left to do.
            _log.info("%s was refused: %s", method, type(error).__name__)
        except TelegramError as error:
            _log.info("%s has to wait: %s", method, type(error).__name__)
            if isinstance(error, RetryAfter):
                self._pauses.told(chat_id, ban(error) or 0.0)
            return False
        return True

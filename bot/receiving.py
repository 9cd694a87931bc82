"""Long polling: an update is confirmed to Telegram only after its turn is on disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

from telegram.error import Conflict, TelegramError

from bot.backoff import Backoff
from bot.handlers import Reader
from bot.incoming import Incoming
from bot.pausing import Pauses
from bot.polling import poll
from bot.settings import SettingsError
from bot.stopping import unless
from bot.store.outcomes import Applied
from bot.transport import Api, ban

CONFLICT_FOR = 60.0
"""Seconds of nothing but conflicts after which another program surely polls."""

Apply = Callable[[Sequence[Incoming]], Awaitable[list[Applied]]]
_log = logging.getLogger(__name__)


class ConflictError(SettingsError):
    """Another program polls with the same token."""


class Receiver:
    """Polls until told to stop.

    `apply` stores a batch of turns (an empty one: Telegram was heard from). `wake` hears of every
    batch stored. `foreign` is the toast for a tap by somebody else; `first` a poll under way;
    `stop` is set to end it.
    """

    def __init__(
        self,
        api: Api,
        reader: Reader,
        apply: Apply,
        wake: Callable[[Sequence[Applied]], None],
        foreign: str = "",
        first: Awaitable[Any] | None = None,
        stop: asyncio.Event | None = None,
        seconds: Callable[[], float] = monotonic,
        pauses: Pauses | None = None,
    ) -> None:
        self._api, self._reader = api, reader
        self._apply, self._wake, self._foreign = apply, wake, foreign
        self._first, self._seconds = first, seconds
        self._stop, self._pauses = stop or asyncio.Event(), pauses or Pauses()
        self._offset: int | None = None  # in memory only: the server forgets below an offset
        self._answers: set[asyncio.Task[None]] = set()
        self._backoff = Backoff()
        self._conflict_since: float | None = None

    def stop(self) -> None:
        """End the poll; a batch that is being stored is stored."""
        self._stop.set()

    async def run(self) -> None:
        """Poll and store, whatever happens, until told to stop.

        Raises:
            ConflictError: another program has been polling for over a minute.

        """
        while not self._stop.is_set():
            raw = await unless(self._stop, self._poll())
            if raw:
                await self._take(raw)
        if self._answers:
            await asyncio.wait(self._answers, timeout=1)

    async def _poll(self) -> list[Any] | None:
        """Fetch a batch; None after an error and a pause."""
        polled, self._first = self._first or poll(self._api, self._offset), None
        try:
            raw = await polled
            if not isinstance(raw, list):
                raise TelegramError("not a list")  # noqa: TRY301 - one place for all that can fail
        except TelegramError as error:
            await self._failed(error)
            return None
        self._conflict_since = None
        if not raw:
            await self._heard()
        return raw

    async def _failed(self, error: TelegramError) -> None:
        _log.warning("no updates: %s", type(error).__name__)
        if not isinstance(error, Conflict):
            self._conflict_since = None
        elif self._conflict_since is None:
            self._conflict_since = self._seconds()
        elif self._seconds() - self._conflict_since > CONFLICT_FOR:
            text = "another program polls with this bot's token; stop it, or use a bot of its own"
            raise ConflictError(f"TELEGRAM_BOT_TOKEN: {text}")
        await asyncio.sleep(ban(error) or self._backoff.next())

    async def _heard(self) -> None:
        self._backoff.reset()
        try:
            await self._apply(())
        except Exception as error:  # noqa: BLE001 - a missed heartbeat is no reason to stop
            _log.error("the heartbeat could not be stored: %s", type(error).__name__)

    async def _take(self, raw: list[Any]) -> None:
        """Store a batch, however long that takes, and only then let Telegram forget it."""
        batch = self._reader.read(raw)
        if not batch:
            _log.error("updates without an id cannot be confirmed")
            await self._pause(self._backoff.next())
            return
        applied = await self._stored(batch)
        if applied is None:
            return
        self._backoff.reset()
        self._offset = batch[-1].update_id + 1
        for done in applied:
            self._answer(done)
        self._wake(applied)

    async def _stored(self, batch: Sequence[Incoming]) -> list[Applied] | None:
        """Store a batch; None when told to stop while the disk fails. No polling meanwhile."""
        backoff = Backoff()
        while True:
            try:
                return await self._apply(batch)
            except Exception as error:  # noqa: BLE001 - nothing may be confirmed before it is stored
                _log.error("%d updates could not be stored: %s", len(batch), type(error).__name__)
            await self._pause(backoff.next())
            if self._stop.is_set():
                return None

    def _answer(self, done: Applied) -> None:
        """Stop the spinner on a button, beside the visible reply and never before it."""
        answer = tap_answer(done, self._foreign)
        if answer is None or self._pauses.left(done.incoming.chat_id):
            return
        task = asyncio.create_task(self._answered(answer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answered(self, answer: dict[str, str]) -> None:
        try:
            await self._api.call("AnswerCallbackQuery", answer)
        except TelegramError as error:
            _log.info("a tap was not answered: %s", type(error).__name__)

    async def _pause(self, seconds: float) -> None:
        await unless(self._stop, asyncio.sleep(seconds))


def tap_answer(done: Applied, foreign: str) -> dict[str, str] | None:
    """Give what stops the spinner on a tapped button; None for what was no tap."""
    if done.incoming.callback_id is None:
        return None
    toast = foreign if done.incoming.foreign else done.toast
    answer = {"callback_query_id": done.incoming.callback_id}
    return answer | {"text": toast} if toast else answer

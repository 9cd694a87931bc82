"""The queue of updates, as the server keeps it: numbered, filtered, aged, and told again."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.playground.errors import ApiError
from bot.playground.names import UPDATES, USUAL_UPDATES

KEPT = timedelta(hours=24)
KEPT_SHORTER = {"callback_query": timedelta(seconds=150), "inline_query": timedelta(seconds=30)}
FUTURE = 10
"""An offset further than this past the newest update is taken for none at all."""

HOLD = 3.0
"""Seconds an impatient poll, or a second conflict, is held when `holds` is on."""

ENDED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
RESTART = "Internal Server Error: restart"


@dataclass(frozen=True, slots=True)
class Update:
    """One update in the queue; `id` is its place, `body` what goes over the wire."""

    id: int
    body: dict[str, Any]
    expires: datetime


class Updates:
    """The queue of one bot and the one poll that may wait on it.

    `holds` adds the server's brakes: the same offset again within 0.5 s gets one update, within
    3 s waits up to 3 s, and a conflict within 3 s of another is told 3 s late.
    """

    def __init__(self, now: Callable[[], datetime], *, holds: bool = False) -> None:
        self.now = now
        self.holds = holds
        self.allowed: frozenset[str] = USUAL_UPDATES
        self._queue: deque[Update] = deque()
        self._next = 100_000_000 + secrets.randbelow(800_000_000)
        self.stopped = False
        self._waiting: asyncio.Future[None] | None = None
        self._last_poll: tuple[int, datetime] | None = None
        self._last_conflict: datetime | None = None

    @property
    def pending(self) -> list[dict[str, Any]]:
        """What the bot has not confirmed yet, oldest first."""
        self._expire()
        return [update.body for update in self._queue]

    def add(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queue an update of a kind; None when the bot did not ask for that kind."""
        if kind not in self.allowed:
            return None
        return self.inject({kind: content}, KEPT_SHORTER.get(kind, KEPT))

    def inject(self, body: dict[str, Any], kept: timedelta = KEPT) -> int:
        """Queue a body as it is, however odd; its own `update_id`, if any, goes over the wire."""
        number = self._next
        self._next += 1
        self._queue.append(Update(number, {"update_id": number, **body}, self.now() + kept))
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        return number

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember which kinds to make from now on; no known kind means the usual ones."""
        self.allowed = frozenset(kind.lower() for kind in kinds) & UPDATES or USUAL_UPDATES

    def clear(self) -> None:
        """Drop everything that is pending."""
        self._queue.clear()

    async def poll(self, offset: int, limit: int, seconds: int) -> list[dict[str, Any]]:
        """Confirm what lies below `offset`, then give up to `limit` updates.

        Waits up to `seconds` of real time for the first.

        Raises:
            ApiError: 409 when a newer waiting poll ended this one; 500 when the server stops.

        """
        if self.stopped:
            raise ApiError(500, RESTART)
        if self.holds:
            limit, seconds = self._brake(offset, limit, seconds)
        self._confirm(offset)
        if not self._queue and seconds:
            await self._wait(seconds)
        self._expire()
        return [update.body for update in self._queue][:limit]

    def stop(self) -> None:
        """End the waiting poll and refuse every later one, as a server that restarts does."""
        self.stopped = True
        self._end(ApiError(500, RESTART))

    async def _wait(self, seconds: float) -> None:
        self._end(ApiError(409, ENDED))
        mine = self._waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            return
        except ApiError as error:
            await self._late(error)
            raise
        finally:
            if self._waiting is mine:
                self._waiting = None

    def _end(self, error: ApiError) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(error)

    async def _late(self, error: ApiError) -> None:
        last, now = self._last_conflict, self.now()
        if not self.holds or error.code != 409:  # noqa: PLR2004 - the HTTP code of a conflict
            return
        if last and now < last + timedelta(seconds=HOLD):
            await asyncio.sleep(HOLD)
        else:
            self._last_conflict = now

    def _brake(self, offset: int, limit: int, seconds: int) -> tuple[int, int]:
        last, now = self._last_poll, self.now()
        self._last_poll = offset, now
        if last is None or last[0] != offset:
            return limit, seconds
        since = (now - last[1]).total_seconds()
        if since >= HOLD:
            return limit, seconds
        return 1 if since < HOLD / 6 else limit, max(seconds, int(HOLD))

    def _confirm(self, offset: int) -> None:
        self._expire()
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        elif offset <= self._next + FUTURE:
            while self._queue and self._queue[0].id < offset:
                self._queue.popleft()

    def _expire(self) -> None:
        now = self.now()
        self._queue = deque(update for update in self._queue if update.expires > now)

"""The queue of updates, as the server keeps it: numbered, filtered, aged, and told again."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.playground.errors import RESTART, ApiError
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
ENDED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
CONFLICT_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
SILENCE = timedelta(days=7)
"""After so long without any, updates are numbered from another place."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update in the queue; `id` is its place, `body` what goes over the wire.

    What is in one `lane` goes to a webhook in order, one at a time.
    """

    id: int
    body: dict[str, Any]
    expires: datetime
    lane: str


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
        self._next = _start()
        self._made: datetime | None = None
        self.changed = asyncio.Event()
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
        return self._put({kind: content}, KEPT_SHORTER.get(kind, KEPT), _lane(kind, content))

    def inject(self, body: dict[str, Any]) -> int:
        """Queue a body as it is, however odd; its own `update_id`, if any, goes over the wire."""
        return self._put(body, KEPT, "")

    def _put(self, body: dict[str, Any], kept: timedelta, lane: str) -> int:
        self._expire()
        now = self.now()
        if self._made and now - self._made > SILENCE and not self._queue:
            self._next = _start()
        self._made = now
        number = self._next
        self._next += 1
        whole = {"update_id": number, **body}
        self._queue.append(Update(number, whole, now + kept, lane or f"alone {number}"))
        self._wake()
        return number

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        self.changed.set()
        self.changed = asyncio.Event()

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember which kinds to make from now on; no known kind means the usual ones."""
        self.allowed = frozenset(kind.lower() for kind in kinds) & UPDATES or USUAL_UPDATES

    @property
    def usual(self) -> bool:
        """Whether the bot gets what a bot gets that never said what it wants."""
        return self.allowed == USUAL_UPDATES

    def lanes(self) -> set[str]:
        """Give the lanes in which something waits."""
        self._expire()
        return {update.lane for update in self._queue}

    def first(self, lane: str) -> Update | None:
        """Give the oldest update of a lane."""
        self._expire()
        return next((update for update in self._queue if update.lane == lane), None)

    def drop(self, update: Update) -> None:
        """Take an update out: it was delivered, or nobody wants it."""
        if update in self:
            self._queue.remove(update)

    def __contains__(self, update: Update) -> bool:
        return any(update is other for other in self._queue)

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
        self.end(ApiError(500, RESTART))

    async def _wait(self, seconds: float) -> None:
        self.end(ApiError(409, ENDED))
        mine = self._waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            return
        except ApiError as error:
            await self.late(error)
            raise
        finally:
            if self._waiting is mine:
                self._waiting = None

    def end(self, error: ApiError) -> None:
        """End the poll that waits, if any, with an error."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(error)

    async def late(self, error: ApiError) -> None:
        """Hold a conflict that comes soon after another, when `holds` is on."""
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


def _start() -> int:
    return 100_000_000 + secrets.randbelow(800_000_000)


def _lane(kind: str, content: dict[str, Any]) -> str:
    """Name whose turn it is: texts of a chat, and taps of a person, keep their order."""
    if kind == "callback_query":
        return f"taps {content['from']['id']}"
    if "chat" in content:
        what = "chat" if kind.endswith(("message", "post")) else kind
        return f"{what} {content['chat']['id']}"
    return ""

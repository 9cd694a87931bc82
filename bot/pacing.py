"""Pacing by token buckets: so much in all, so much to each chat, and a short burst at once."""

from collections.abc import Callable
from time import monotonic

KNOWN = 4096
"""Chats remembered before those whose bucket is full again are let go of."""


class Bucket:
    """Fills by `rate` tokens a second up to `burst`; a send takes one. A rate of 0: no limit."""

    def __init__(self, rate: float, burst: float) -> None:
        self._each, self._ahead = (1 / rate, (burst - 1) / rate) if rate else (0.0, 0.0)

    def taken(self, full_at: float, now: float) -> tuple[float, float]:
        """Take a token; gives when the bucket would be full again, and the seconds to wait."""
        full_at = max(full_at, now) + self._each
        return full_at, max(0.0, full_at - self._each - self._ahead - now)


class Pace:
    """When the next message may go: `rate` a second in all, `chat_rate` to a chat after a burst."""

    def __init__(
        self,
        rate: float,
        chat_rate: float,
        chat_burst: int,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._all, self._one = Bucket(rate, max(rate, 1)), Bucket(chat_rate, chat_burst)
        self._each = 1 / rate if rate else 0.0
        self._off = not rate and not chat_rate
        self._seconds = seconds
        self._full = 0.0
        self._chats: dict[int, float] = {}

    def share(self, part: float) -> float:
        """Give the seconds between messages that take a part of all that may go; 0: no limit."""
        return self._each / part

    def wait(self, chat_id: int) -> float:
        """Take the place of one message; gives the seconds until it may go."""
        if self._off:
            return 0.0
        now = self._seconds()
        if len(self._chats) > KNOWN:
            self._chats = {chat: full for chat, full in self._chats.items() if full > now}
        self._full, all_wait = self._all.taken(self._full, now)
        self._chats[chat_id], wait = self._one.taken(self._chats.get(chat_id, 0.0), now)
        return max(all_wait, wait)

"""How many messages Telegram takes: a rough copy, since the real figures are not published."""

import asyncio
import math
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.playground.errors import too_many

UNSENT = 310
"""Messages of a chat that may be under way at once."""
HELD, BANNED = 3.0, 60
"""Seconds of real time that the next one is held, and seconds it is then told to wait."""
LONG = 1024
"""Characters of a text that count as one message."""


@dataclass(slots=True)
class Bucket:
    """Holds so many messages, and gets so many back a second."""

    room: float
    rate: float
    left: float
    at: datetime

    def missing(self, cost: float, now: datetime) -> float:
        """Fill it for the time gone by; give the seconds until it holds `cost`."""
        gained = (now - self.at).total_seconds() * self.rate
        self.left, self.at = min(self.room, self.left + gained), now
        return max(0.0, min(cost, self.room) - self.left) / self.rate


class Floods:
    """The brakes on sending; `on` says whether they work. Times are the clock's.

    A private chat takes 5 at once and then 1 a second, a group 20 and then 20 a minute, all
    together 30 a second.
    """

    def __init__(self, now: Callable[[], datetime], *, on: bool = False) -> None:
        self.now = now
        self.on = on
        self.unsent: Counter[str] = Counter()
        self._chats: dict[str, Bucket] = defaultdict(lambda: Bucket(5, 1, 5, now()))
        self._groups: dict[str, Bucket] = defaultdict(lambda: Bucket(20, 1 / 3, 20, now()))
        self._all = Bucket(30, 30, 30, now())

    @asynccontextmanager
    async def admitted(self, method: str, chat: str, text: str) -> AsyncIterator[None]:
        """Let a call in, and count it as unsent while it lasts.

        Raises:
            ApiError: 429, with the seconds to wait.

        """
        if not self.on or not method.startswith("send") or method == "sendchataction":
            yield
            return
        if self.unsent[chat] >= UNSENT:
            await asyncio.sleep(HELD)
            raise too_many(BANNED)
        self.unsent[chat] += 1
        try:
            self._pay(chat, math.ceil(len(text) / LONG) or 1)
            yield
        finally:
            self.unsent[chat] -= 1

    def _pay(self, chat: str, cost: float) -> None:
        own = self._groups[chat] if chat.startswith("-") else self._chats[chat]
        wait = max(bucket.missing(cost, self.now()) for bucket in (own, self._all))
        if wait > 0:
            raise too_many(math.ceil(wait))
        for bucket in (own, self._all):
            bucket.left -= cost

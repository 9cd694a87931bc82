"""A clock that goes by itself and can be moved; what waits for a time wakes when it is moved."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """The given time plus every move of it."""

    def __init__(self, given: Callable[[], datetime]) -> None:
        self.given = given
        self.moved = timedelta()
        self._moves = asyncio.Event()

    def now(self) -> datetime:
        """Tell the time."""
        return self.given() + self.moved

    def move(self, by: timedelta) -> None:
        """Move the time, and wake who waits for it."""
        self.moved += by
        self._moves.set()
        self._moves = asyncio.Event()

    async def until(self, at: datetime) -> None:
        """Wait until a time, or until the clock is moved past it."""
        while (left := (at - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._moves.wait(), left)
            except TimeoutError:
                continue

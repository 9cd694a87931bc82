"""What Telegram told us to wait for: nothing goes out before a deadline has passed."""

from collections.abc import Callable, Mapping
from time import monotonic

from bot.store.outbox import ALL

CLOSE = 1.0
"""Seconds within which a second chat that has to wait means that all have to."""
LOOKS = 30.0
"""Seconds after which a long wait is looked at again."""


class Pauses:
    """Deadlines by chat and one for all; never shortened, whatever is told later."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._until: dict[int, float] = {}
        self._last: tuple[int, float] = (ALL, -CLOSE)

    def load(self, left: Mapping[int, float]) -> None:
        """Take over what was kept: the seconds left, by chat."""
        for chat_id, seconds in left.items():
            self._put(chat_id, seconds)

    def told(self, chat_id: int, seconds: float) -> int:
        """Telegram wants us to wait; gives the chat it holds for, or `ALL`.

        Two chats within a second: it is not about them, and everything stops.
        """
        now = self._seconds()
        (other, at), self._last = self._last, (chat_id, now)
        whom = ALL if other not in (ALL, chat_id) and now - at <= CLOSE else chat_id
        self._put(chat_id, seconds)
        self._put(whom, seconds)
        return whom

    def left(self, chat_id: int) -> float:
        """Give the seconds to wait yet before anything is sent to a chat; 0 for none."""
        if not self._until:
            return 0.0
        now = self._seconds()
        until = max(self._until.get(chat_id, now), self._until.get(ALL, now))
        if until <= now:
            self._until = {chat: late for chat, late in self._until.items() if late > now}
        return until - now

    def _put(self, chat_id: int, seconds: float) -> None:
        until = self._seconds() + seconds
        self._until[chat_id] = max(self._until.get(chat_id, until), until)

"""One person sending more than can be answered: the rest is taken, and told about once."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from bot.incoming import Incoming
from bot.pacing import Bucket
from dialogs.turns import Hurried, Sent, Tapped, Typed

WITHIN = 10.0
"""Seconds in which so many messages and taps are answered."""
KNOWN = 4096
"""Chats remembered before those that have been quiet are let go of."""


class Flood:
    """Lets `limit` messages of a chat through in 10 seconds (0: all), and any that alarm.

    `alarming` tells whether there is danger in a text.
    """

    def __init__(
        self,
        limit: int,
        alarming: Callable[[str], bool],
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._bucket = Bucket(limit / WITHIN, limit)
        self._limit, self._alarming, self._seconds = limit, alarming, seconds
        self._full: dict[int, float] = {}
        self._told: set[int] = set()

    def heeded(self, incoming: Incoming) -> Incoming:
        """Give an update as it is to be taken: as it is, as a word about haste, or as nothing."""
        if not self._limit or not isinstance(incoming.event, Typed | Tapped | Sent):
            return incoming
        now, chat_id = self._seconds(), incoming.chat_id
        full, wait = self._bucket.taken(self._full.get(chat_id, 0.0), now)
        if wait <= 0:
            self._full[chat_id] = full
            self._told.discard(chat_id)
            return incoming
        if self._alarming(_words(incoming.event)):
            return incoming
        if chat_id in self._told:
            return replace(incoming, event=None)
        self._tidy(now)
        self._told.add(chat_id)
        return replace(incoming, event=Hurried())

    def _tidy(self, now: float) -> None:
        if len(self._full) > KNOWN:
            self._full = {chat: full for chat, full in self._full.items() if full > now}
            self._told &= self._full.keys()


def _words(event: Typed | Tapped | Sent) -> str:
    match event:
        case Typed():
            return event.text
        case Sent():
            return event.caption
    return ""

"""What taking a turn comes to, before it is on disk and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.outbox import Row
from dialogs.chat import Chat
from dialogs.turns import Event

if TYPE_CHECKING:
    # Their libraries are slow to import, and the first poll waits for nothing it can do without.
    from bot.incoming import Incoming
    from bot.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn came to: the chat to keep (None: forget all of it), what to send, a toast."""

    chat: Chat | None
    outgoing: tuple[Outgoing, ...] = ()
    toast: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """An update whose turn is on disk, now or since an earlier delivery (`fresh` tells).

    `rows` are to be sent, next `after` the row of that number (0: nothing waits). `gone` are
    messages that need not be sent any more, and `newest` the newest message known in the chat (0:
    none).
    """

    incoming: Incoming
    fresh: bool = True
    toast: str = ""
    rows: tuple[Row, ...] = ()
    after: int = 0
    gone: tuple[int, ...] = ()
    newest: int = 0


TakeTurn = Callable[[Chat | None, Event, bool], Outcome]
"""Chat, event, and whether the stored chat was damaged (the chat is None then)."""
Apologise = Callable[[Chat | None], "Sequence[Outgoing]"]

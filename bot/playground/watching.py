"""What a chat page follows: every change of the talk, the moment it happens."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

Kind = Literal[
    "added",
    "edited",
    "deleted",
    "action",
    "answered",
    "keyboard",
    "menu",
    "about",
    "blocked",
    "clock",
    "panel",
]
"""What happened; `Event` tells what `about` holds in each case."""

ROOM = 10_000
"""Events a watcher may leave unread before the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change; `chat` is where it happened, None when everybody is concerned.

    What `about` holds, by kind: added, edited: the message as it is now. deleted:
    {"message_id"}. action: {"action"}, shown for 5 s or until the next message. answered: the
    toast after a tap, {"callback_query_id", "text", "show_alert", "url"}; `chat` is the tapper's
    id. keyboard: {"keyboard": rows of labels in place of the keys, none when it is gone}. menu:
    the commands now, {"commands": {scope: [...]}}. about: {"descriptions"}. blocked: {"blocked":
    bool}. clock: {"now": ISO time}. panel: what only editors are told.
    """

    kind: Kind
    chat: int | None
    about: dict[str, Any]


class Watch:
    """An endless async iterator of events; a context manager that ends the watching.

    `with server.watch(7) as events: async for event in events: ...`
    """

    def __init__(self, watches: set["Watch"], person: int | None) -> None:
        self._watches = watches
        self._person = person
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        watches.add(self)

    def tell(self, event: Event) -> None:
        """Queue an event if it concerns this person: their chat, a group, or everybody."""
        concerned = event.chat is None or event.chat < 0 or event.chat == self._person
        if self._person is not None and not concerned:
            return
        if self.events.qsize() >= ROOM:
            self.events.get_nowait()
        self.events.put_nowait(event)

    def end(self) -> None:
        """Watch no longer; what is queued can still be read from `events`."""
        self._watches.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        return await self.events.get()

"""What people see and what the bot did: the side of the stand-in that only looks."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from bot.playground.client import newest_keyboard
from bot.playground.outbox import seen, visible
from bot.playground.state import Call, Json, State
from bot.playground.watching import Watch

ACTION_SHOWN = timedelta(seconds=5)


class Seen:
    """Looks at one state; `changed` is set after every call of the bot."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.changed = asyncio.Event()

    def transcript(self, chat: int) -> list[Json]:
        """Give a chat's messages as its people see them now, oldest first."""
        here = self.state.chats.get(chat)
        return list(here.messages.values()) if here else []

    def buttons(self, chat: int) -> list[list[str]]:
        """Give the labels of the newest keyboard in a chat, row by row."""
        message = newest_keyboard(self.state.chats[chat]) if chat in self.state.chats else None
        rows = message["reply_markup"]["inline_keyboard"] if message else []
        return [[button["text"] for button in row] for row in rows]

    def keyboard(self, chat: int) -> list[list[str]]:
        """Give the labels of the keyboard in place of the keys, row by row."""
        return self.state.chats[chat].keyboard if chat in self.state.chats else []

    def action(self, chat: int) -> str:
        """Tell what the bot is busy with in a chat, say typing; "" when it is not, or no more."""
        here = self.state.chats.get(chat)
        if here is None or here.action is None:
            return ""
        name, since = here.action
        return name if self.now() - since <= ACTION_SHOWN and name != "cancel" else ""

    def file(self, file_id: str) -> bytes | None:
        """Give the bytes of a file in a message; None when there is no such file."""
        stored = self.state.files.known.get(file_id)
        return stored.data if stored else None

    def toasts(self, person: int) -> list[str]:
        """Give the texts that popped up after this person's taps."""
        return list(self.state.people[person].toasts) if person in self.state.people else []

    def outbox(self, since: int = 0) -> list[Json]:
        """Give what the bot made visible after call number `since`, oldest first."""
        return [
            seen(call) for call in self.state.calls[since:] if visible(call.method) if call.result
        ]

    def calls(self, since: int = 0) -> list[Call]:
        """Give every call of the bot after call number `since`, refused ones too."""
        return self.state.calls[since:]

    def counts(self) -> dict[str, int]:
        """Count the calls by method, in lower case."""
        return dict(Counter(call.method for call in self.state.calls))

    def now(self) -> datetime:
        """Tell the time here."""
        return self.state.now()

    def watch(self, person: int | None = None) -> Watch:
        """Follow what happens to a person from now on, or to everybody.

        `with server.watch(7) as events: async for event in events: ...`; `Event` tells what
        there is in an event.
        """
        return Watch(self.state.watches, person)

    async def wait(self, count: int = 1, since: int = 0, seconds: float = 5.0) -> list[Json]:
        """Wait until `outbox(since)` has `count` entries; `seconds` of real time at most.

        Raises:
            TimeoutError: it has fewer.

        """
        async with asyncio.timeout(seconds):
            while len(self.outbox(since)) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.outbox(since)

    def overview(self) -> Json:
        """Give the rest of the state: the time, menus, descriptions, what is pending, people."""
        state = self.state
        return {
            "now": state.now(),
            "last_call": len(state.calls),
            "commands": state.commands,
            "descriptions": state.descriptions,
            "allowed_updates": sorted(state.updates.allowed),
            "pending": state.updates.pending,
            "people": [
                person.user | {"blocked": person.blocked} for person in state.people.values()
            ],
        }

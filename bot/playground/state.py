"""What the stand-in knows: people, chats, messages, taps, and every call the bot made."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.playground.clock import Clock
from bot.playground.faults import Faults
from bot.playground.files import Files
from bot.playground.flooding import Floods
from bot.playground.updates import Updates
from bot.playground.watching import Event, Kind, Watch
from bot.playground.webhooks import Webhook

Json = dict[str, Any]

ANSWER_WINDOW = timedelta(seconds=15)
"""How long a tap can be answered; Telegram does not say, reports put it at 10 to 20 s."""


@dataclass(slots=True)
class Person:
    """Somebody with Telegram on their phone; `met` once the bot has seen them anywhere."""

    id: int
    first_name: str
    language: str
    blocked: bool = False
    deactivated: bool = False
    met: bool = False
    toasts: list[str] = field(default_factory=list)

    @property
    def user(self) -> Json:
        """The person as a Telegram `User`."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language,
        }


@dataclass(slots=True)
class Chat:
    """A private chat or a group, and its messages as they are now, oldest first.

    `keyboard` holds the labels in place of the keys; `action` what the bot was last busy with;
    `moved_to` the supergroup that a group became, or 0.
    """

    about: Json
    messages: dict[int, Json] = field(default_factory=dict)
    keyboard: list[list[str]] = field(default_factory=list)
    action: tuple[str, datetime] | None = None
    moved_to: int = 0

    @property
    def id(self) -> int:
        """The chat's id; negative for a group."""
        return int(self.about["id"])


@dataclass(frozen=True, slots=True)
class Tap:
    """A callback query the bot may answer for a while."""

    person: Person
    at: datetime


@dataclass(slots=True)
class Call:
    """One call of the bot: `number` counts from 1; `status` is 0 while, or if, it has no answer."""

    number: int
    at: datetime
    method: str
    params: dict[str, str]
    status: int = 0
    result: Any = None
    description: str = ""


class State:
    """Everything the server remembers, with a clock that can be moved."""

    def __init__(self, token: str, clock: Callable[[], datetime], *, holds: bool) -> None:
        self.token = token
        self.clock = Clock(clock)
        self.updates = Updates(self.now, holds=holds)
        self.webhook = Webhook(self.updates, self.clock)
        self.faults = Faults()
        self.floods = Floods(self.now)
        self.files = Files(self.now)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[int, Tap] = {}
        self.calls: list[Call] = []
        self.commands: dict[str, list[Json]] = {}
        self.descriptions: dict[str, str] = {}
        self.watches: set[Watch] = set()
        self._message_ids = itertools.count(1)
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Playground",
            "username": "playground_bot",
        }

    def now(self) -> datetime:
        """Tell the time here: the given clock plus every move of it."""
        return self.clock.now()

    def stamp(self) -> int:
        """Tell the time as Telegram writes it, in whole seconds since 1970."""
        return int(self.now().timestamp())

    def put(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Add a message to a chat; ids run through all chats, as for a real bot's own account."""
        message = {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat.about,
            "date": self.stamp(),
            **content,
        }
        chat.messages[message["message_id"]] = message
        chat.action = None
        self.tell("added", chat.id, message)
        return message

    def replace(self, chat: Chat, message: Json) -> Json:
        """Put an edited message in the place of the old one, with the time of the edit."""
        edited = message | {"edit_date": self.stamp()}
        chat.messages[message["message_id"]] = edited
        self.tell("edited", chat.id, edited)
        return edited

    def remove(self, chat: Chat, message_id: int) -> None:
        """Take a message out of a chat, if it is there."""
        if chat.messages.pop(message_id, None) is not None:
            self.tell("deleted", chat.id, {"message_id": message_id})

    def tell(self, kind: Kind, chat: int | None, about: Json) -> None:
        """Let everybody who watches know of a change."""
        for watch in list(self.watches):
            watch.tell(Event(kind, chat, about))

    def log(self, method: str, params: dict[str, str]) -> Call:
        """Write down a call that has just come in."""
        call = Call(len(self.calls) + 1, self.now(), method, params)
        self.calls.append(call)
        return call

"""A small conversation that counts, and the real one; every message of theirs has a number."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from updates import START

from bot.outgoing import Outgoing
from bot.store.outcomes import Outcome
from dialogs.buttons import Press, parse
from dialogs.chat import Chat
from dialogs.turns import Card, Event, Sent, Tapped, Typed

_NUMBER = re.compile(r"/(\d+)$")


class DieError(BaseException):
    """A turn that ends the process."""


class Conversation(Protocol):
    """What the store needs of a conversation."""

    def turn(self, chat: Chat | None, event: Event, damaged: bool = False) -> Outcome: ...

    def apology(self, chat: Chat | None) -> tuple[Outgoing, ...]: ...

    def asked_again(self, chat: Chat | None) -> tuple[Outgoing, ...]: ...


class Counting:
    """Counts turns; a button counts while it hangs on the card of the newest count."""

    def __init__(self, die: Callable[[], None]) -> None:
        self._die = die

    def turn(self, chat: Chat | None, event: Event, damaged: bool = False) -> Outcome:
        said = event.text if isinstance(event, Typed) else "media"
        if said == "/forget":
            return Outcome(None, (Outgoing("forgotten"),))
        if said.startswith("fail"):
            raise ValueError("my eye hurts")
        if said.startswith("die"):
            self._die()
        known = chat or Chat()
        if isinstance(event, Typed) and event.edited:
            return Outcome(known, (Outgoing(f"edited {said}"),))
        if isinstance(event, Tapped) and not _is_open(known, event):
            return Outcome(known, (_card(known, None),), "stale")
        known = known.model_copy(update={"misses": known.misses + 1, "consent": START})
        if isinstance(event, Typed | Sent) and said.startswith("tell"):
            return Outcome(known, (Outgoing(f"{known.misses} {said}"),))
        on = event.message_id if isinstance(event, Tapped) else None
        return Outcome(known, (_card(known, on),), "noted")

    def apology(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        return (Outgoing("sorry"),)

    def asked_again(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        return (_card(chat, None),) if chat else ()


def _is_open(chat: Chat, tap: Tapped) -> bool:
    press = parse(tap.data)
    return bool(press and chat.misses and press.times == chat.misses)


def _card(chat: Chat, on: int | None) -> Outgoing:
    press = Press("r", "q", chat.misses, "yes").data
    keyboard = (({"text": "Yes", "callback_data": press},),)
    card = Card("r", "q", chat.misses, on)
    return Outgoing(f"{chat.misses} ?", (), keyboard, "prompt", card, ("q",))


class Numbered:
    """Numbers the messages of a conversation, so that each can be followed on its way."""

    def __init__(self, talk: Conversation, numbers: Iterator[int]) -> None:
        self._talk, self._numbers = talk, numbers

    def turn(self, chat: Chat | None, event: Event, damaged: bool = False) -> Outcome:
        outcome = self._talk.turn(chat, event, damaged)
        return replace(outcome, outgoing=self._marked(outcome.outgoing))

    def apology(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        return self._marked(self._talk.apology(chat))

    def asked_again(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        return self._marked(self._talk.asked_again(chat))

    def _marked(self, messages: Iterable[Outgoing]) -> tuple[Outgoing, ...]:
        return tuple(replace(m, text=f"{m.text} /{next(self._numbers)}") for m in messages)


def number(text: str) -> int:
    """Give the number of a message."""
    found = _NUMBER.search(text)
    assert found, text
    return int(found[1])

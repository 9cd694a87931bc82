"""Raw updates as Telegram sends them, and a store with a conversation that only counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.store.outcomes import Outcome
from dialogs.chat import Chat
from dialogs.turns import Event, Tapped, Typed

ANN, BOB, FAMILY = 7, 8, -100
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def private(person: int = ANN) -> dict[str, Any]:
    return {"id": person, "type": "private", "first_name": "Ann"}


def user(person: int = ANN) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Ann"}


def message(update_id: int = 1, *, chat: Any = None, **content: Any) -> Any:
    body = {"message_id": 50, "date": 1, "chat": chat or private(), "from": user(), **content}
    return {"update_id": update_id, "message": body}


def tap(update_id: int = 1, *, chat: Any = None, **content: Any) -> Any:
    shown = {"message_id": 50, "date": 0, "chat": chat or private()}
    body = {"id": "99", "from": user(), "message": shown, "chat_instance": "1", **content}
    return {"update_id": update_id, "callback_query": body}


def typed(update_id: int, text: str, person: int = ANN) -> Incoming:
    return Incoming(update_id, person, Typed(text, update_id))


def tapped(update_id: int, data: str, person: int = ANN) -> Incoming:
    return Incoming(update_id, person, Tapped(data, 1), callback_id=str(update_id))


def count(chat: Chat | None, event: Event, damaged: bool = False) -> Outcome:
    """Count the turns in `misses`, and say the count and what came."""
    chat = chat or Chat(consent=datetime(2026, 1, 1, tzinfo=UTC))
    said = event.text if isinstance(event, Typed) else "tapped"
    if said == "forget":
        return Outcome(None, (Outgoing("forgotten"),))
    if said == "fail":
        raise ValueError("my eye hurts")
    chat = chat.model_copy(update={"misses": chat.misses + 1})
    text = f"{'damaged ' if damaged else ''}{chat.misses} {said}"
    return Outcome(chat, (Outgoing(text),), toast="noted")


def sorry(chat: Chat | None) -> tuple[Outgoing, ...]:
    return (Outgoing(f"sorry {chat.misses if chat else 'stranger'}"),)

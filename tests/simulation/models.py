"""What acts should come to: the counting worked out by other means, the real one by itself."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from conftest import OPERATOR
from toy import REAL
from updates import START, Clock

from bot.handlers import Reader
from bot.rendering import Renderer
from bot.talking import Talk
from dialogs.chat import Chat
from dialogs.content import load
from dialogs.conversation import Conversation
from simulation.acts import Act, update


@dataclass(frozen=True, slots=True)
class Expected:
    """The chat as it then is, and how many messages are said (None: some, where one replies)."""

    chat: Chat | None
    replies: int | None = None


def counted(chat: Chat | None, act: Act, at: datetime) -> Expected:
    """Count what counts; nobody is kept who was never counted."""
    before = chat.misses if chat else 0
    if act.text == "/forget":
        return Expected(None)
    if act.kind == "edited" or act.text.startswith(("fail", "die")):
        return Expected(chat)
    if act.kind == "tap" and (not before or int(act.text.split(":")[3]) != before):
        return Expected(chat)
    return Expected(Chat(consent=START, misses=before + 1))


def talked(chat: Chat | None, act: Act, at: datetime) -> Expected:
    """Take the turn of the real conversation, with the update read anew."""
    talk, clock, reader = _real()
    clock.now = at
    event = reader.read_one(update(1, act)).event
    assert event, act
    outcome = talk.turn(chat, event)
    kept = outcome.chat if outcome.chat and outcome.chat.consent else None
    return Expected(kept, len(outcome.outgoing))


def conversation() -> tuple[Conversation, Renderer]:
    """The real conversation, and what writes its messages."""
    return _parts()


@cache
def _parts() -> tuple[Conversation, Renderer]:
    content = load(REAL)
    return Conversation(content, OPERATOR), Renderer(content)


@cache
def _real() -> tuple[Talk, Clock, Reader]:
    clock = Clock()
    return Talk(*_parts(), clock), clock, Reader("milia_bot", ())

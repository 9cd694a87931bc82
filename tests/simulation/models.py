"""What acts should come to: the counting worked out by other means, the real one by itself."""

from dataclasses import dataclass, replace
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
from dialogs.turns import Tapped
from simulation.acts import Act, update


@dataclass(frozen=True, slots=True)
class Expected:
    """The chat as it then is, and how many messages may be said (none told: some)."""

    chat: Chat | None
    replies: tuple[int, ...] = ()


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
    said: tuple[int, ...] = (len(outcome.outgoing),)
    if isinstance(event, Tapped) and not outcome.outgoing:
        # Where nobody knew of the card that was tapped, it may hide the open question.
        said += (len(talk.turn(chat, replace(event, below=True)).outgoing),)
    return Expected(kept, said)


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

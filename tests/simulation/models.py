"""What acts should come to: the counting worked out by other means, the real one by itself."""

from collections.abc import Callable
from datetime import datetime

from updates import START

from bot.handlers import Reader
from dialogs.chat import Chat
from simulation.acts import Act
from simulation.talking import Conversation


def counted(chat: Chat | None, act: Act, at: datetime) -> Chat | None:
    """Count what counts; nobody is kept who was never counted."""
    before = chat.misses if chat else 0
    if act.text == "/forget":
        return None
    if act.kind == "edited" or act.text.startswith(("fail", "die")):
        return chat
    if act.kind == "tap" and (not before or int(act.text.split(":")[3]) != before):
        return chat
    return Chat(consent=START, misses=before + 1)


def talked(
    talk: Conversation, reader: Reader, to_time: Callable[[datetime], None]
) -> Callable[[Chat | None, Act, datetime], Chat | None]:
    """Fold the turns of the real conversation, read from the updates anew."""
    from simulation.acts import update  # noqa: PLC0415 - only the real conversation needs it

    def turned(chat: Chat | None, act: Act, at: datetime) -> Chat | None:
        to_time(at)
        event = reader.read_one(update(1, act)).event
        assert event, act
        after = talk.turn(chat, event).chat
        return after if after and after.consent else None

    return turned

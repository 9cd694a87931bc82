"""The conversation as the store needs it: a stored chat and an event in, rows to send out."""

from collections.abc import Iterable

from bot.clock import Clock
from bot.outgoing import Outgoing
from bot.rendering import Renderer
from bot.store.outcomes import Outcome
from bot.unheard import Unheard
from dialogs.chat import Chat
from dialogs.conversation import Conversation
from dialogs.turns import Event, Part, Reply


class Talk:
    """Takes turns and gives their replies as messages."""

    def __init__(
        self,
        conversation: Conversation,
        renderer: Renderer,
        clock: Clock,
        unheard: Unheard | None = None,
    ) -> None:
        self._conversation, self._renderer, self._clock = conversation, renderer, clock
        self._unheard = unheard

    def turn(self, chat: Chat | None, event: Event, damaged: bool = False) -> Outcome:
        """Take one turn; after damage the person first hears that we start again."""
        turn = self._conversation.turn(chat, event, self._clock())
        if self._unheard:
            self._unheard.note(event, turn.replies)
        replies = (self._conversation.damaged(), *turn.replies) if damaged else turn.replies
        toast = self.toast(turn.toast) if turn.toast else ""
        return Outcome(turn.chat, self._messages(replies), toast)

    def toast(self, part: Part) -> str:
        """Give a page as the answer to a tap."""
        return self._renderer.plain(part)

    def apology(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        """Give what is said after a turn failed: with the open question, if that can be found."""
        try:
            return self._messages(self._conversation.apology(chat, self._clock()))
        except Exception:  # noqa: BLE001 - the question may be what is broken
            return self._messages(self._conversation.apology(None, self._clock()))

    def asked_again(self, chat: Chat | None) -> tuple[Outgoing, ...]:
        """Give the open question once more; nothing for a chat that is not in the middle."""
        if chat is None:
            return ()
        return self._messages(self._conversation.asked_again(chat, self._clock()))

    def _messages(self, replies: Iterable[Reply]) -> tuple[Outgoing, ...]:
        messages: tuple[Outgoing, ...] = ()
        for reply in replies:
            messages += self._renderer.render(reply)
        return messages

"""The tap that nearly all taps are, the short way: the open question is answered, nothing else.

What it gives is exactly what the long way gives (`Conversation.pondered`), which is the one
definition of a turn. Wherever anything is unusual, nothing is decided here.
"""

from datetime import datetime

from dialogs.answering import Answering, Moment
from dialogs.buttons import Press, parse
from dialogs.chat import Answer, Chat, Run
from dialogs.pages import Question
from dialogs.turns import Tapped, Turn


class Plain:
    """Takes the turn of a plain answer."""

    def __init__(self, answering: Answering) -> None:
        self._talk = answering

    def tapped(self, chat: Chat, tap: Tapped, now: datetime) -> Turn | None:
        """The turn after a tap; None where it is not plainly an answer."""
        press, run = parse(tap.data), chat.run
        if press is None or press.mark or run is None or press.run != run.id:
            return None
        if tap.below or chat.consent is None or chat.ticks or chat.corrections:
            return None
        path = self._talk.flow.follow(run, now)
        question = path.open
        if question is None or question.name != press.question or path.times != press.times:
            return None
        if question.name in run.answers or path.expired or question.several:
            return None
        if press.option not in question.options:
            return None
        return self._answered(chat, run, question, press, tap.message_id, now)

    def _answered(
        self, chat: Chat, run: Run, question: Question, press: Press, on: int, now: datetime
    ) -> Turn | None:
        talk, options, name = self._talk, (press.option,), question.name
        given = {"options": options, "at": now, "message_id": None, "times": press.times}
        given["previous"] = None
        grown = run.with_answer(name, Answer.made(given))
        path, names = talk.flow.follow(grown, now), tuple(grown.answers)
        if path.expired or len(path.answers) != len(names) or talk.flow.ordered(names) != names:
            return None
        asked = path.open.name if path.open else ""
        runs = (*chat.runs[:-1], grown)
        said = {**chat.__dict__, "runs": runs, "quiet": False, "misses": 0, "asked": asked}
        after, lead = Chat.made(said), talk.replied(question, options)
        replies = talk.onward(Moment(after, grown, path, now, None, on), lead)
        return Turn(after, replies, talk.toast(question, options))

"""What is asked back when words are not clear: whether it is this, one of these, or danger."""

from dataclasses import replace

from dialogs import sets
from dialogs.answering import Answering, Moment
from dialogs.buttons import Press, action
from dialogs.chat import Chat
from dialogs.pages import Question
from dialogs.turns import Button, Reply, Rows, Turn
from dialogs.understanding import About, Choice, Command, Sure
from dialogs.words import normalise

CONFIRMING = "="
"""Stands in a chat's `asked` between the question and the options that wait for a yes."""


class Offering:
    """Puts what may be meant on buttons. Nothing is stored before one of them is tapped."""

    def __init__(self, answering: Answering) -> None:
        self._talk, self._say = answering, answering.say

    def confirm(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Turn:
        """Whether these options are meant; a typed yes says so too."""
        word = sets.word(options)
        press = Press(moment.run.id, question.name, moment.path.times, word)
        if question.several:
            press = Press(press.run, press.question, press.times, word, "!")
        asked = f"{question.name}{CONFIRMING}{word}"
        chat = moment.chat.model_copy(update={"asked": asked, "misses": 0})
        return Turn(chat, (self._confirmation(question, options, press),))

    def correct(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Turn:
        """Whether an earlier answer is to be changed; a typed yes says so too."""
        times = moment.path.answers[question.name].times
        word = sets.word(options)
        press = Press(moment.run.id, question.name, times, word)
        press = replace(press, mark="!") if question.several else press
        asked = f"{question.name}{CONFIRMING}{word}"
        chat = moment.chat.model_copy(update={"asked": asked, "misses": 0})
        return Turn(chat, (self._confirmation(question, options, press),))

    def _confirmation(self, question: Question, options: tuple[str, ...], press: Press) -> Reply:
        page = self._talk.content.messages["confirm-answer"]
        again = action("go-on", press.run)
        rows = tuple(
            (Button(label, (press if name == "confirm" else again).data),)
            for name, label in page.buttons.items()
        )
        echo = f"{question.title}: {self._say.echo(question, options)}"
        return Reply((self._say.part("confirm-answer", echo=echo),), rows)

    def hidden(self, moment: Moment) -> Question | None:
        """The open question above a card that asks whether an earlier answer is to be changed."""
        name, waits, _ = (moment.chat.asked or "").partition(CONFIRMING)
        return moment.path.open if waits and name in moment.path.answers else None

    def agreed(self, moment: Moment, text: str) -> tuple[Question, tuple[str, ...]] | None:
        """The question and options that were waiting for a yes, where this text is one."""
        name, waits, word = (moment.chat.asked or "").partition(CONFIRMING)
        question = self._talk.flow.questions.get(name)
        if not waits or question is None or normalise(text) not in self._said("confirm"):
            return None
        options = sets.options(question, word)
        return (question, options) if options else None

    def declined(self, moment: Moment, text: str) -> Question | None:
        """The question whose options were waiting for a yes, where this text is a no to them."""
        name, waits, _ = (moment.chat.asked or "").partition(CONFIRMING)
        no = bool(waits) and normalise(text) in self._said("go-on")
        return self._talk.flow.questions.get(name) if no else None

    def _said(self, button: str) -> frozenset[str]:
        """The label of a button of the confirming card, and the words that say the same."""
        page = self._talk.content.messages["confirm-answer"]
        heard = self._talk.content.heard_options.get("confirm-answer", {}).get(button, ())
        return frozenset(normalise(said) for said in (page.buttons[button], *heard))

    def unsure(
        self,
        chat: Chat,
        moment: Moment | None,
        question: Question | None,
        sures: tuple[Sure, ...],
    ) -> Turn:
        """What may be meant, each on a button, and a button for something else."""
        run = moment.run.id if moment else None
        rows = [(self._offered(sure, moment, question),) for sure in sures]
        page = self._talk.content.messages["did-you-mean"]
        rows += [(Button(label, action(name, run).data),) for name, label in page.buttons.items()]
        return Turn(chat, (Reply((self._say.part("did-you-mean"),), tuple(rows)),))

    def _offered(self, sure: Sure, moment: Moment | None, question: Question | None) -> Button:
        run = moment.run.id if moment else None
        if isinstance(sure, Choice) and moment and question:
            option = sure.options[0]
            press = Press(moment.run.id, question.name, _times(moment, question), option)
            press = replace(press, mark="!") if question.several else press
            return Button(question.options[option], press.data)
        name = sure.name if isinstance(sure, Command) else ""
        name = sure.topic if isinstance(sure, About) else name
        mark = "do-" if isinstance(sure, Command) else ""
        return Button(self._say.label(sure), action(mark + name, run).data)

    def danger(self, chat: Chat, pages: tuple[str, ...], topic: str | None) -> Turn:
        """Whether any of these dangers is there now; a no leads to what else was asked."""
        run = chat.run.id if chat.run else None
        labels = self._talk.content.messages["danger-ask"].buttons
        leads = {name: name for name in pages} | {"go-on": topic or "go-on"}
        rows: Rows = tuple(
            (Button(label, action(leads[name], run).data),)
            for name, label in labels.items()
            if name in leads
        )
        return Turn(chat, (Reply((self._say.part("danger-ask"),), rows, "safety"),))


def _times(moment: Moment, question: Question) -> int:
    """Which asking of a question is meant: the open one, or that of the answer being changed."""
    if question is moment.path.open:
        return moment.path.times
    return moment.path.answers[question.name].times

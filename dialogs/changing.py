"""Answers corrected, taken back and brought back, with what that alters said beforehand."""

from dataclasses import replace

from dialogs import recording, sets
from dialogs.answering import Answering, Moment
from dialogs.buttons import Press, action
from dialogs.chat import Answer
from dialogs.pages import LABEL_LIMIT, Question
from dialogs.previewing import told
from dialogs.speaking import TICK
from dialogs.turns import Button, Part, Reply, Rows, Turn


class Changing:
    """Corrections of answers that stand. Towards the less safe side each is confirmed first."""

    def __init__(self, answering: Answering) -> None:
        self._talk, self._say = answering, answering.say

    def overview(self, moment: Moment) -> Turn:
        """All answers that count, each with a button that leads to its question."""
        if not moment.path.answers:
            return self._talk.aside(moment.chat, moment, "change-none")
        page = self._say.message("change-list", moment.run)
        rows = tuple((self._listed(moment, n, a),) for n, a in moment.path.answers.items())
        return Turn(moment.chat, (replace(page, rows=(*rows, *page.rows)),))

    def _listed(self, moment: Moment, name: str, answer: Answer) -> Button:
        question = self._talk.flow.questions[name]
        label = f"{question.title}: {self._say.echo(question, answer.options)}"
        if len(label) > LABEL_LIMIT:
            label = label[: LABEL_LIMIT - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        return Button(label, Press(moment.run.id, name, answer.times, mark="?").data)

    def pressed(self, moment: Moment, question: Question, press: Press) -> Turn | None:
        """A tap about an answer that stands; None when this one does not, or not any more."""
        answer = moment.path.answers.get(question.name)
        if answer is None or answer.times != press.times or question.name in moment.path.expired:
            return None
        if press.mark == "?":
            return self._shown(moment, question)
        if press.mark in ("+", "-", "="):
            return self._ticked(moment, question, answer, press) if question.several else None
        options = sets.options(question, press.option)
        if options is None or (question.several and press.mark == ""):
            return None
        if press.mark == "<":
            return self._undone(moment, question) if options == answer.options else None
        return self.changed(moment, question, options, confirmed=press.mark == "!")

    def changed(
        self,
        moment: Moment,
        question: Question,
        options: tuple[str, ...],
        *,
        confirmed: bool = False,
    ) -> Turn:
        """An answer is replaced; what that alters is told after it, or before, to be confirmed."""
        old = moment.path.answers[question.name]
        chat = moment.chat.corrected(question.name, None)
        if old.options == options:
            return Turn(chat, toast=self._talk.toast(question, options))
        run = recording.change(
            self._talk.flow, moment.run, question, options, moment.now, moment.message_id
        )
        after = self._talk.after(replace(moment, chat=chat), run)
        alters = told(self._talk, moment, after)
        if question.less_safe(old.options, options) and not confirmed:
            return Turn(moment.chat, (self._confirmation(moment, question, options, alters),))
        echo = self._echo(question, options)
        said = (
            self._say.part("changed", echo=echo),
            *alters,
            *self._talk.replied(question, options),
        )
        back = Press(moment.run.id, question.name, old.times, sets.word(old.options), "~")
        replies = self._talk.onward(replace(after, rows=self._undo("changed", back)), said)
        return Turn(after.chat, replies, toast=self._talk.toast(question, options))

    def typed(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Turn:
        """What is typed under the change card of a question chooses another of its options."""
        if question.several or len(options) != 1:
            return self._talk.missed(moment.chat, moment)
        return self.said(moment, question, options)

    def said(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Turn:
        """An earlier answer put right in words, which get words back and no toast."""
        if options == moment.path.answers[question.name].options:
            return self._talk.aside(moment.chat, moment, "kept")
        return replace(self.changed(moment, question, options), toast=None)

    def drops(self, moment: Moment, question: Question, options: tuple[str, ...]) -> bool:
        """Whether other answers would fall away with this one."""
        run = recording.change(self._talk.flow, moment.run, question, options, moment.now, None)
        after = self._talk.after(moment, run)
        return not moment.path.answers.keys() <= after.path.answers.keys()

    def undo_of(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Rows:
        """The button that takes back the answer now given to the open question."""
        press = Press(moment.run.id, question.name, moment.path.times, sets.word(options), "<")
        return self._undo("noted", press)

    def undo_last(self, moment: Moment) -> Turn:
        """The newest answer or change is undone, whatever question it was about."""
        answers = moment.path.answers
        places = {name: place for place, name in enumerate(answers)}
        last = max(answers, key=lambda name: (answers[name].at, places[name]), default=None)
        if last is None or (moment.path.expired and answers[last].previous is None):
            return self._talk.aside(moment.chat, moment, "back-none")
        return self._undone(moment, self._talk.flow.questions[last])

    # --- what stands behind them ---

    def _shown(self, moment: Moment, question: Question) -> Turn:
        """The question of an answer, with its options, the present ones marked."""
        chat = moment.chat.corrected(question.name, None)
        return Turn(chat, (self._card(replace(moment, chat=chat), question),))

    def _card(self, moment: Moment, question: Question) -> Reply:
        answer = moment.path.answers[question.name]
        set_ = moment.chat.corrections.get(question.name, answer.options)
        press = Press(moment.run.id, question.name, answer.times)
        rows = [
            (self._option(press, question, option, on=option in set_),)
            for option in question.options
        ]
        if question.several:
            done = self._talk.content.messages["ticks-done"].buttons["done"]
            rows.append((Button(done, replace(press, mark="=").data),))
        page = self._say.message("change-pick", moment.run)
        asked = Part(f"{question.name}?", self._say.wording(question, moment.path))
        parts, every = (*page.parts, asked), (*rows, *page.rows)
        return replace(page, parts=parts, rows=every, on=moment.on, changes=question.name)

    def _option(self, press: Press, question: Question, option: str, *, on: bool) -> Button:
        label = (TICK if on else "") + question.options[option]
        if question.several:
            return Button(label, replace(press, option=option, mark="-" if on else "+").data)
        kept = action("keep", press.run)
        return Button(label, (kept if on else replace(press, option=option)).data)

    def _ticked(self, moment: Moment, question: Question, answer: Answer, press: Press) -> Turn:
        """A tick on a change card; the ticks begin as what was answered."""
        begun = moment.chat.corrections.get(question.name)
        if press.mark == "=":
            if begun == ():
                return Turn(moment.chat, toast=self._say.part("none-ticked"))
            return self.changed(moment, question, begun or answer.options)
        if press.option not in question.options:
            return self._talk.stale(moment.chat, moment)
        before = answer.options if begun is None else begun
        ticks = recording.tick(question, before, press.option, on=press.mark == "+")
        if ticks == before:
            return Turn(moment.chat)
        chat = moment.chat.corrected(question.name, ticks)
        return Turn(chat, (self._card(replace(moment, chat=chat), question),))

    def _undone(self, moment: Moment, question: Question) -> Turn:
        """A change is changed back; an answer that replaced none is taken away again."""
        answer = moment.path.answers[question.name]
        if answer.previous and question.knows(answer.previous.answer.options):
            return self.changed(moment, question, answer.previous.answer.options)
        run = recording.restored(self._talk.flow, moment.run, question.name, moment.now)
        after = self._talk.after(moment, run)
        replies = self._talk.onward(after, (self._say.part("undone"),))
        return Turn(after.chat, replies, toast=self._say.part("undone"))

    def _undo(self, page: str, press: Press) -> Rows:
        label = self._talk.content.messages[page].buttons["undo"]
        return ((Button(label, press.data),),)

    def _confirmation(
        self,
        moment: Moment,
        question: Question,
        options: tuple[str, ...],
        alters: tuple[Part, ...],
    ) -> Reply:
        """Asks whether a less safe answer is meant; only the confirming button gives it."""
        page = self._talk.content.messages["confirm-less-safe"]
        times = moment.path.answers[question.name].times
        confirmed = Press(moment.run.id, question.name, times, sets.word(options), "!")
        data = {"confirm": confirmed.data, "keep": action("keep", moment.run.id).data}
        rows = tuple((Button(text, data[name]),) for name, text in page.buttons.items())
        asked = self._say.part("confirm-less-safe", echo=self._echo(question, options))
        return Reply((asked, *alters), rows, on=moment.on, changes=question.name)

    def _echo(self, question: Question, options: tuple[str, ...]) -> str:
        return f"{question.title}: {self._say.echo(question, options)}"

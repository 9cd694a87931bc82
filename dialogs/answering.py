"""Answers given, changed and ticked, and what is said next: the open question or the routine."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialogs import recording, routine
from dialogs.buttons import Press
from dialogs.chat import Chat, Run
from dialogs.content import FLOWS, Content
from dialogs.flow import Flow, Path
from dialogs.pages import Question
from dialogs.speaking import Operator, Speaker
from dialogs.turns import Part, Reply, Turn

AWAY = timedelta(hours=24)
"""Silence after which the open question comes with a word about where the talk was."""

MANY = 2
"""Misses in a row after which the fuller hint is given."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A consented chat at one turn: its run, where the answers lead, and what caused the turn."""

    chat: Chat
    run: Run
    path: Path
    now: datetime
    message_id: int | None = None
    on: int | None = None


class Answering:
    """Knows the flow and the pages; every method gives a turn or replies, and keeps nothing."""

    def __init__(self, content: Content, operator: Operator, zone: str) -> None:
        self.content, self._zone = content, zone
        self.flow = Flow(FLOWS[0], content.flows[FLOWS[0]], content.rules)
        self.say = Speaker(content, operator)

    def moment(self, chat: Chat, now: datetime, **cause: int | None) -> Moment | None:
        """Where a chat stands now; None for somebody who has not agreed to begin."""
        if chat.consent is None or chat.run is None:
            return None
        return Moment(chat, chat.run, self.flow.follow(chat.run, now), now, **cause)

    def answered(
        self,
        moment: Moment,
        question: Question,
        options: tuple[str, ...],
        times: int,
        lead: tuple[Part, ...] = (),
    ) -> Turn:
        """An answer is recorded; what the question replies to it goes above the next card."""
        run = recording.record(
            self.flow, moment.run, question, options, times, moment.now, moment.message_id
        )
        chat = moment.chat.with_run(run)
        after = replace(moment, chat=chat, run=run, path=self.flow.follow(run, moment.now))
        pages = dict.fromkeys(question.reply[o] for o in options if o in question.reply)
        return Turn(chat, self.onward(after, (*lead, *(self.say.part(p) for p in pages))))

    def changed(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A change of an earlier answer; towards the less safe side it is confirmed first."""
        old, new = moment.path.answers[question.name].options, (press.option,)
        toast = self.toast(question, press)
        if old == new:
            return Turn(moment.chat, toast=toast)
        echo = f"{question.title}: {self.say.echo(question, new)}"
        if question.less_safe(old, new) and press.mark != "!":
            return Turn(moment.chat, (self.say.confirmation(press, echo),))
        lead = (self.say.part("changed", echo=echo),)
        below = replace(moment, on=None)
        return replace(self.answered(below, question, new, press.times, lead), toast=toast)

    def ticked(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A tick set on or off (never toggled, so that a double tap is one), or all done."""
        ticks = before = moment.chat.ticked(question.name)
        if press.mark == "=":
            if not ticks:
                return Turn(moment.chat, toast=self.say.part("none-ticked"))
            return self.answered(moment, question, ticks, moment.path.times)
        ticks = recording.tick(question, ticks, press.option, on=press.mark == "+")
        return Turn(moment.chat) if ticks == before else self._ticks(moment, question, ticks)

    def tick_all(
        self, moment: Moment, question: Question, options: tuple[str, ...], lead: tuple[Part, ...]
    ) -> Turn:
        """Ticks named in a text: set beside those set before."""
        ticks = moment.chat.ticked(question.name)
        for option in options:
            ticks = recording.tick(question, ticks, option, on=True)
        return self._ticks(moment, question, ticks, lead)

    def _ticks(
        self,
        moment: Moment,
        question: Question,
        ticks: tuple[str, ...],
        lead: tuple[Part, ...] = (),
    ) -> Turn:
        chat = moment.chat.model_copy(
            update={"ticks": ticks, "ticks_for": question.name, "misses": 0}
        )
        return Turn(chat, (self.card(replace(moment, chat=chat), lead),))

    def toast(self, question: Question, press: Press) -> Part:
        """The small word that ends a tap: what was noted."""
        return self.say.part("noted-toast", echo=self.say.echo(question, (press.option,)))

    def card(self, moment: Moment, lead: tuple[Part, ...] = ()) -> Reply:
        """The open question as a card."""
        return self.say.card(moment.chat, moment.run, moment.path, lead, moment.on)

    def built(self, moment: Moment) -> routine.Routine:
        """The routine as the answers stand."""
        zone = moment.chat.zone or self._zone
        return routine.build(
            self.content.steps, moment.path, moment.run, self.content.rules, moment.now, zone
        )

    def onward(self, moment: Moment, lead: tuple[Part, ...] = ()) -> tuple[Reply, ...]:
        """The open question, or the routine when everything has been asked."""
        if moment.path.open is not None:
            if moment.path.open.name in moment.path.expired:
                lead = (*lead, self.say.part("recheck"))
            elif not lead and moment.now - recording.last_at(moment.run) > AWAY:
                lead = (self.say.part("resume"),)
            return (self.card(moment, lead),)
        card = self.say.routine(self.built(moment), moment.run)
        return (Reply(lead), card) if lead else (card,)

    def again(self, moment: Moment | None) -> tuple[Reply, ...]:
        """After something on the side: the open question below it, if one is open."""
        if moment is None:
            return (self.say.message("welcome"),)
        if moment.chat.quiet:
            return ()
        return self.onward(replace(moment, on=None)) if moment.path.open else ()

    def aside(self, chat: Chat, moment: Moment | None, page: str) -> Turn:
        """A short word on top of the open question, or by itself."""
        if moment is None:
            return Turn(chat, (Reply((self.say.part(page),)), *self.again(None)))
        if moment.chat.quiet:
            return Turn(chat, (self.say.message("here"),))
        if moment.path.open is None:
            return Turn(chat, (self.say.message(page, moment.run),))
        return Turn(chat, (self.card(replace(moment, on=None), (self.say.part(page),)),))

    def missed(self, chat: Chat, moment: Moment | None) -> Turn:
        """Not understood: nothing is stored but the miss, and the question stands again."""
        if moment and chat.quiet:
            return self.aside(chat, moment, "here")
        chat = chat.model_copy(update={"misses": chat.misses + 1})
        if moment is None:
            return Turn(chat, self.again(None))
        moment = replace(moment, chat=chat)
        if moment.path.open is None:
            return self.aside(chat, moment, "nothing-open")
        page = "not-understood" if chat.misses < MANY else "not-understood-again"
        return self.aside(chat, moment, page)

    def stale(self, chat: Chat, moment: Moment | None) -> Turn:
        """A button of an older question or run: a toast, and the open question again."""
        return Turn(chat, self.again(moment), toast=self.say.part("stale"))

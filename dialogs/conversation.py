"""One turn of talk: what is said to a chat after an event, and the chat as it then is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialogs import recording, routine
from dialogs.buttons import Press, parse
from dialogs.chat import Chat, Run
from dialogs.content import FLOWS, Content
from dialogs.flow import Flow, Path
from dialogs.pages import Question
from dialogs.speaking import Operator, Speaker
from dialogs.turns import CalledInGroup, Event, Part, Reply, Sent, Tapped, Turn, Typed
from dialogs.understanding import About, Choice, Command, Danger, Understanding

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


class Conversation:
    """Takes turns. It keeps nothing itself: the same chat, event and time give the same turn."""

    def __init__(self, content: Content, operator: Operator, zone: str = "UTC") -> None:
        self._content, self._zone = content, zone
        self._flow = Flow(FLOWS[0], content.flows[FLOWS[0]], content.rules)
        self._say = Speaker(content, operator)
        self._understanding = Understanding(content)
        self._commands = {
            "start": self._start,
            "routine": self._routine,
            "back": self._back,
            "forget": self._forget_ask,
            "sources": self._sources,
        }
        self._actions = {
            "consent": self._go_on,
            "go-on": self._go_on,
            "start-over": self._start_over,
            "routine": self._routine,
            "why": self._why,
            "sources": self._sources,
            "keep": self._keep,
            "forget": self._forget,
        }

    def turn(self, chat: Chat | None, event: Event, now: datetime) -> Turn:
        """Answer one event. The chat handed in is never changed; None is a chat never seen."""
        if isinstance(event, CalledInGroup):
            return Turn(None, (self._say.message("group", link=event.link),))
        chat = chat or Chat()
        if isinstance(event, Typed):
            return self._edited(chat, event, now) if event.edited else self._typed(chat, event, now)
        if isinstance(event, Tapped):
            return self._tapped(chat, event, now)
        return self._sent(chat, event, now)

    def damaged(self) -> Reply:
        """What is said when a stored chat could not be read and the talk begins anew."""
        return self._say.message("damaged")

    def apology(self, chat: Chat | None, now: datetime) -> tuple[Reply, ...]:
        """What is said when a turn failed on our side: sorry, and the open question again."""
        moment = self._moment(chat, now) if chat else None
        lead = self._say.part("apology")
        if moment is None or moment.path.open is None:
            return (Reply((lead,)),)
        return (self._card(moment, (lead,)),)

    # --- what came in ---

    def _moment(self, chat: Chat, now: datetime, **cause: int | None) -> Moment | None:
        if chat.consent is None or chat.run is None:
            return None
        return Moment(chat, chat.run, self._flow.follow(chat.run, now), now, **cause)

    def _typed(self, chat: Chat, event: Typed, now: datetime) -> Turn:
        moment = self._moment(chat, now, message_id=event.message_id)
        question = moment.path.open if moment else None
        match self._understanding.read(event.text, question):
            case Danger(page):
                return Turn(chat, (self._say.message(page, chat.run),))
            case Command(name, known):
                return self._command(chat, moment, name) if known else self._missed(chat, moment)
            case About(topic):
                return Turn(chat, (self._say.topic(topic), *self._again(moment)))
            case Choice(option) if moment and question:
                return self._chosen(moment, question, option)
        return self._missed(chat, moment)

    def _chosen(self, moment: Moment, question: Question, option: str) -> Turn:
        if question.several:
            return self._ticked(moment, question, Press("", option=option, mark="+"))
        noted = self._say.part("noted", echo=self._say.echo(question, (option,)))
        return self._answered(moment, question, (option,), moment.path.times, (noted,))

    def _edited(self, chat: Chat, event: Typed, now: datetime) -> Turn:
        """An edit corrects the answer its message gave; any other edit changes nothing."""
        if danger := self._understanding.read_danger(event.text):
            return Turn(chat, (self._say.message(danger, chat.run),))
        moment = self._moment(chat, now, message_id=event.message_id)
        if moment is None:
            return Turn(chat)
        name = recording.given_by(moment.path, event.message_id)
        if name is None:
            return Turn(chat)
        question = self._flow.questions[name]
        option = self._understanding.option(event.text, question)
        if option is None or question.several:
            return self._missed(chat, moment)
        press = Press(moment.run.id, name, moment.path.answers[name].times, option)
        return self._changed(moment, question, press)

    def _sent(self, chat: Chat, event: Sent, now: datetime) -> Turn:
        page = "photo" if event.what == "photo" else "not-text"
        return self._aside(chat, self._moment(chat, now), page)

    def _tapped(self, chat: Chat, event: Tapped, now: datetime) -> Turn:
        press = parse(event.data)
        moment = self._moment(chat, now, on=event.message_id)
        if press is None:
            return self._stale(chat, moment)
        if press.mark == "@":
            return self._acted(chat, moment, press, now)
        question = self._flow.questions.get(press.question)
        if moment is None or question is None or press.run != moment.run.id:
            return self._stale(chat, moment)
        return self._pressed(moment, question, press)

    def _pressed(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A tap of this run: on the open question, on an answered one, or on one long closed."""
        path = moment.path
        chosen = question.knows((press.option,))
        if path.open is question and press.times == path.times:
            if question.several and (chosen or press.mark == "="):
                return self._ticked(moment, question, press)
            if chosen and not question.several:
                turn = self._answered(moment, question, (press.option,), press.times)
                return replace(turn, toast=self._toast(question, press))
        answer = path.answers.get(question.name)
        current = answer and answer.times == press.times and question.name not in path.expired
        if current and chosen and not question.several:
            return self._changed(moment, question, press)
        return self._stale(moment.chat, moment)

    # --- answers ---

    def _answered(
        self,
        moment: Moment,
        question: Question,
        options: tuple[str, ...],
        times: int,
        lead: tuple[Part, ...] = (),
    ) -> Turn:
        run = recording.record(
            self._flow, moment.run, question, options, times, moment.now, moment.message_id
        )
        chat = moment.chat.with_run(run)
        after = replace(moment, chat=chat, run=run, path=self._flow.follow(run, moment.now))
        pages = dict.fromkeys(question.reply[o] for o in options if o in question.reply)
        return Turn(chat, self._onward(after, (*lead, *(self._say.part(p) for p in pages))))

    def _changed(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A change of an earlier answer; towards the less safe side it is confirmed first."""
        old, new = moment.path.answers[question.name].options, (press.option,)
        toast = self._toast(question, press)
        if old == new:
            return Turn(moment.chat, toast=toast)
        echo = self._say.echo(question, new)
        if question.less_safe(old, new) and press.mark != "!":
            return Turn(moment.chat, (self._say.confirmation(press, echo),))
        lead = (self._say.part("changed", echo=echo),)
        below = replace(moment, on=None)
        return replace(self._answered(below, question, new, press.times, lead), toast=toast)

    def _ticked(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A tick set on or off (never toggled, so that a double tap is one), or all done."""
        ticks = moment.chat.ticks
        if press.mark == "=":
            if not ticks:
                return Turn(moment.chat, toast=self._say.part("none-ticked"))
            return self._answered(moment, question, ticks, moment.path.times)
        ticks = recording.tick(question, ticks, press.option, on=press.mark == "+")
        if ticks == moment.chat.ticks:
            return Turn(moment.chat)
        chat = moment.chat.model_copy(update={"ticks": ticks, "misses": 0})
        return Turn(chat, (self._card(replace(moment, chat=chat)),))

    def _toast(self, question: Question, press: Press) -> Part:
        return self._say.part("noted-toast", echo=self._say.echo(question, (press.option,)))

    # --- what is said next ---

    def _card(self, moment: Moment, lead: tuple[Part, ...] = ()) -> Reply:
        return self._say.card(moment.chat, moment.run, moment.path, lead, moment.on)

    def _built(self, moment: Moment) -> routine.Routine:
        zone = moment.chat.zone or self._zone
        return routine.build(
            self._content.steps, moment.path, moment.run, self._content.rules, moment.now, zone
        )

    def _onward(self, moment: Moment, lead: tuple[Part, ...] = ()) -> tuple[Reply, ...]:
        """The open question, or the routine when everything has been asked."""
        if moment.path.open is not None:
            if moment.path.expired:
                lead = (*lead, self._say.part("recheck"))
            elif not lead and moment.now - recording.last_at(moment.run) > AWAY:
                lead = (self._say.part("resume"),)
            return (self._card(moment, lead),)
        card = self._say.routine(self._built(moment), moment.run)
        return (Reply(lead), card) if lead else (card,)

    def _again(self, moment: Moment | None) -> tuple[Reply, ...]:
        """After something on the side: the open question below it, if one is open."""
        if moment is None:
            return (self._say.message("welcome"),)
        return self._onward(replace(moment, on=None)) if moment.path.open else ()

    def _aside(self, chat: Chat, moment: Moment | None, page: str) -> Turn:
        """A short word on top of the open question, or by itself."""
        if moment is None:
            return Turn(chat, (Reply((self._say.part(page),)), *self._again(None)))
        if moment.path.open is None:
            return Turn(chat, (self._say.message(page, moment.run),))
        return Turn(chat, (self._card(replace(moment, on=None), (self._say.part(page),)),))

    def _missed(self, chat: Chat, moment: Moment | None) -> Turn:
        chat = chat.model_copy(update={"misses": chat.misses + 1})
        if moment is None:
            return Turn(chat, self._again(None))
        moment = replace(moment, chat=chat)
        if moment.path.open is None:
            return self._aside(chat, moment, "nothing-open")
        page = "not-understood" if chat.misses < MANY else "not-understood-again"
        return self._aside(chat, moment, page)

    def _stale(self, chat: Chat, moment: Moment | None) -> Turn:
        return Turn(chat, self._again(moment), toast=self._say.part("stale"))

    # --- commands and actions ---

    def _command(self, chat: Chat, moment: Moment | None, name: str) -> Turn:
        if moment is not None and name in self._commands:
            return self._commands[name](moment)
        if name in ("start", "routine", "back"):
            return Turn(chat, self._again(None))
        if name == "forget":
            return Turn(None, (self._say.message("forgotten"),))
        return Turn(chat, (self._say.message(name, chat.run), *self._again(moment)))

    def _acted(self, chat: Chat, moment: Moment | None, press: Press, now: datetime) -> Turn:
        """A button that is no answer. One from another run, or a second tap, does nothing twice."""
        if moment is None:
            return self._acted_before_consent(chat, press, now)
        if press.run != moment.run.id and press.option != "consent":
            return self._stale(chat, moment)
        if press.option == "consent" and moment.run.answers:
            return Turn(chat)
        if press.option in self._actions:
            return self._actions[press.option](moment)
        if press.option in self._content.messages:
            return Turn(chat, (self._say.message(press.option, moment.run), *self._again(moment)))
        return self._stale(chat, moment)

    def _acted_before_consent(self, chat: Chat, press: Press, now: datetime) -> Turn:
        if press.option == "consent":
            run = Run(flow=self._flow.name, started=now)
            chat = chat.model_copy(update={"consent": now, "runs": (run,)})
            moment = self._moment(chat, now)
            return Turn(chat, self._onward(moment) if moment else ())
        if press.option in self._content.messages:
            return Turn(chat, (self._say.message(press.option), *self._again(None)))
        return self._stale(chat, None)

    def _start(self, moment: Moment) -> Turn:
        if not moment.run.answers:
            return Turn(moment.chat, self._onward(moment))
        return Turn(moment.chat, (self._say.message("returning", moment.run),))

    def _go_on(self, moment: Moment) -> Turn:
        return Turn(moment.chat, self._onward(replace(moment, on=None)))

    def _keep(self, moment: Moment) -> Turn:
        kept = (self._say.message("kept", moment.run),)
        return Turn(moment.chat, (*kept, *self._again(moment)))

    def _start_over(self, moment: Moment) -> Turn:
        """A new run takes the old one's place: one chat keeps one plan (3.8.11)."""
        run = Run(flow=self._flow.name, started=moment.now)
        chat = moment.chat.model_copy(update={"runs": (run,), "ticks": (), "misses": 0})
        after = replace(
            moment, chat=chat, run=run, path=self._flow.follow(run, moment.now), on=None
        )
        return Turn(chat, self._onward(after))

    def _routine(self, moment: Moment) -> Turn:
        """`/routine` at any point (3.8.12): the card, the plan so far, or first the question."""
        below = replace(moment, on=None)
        if moment.path.open is None or moment.path.expired:
            return Turn(moment.chat, self._onward(below))
        plan = self._built(moment)
        if not plan.lines:
            return Turn(moment.chat, (self._card(below, (self._say.part("before-plan"),)),))
        return Turn(moment.chat, (self._say.routine(plan, moment.run), self._card(below)))

    def _back(self, moment: Moment) -> Turn:
        """The last answer of the path is taken back and its question asked again."""
        run = recording.without_last(moment.run, moment.path)
        if run is None:
            return self._aside(moment.chat, moment, "back-none")
        chat = moment.chat.with_run(run)
        after = replace(moment, chat=chat, run=run, path=self._flow.follow(run, moment.now))
        return Turn(chat, self._onward(after))

    def _why(self, moment: Moment) -> Turn:
        plan = self._built(moment)
        if not plan.lines:
            return self._go_on(moment)
        return Turn(moment.chat, (self._say.why(plan), *self._again(moment)))

    def _sources(self, moment: Moment) -> Turn:
        sources = self._say.sources(self._built(moment))
        return Turn(moment.chat, (sources, *self._again(moment)))

    def _forget_ask(self, moment: Moment) -> Turn:
        return Turn(moment.chat, (self._say.message("forget-ask", moment.run),))

    def _forget(self, _: Moment) -> Turn:
        return Turn(None, (self._say.message("forgotten"),))

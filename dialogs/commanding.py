"""Commands and the buttons that are no answers: start, routine, back, why, forget, ..."""

from dataclasses import replace
from datetime import datetime

from dialogs import recording
from dialogs.answering import Answering, Moment
from dialogs.buttons import Press
from dialogs.changing import Changing
from dialogs.chat import Chat, Run
from dialogs.derived import doubted_by_change
from dialogs.turns import Reply, Turn

DO = "do-"
"""Stands before the name of a command on a button that offers it."""

SMALL = frozenset(("greeting", "thanks", "out-of-scope", "emergency"))
"""Messages that answer small talk: offered like topics."""


class Commanding:
    """Does what a command or an action button asks for, from wherever the talk is."""

    def __init__(self, answering: Answering, changing: Changing) -> None:
        self._talk = answering
        self._commands = {
            "start": self._start,
            "routine": self._routine,
            "back": self._back,
            "change": changing.overview,
            "undo": changing.undo_last,
            "forget": self._forget_ask,
            "sources": self._sources,
            "why": self._why_asked,
            "progress": self._go_on,
        }
        messages = answering.content.messages
        shown = {option for message in messages.values() for option in message.buttons}
        self._pages = shown & messages.keys()
        self._topics = answering.content.topics.keys()
        self._actions = {
            "go-on": self._go_on,
            "routine": self._routine,
            "why": self._why,
            "sources": self._sources,
            "keep": self._keep,
            "back": self._back,
            "change": changing.overview,
            "forget": self._forget,
        }
        self._asking = {"start-over": self._start_over, "why-asked": self._why_of}

    def command(self, chat: Chat, moment: Moment | None, name: str) -> Turn:
        """A command by its name; before consent only those that ask nothing and store nothing."""
        if moment is not None and name in self._commands:
            return self._commands[name](self._spoken(moment))
        messages = self._talk.content.messages.keys()
        if name == "forget":
            return Turn(None, (self._talk.say.message("forgotten"),))
        if name in self._commands and name not in self._talk.content.commands.keys() & messages:
            return Turn(chat, self._talk.again(None))
        return Turn(chat, (self._talk.say.message(name, chat.run), *self._talk.again(moment)))

    def act(self, chat: Chat, moment: Moment | None, press: Press, now: datetime) -> Turn:
        """A button that is no answer; one of another run does nothing."""
        if moment is None:
            return self._acted_before_consent(chat, press, now)
        if press.run != moment.run.id and press.option != "consent":
            return self._talk.stale(chat, moment)
        if press.option == "consent" and not moment.run.answers:
            return Turn(chat)
        return self._acted(moment, press) or self._talk.stale(chat, moment)

    def _acted(self, moment: Moment, press: Press) -> Turn | None:
        """What a button of this run does; None for one that does nothing."""
        if press.option.startswith(DO):
            return self.command(moment.chat, moment, press.option.removeprefix(DO))
        if press.option in self._asking:
            return self._asking[press.option](self._spoken(moment), press)
        if press.option in self._actions:
            return self._actions[press.option](self._spoken(moment))
        if page := self._read(press.option, moment.run):
            return Turn(moment.chat, (page, *self._talk.again(moment)))
        return None

    def _read(self, name: str, run: Run | None = None) -> Reply | None:
        """The message or topic that a button is named after."""
        if name in self._pages:
            return self._talk.say.message(name, run)
        return self._talk.say.told(name) if name in self._topics | SMALL else None

    def consent(self, chat: Chat, now: datetime) -> Turn:
        """The person agrees that answers are kept: the first question."""
        run = Run(flow=self._talk.flow.name, started=now)
        chat = chat.model_copy(update={"consent": now, "runs": (run,)})
        moment = self._talk.moment(chat, now)
        return Turn(chat, self._talk.onward(moment) if moment else ())

    def _spoken(self, moment: Moment) -> Moment:
        """The person has come back to the subject: a quiet chat is asked again."""
        return replace(moment, chat=moment.chat.model_copy(update={"quiet": False}))

    def _acted_before_consent(self, chat: Chat, press: Press, now: datetime) -> Turn:
        if press.option == "consent":
            return self.consent(chat, now)
        if press.option.startswith(DO):
            return self.command(chat, None, press.option.removeprefix(DO))
        if press.option == "go-on":
            return Turn(chat, self._talk.again(None))
        if page := self._read(press.option):
            return Turn(chat, (page, *self._talk.again(None)))
        return self._talk.stale(chat, None)

    def _start(self, moment: Moment) -> Turn:
        if not moment.run.answers:
            return Turn(moment.chat, self._talk.onward(moment))
        return Turn(moment.chat, (self._talk.choice(moment),))

    def _go_on(self, moment: Moment) -> Turn:
        return Turn(moment.chat, self._talk.onward(replace(moment, on=None)))

    def _keep(self, moment: Moment) -> Turn:
        kept = replace(self._talk.say.message("kept", moment.run), on=moment.on)
        return Turn(moment.chat, (kept, *self._talk.again(moment)))

    def _start_over(self, moment: Moment, press: Press) -> Turn:
        """A new run takes the old one's place: one chat keeps one plan (3.8.11).

        A button from when there were other answers asks again before these are deleted.
        """
        if press.times != len(moment.path.answers):
            return self._start(moment)
        run = Run(flow=self._talk.flow.name, started=moment.now)
        cleared = {"runs": (run,), "ticks": {}, "corrections": {}, "misses": 0}
        below = replace(moment, chat=moment.chat.model_copy(update=cleared), on=None)
        after = self._talk.after(below, run)
        return Turn(after.chat, self._talk.onward(after))

    def _routine(self, moment: Moment) -> Turn:
        """`/routine` at any point (3.8.12): the card, the plan so far, or first the question."""
        below = replace(moment, on=None)
        if moment.path.open is None or moment.path.expired:
            return Turn(moment.chat, self._talk.onward(below))
        plan = self._talk.built(moment)
        if not plan.lines:
            return Turn(
                moment.chat, (self._talk.card(below, (self._talk.say.part("before-plan"),)),)
            )
        return Turn(moment.chat, (self._talk.say.routine(plan, moment.run), self._talk.card(below)))

    def _back(self, moment: Moment) -> Turn:
        """The last answer of the path is taken back and its question asked again."""
        run = recording.without_last(moment.run, moment.path)
        if run is None or moment.path.expired:
            return self._talk.aside(moment.chat, moment, "back-none")
        if doubted_by_change(moment.run, self._talk.content.rules, moment.now):
            run = run.model_copy(update={"doubted": moment.now})
        after = self._talk.after(moment, run)
        return Turn(after.chat, self._talk.onward(after))

    def _why_asked(self, moment: Moment) -> Turn:
        """Why the open question is asked; with a finished plan, why its lines are there."""
        if moment.path.open is None:
            return self._why(moment)
        why = self._talk.say.why_asked(moment.path.open)
        return Turn(moment.chat, (self._talk.card(replace(moment, on=None), (why,)),))

    def _why_of(self, moment: Moment, press: Press) -> Turn:
        """Why the question of a card is asked: on that card, if its question is still open."""
        question = self._talk.flow.questions.get(press.question)
        if question is None:
            return self._talk.stale(moment.chat, moment)
        why = self._talk.say.why_asked(question)
        if moment.path.open is None:
            return Turn(moment.chat, (Reply((why,)),))
        here = moment.path.open is question and press.times == moment.path.times
        place = moment if here else replace(moment, on=None)
        return Turn(moment.chat, (self._talk.card(place, (why,)),))

    def _why(self, moment: Moment) -> Turn:
        plan = self._talk.built(moment)
        if not plan.lines:
            return self._go_on(moment)
        return Turn(moment.chat, (self._talk.say.why(plan), *self._talk.again(moment)))

    def _sources(self, moment: Moment) -> Turn:
        sources = self._talk.say.sources(self._talk.built(moment))
        return Turn(moment.chat, (sources, *self._talk.again(moment)))

    def _forget_ask(self, moment: Moment) -> Turn:
        return Turn(moment.chat, (self._talk.say.message("forget-ask", moment.run),))

    def _forget(self, _: Moment) -> Turn:
        return Turn(None, (self._talk.say.message("forgotten"),))

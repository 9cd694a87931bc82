"""Answers given, changed and ticked, and what is said next: the open question or the routine."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dialogs import recording, routine
from dialogs.buttons import Press, action
from dialogs.chat import Chat, Run
from dialogs.content import FLOWS, Content
from dialogs.flow import PLACES, Flow, Path
from dialogs.hinting import Hinting
from dialogs.pages import Question
from dialogs.progress import Progress
from dialogs.recent import Recent
from dialogs.routine import Line
from dialogs.sheets import Sheet
from dialogs.speaking import Operator, Speaker
from dialogs.turns import Button, Part, Reply, Rows, Turn

AWAY = timedelta(hours=24)
"""Silence after which people are told where the talk was, and asked how to go on."""
CHANGES = "?"
"""Ends what a chat notes as asked, when that is a question already answered, to be changed."""


WELCOMES = frozenset(("returning", "returning-done", "resume"))
"""The pages that tell somebody who was away where we were; a question card does so too."""

SHEETS = 500
"""Replies of each kind that are remembered (cards, routines): a few kB each."""

Key = tuple[Hashable, ...]
"""All that a remembered result depends on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A consented chat at one turn: its run, where the answers lead, and what caused the turn.

    `on` is the message whose button was tapped; `rows` are more buttons for the next reply.
    """

    chat: Chat
    run: Run
    path: Path
    now: datetime
    message_id: int | None = None
    on: int | None = None
    rows: Rows = ()


class Answering:
    """Knows the flow and the pages; every method gives a turn or replies, and keeps nothing."""

    def __init__(self, content: Content, operator: Operator, zone: str) -> None:
        self.content, self._zone = content, zone
        self.flow = Flow(FLOWS[0], content.flows[FLOWS[0]], content.rules)
        self.say = Speaker(content, operator)
        self._progress = Progress(self.flow.questions)
        self._hints = Hinting(content, self.say)
        self._standings: Recent[Key, Key] = Recent(PLACES)
        self._sheets: Recent[Key, Sheet] = Recent(SHEETS)
        self._lines: Recent[Key, tuple[Line, ...]] = Recent(SHEETS)
        self._toasts: Recent[Key, Part] = Recent(SHEETS)

    def moment(
        self, chat: Chat, now: datetime, *, message_id: int | None = None, on: int | None = None
    ) -> Moment | None:
        """Where a chat stands now; None for somebody who has not agreed to begin."""
        if chat.consent is None or chat.run is None:
            return None
        return Moment(chat, chat.run, self.flow.follow(chat.run, now), now, message_id, on)

    def answered(
        self,
        moment: Moment,
        question: Question,
        options: tuple[str, ...],
        times: int,
        lead: tuple[Part, ...] = (),
        toast: Part | None = None,
    ) -> Turn:
        """An answer is recorded; what the question replies to it goes above the next card."""
        run = recording.record(
            self.flow, moment.run, question, options, times, moment.now, moment.message_id
        )
        after = self.after(moment, run)
        chat = after.chat.ticked(question.name, None).corrected(question.name, None)
        chat = chat.model_copy(update={"misses": 0}) if chat.misses else chat
        if chat is not after.chat:
            after = replace(after, chat=chat)
        lead = (*lead, *self.replied(question, options))
        return Turn(chat, self.onward(after, lead), toast)

    def after(self, moment: Moment, run: Run) -> Moment:
        """The same moment with other answers."""
        chat, path = moment.chat.with_run(run), self.flow.follow(run, moment.now)
        return Moment(chat, run, path, moment.now, moment.message_id, moment.on, moment.rows)

    def replied(self, question: Question, options: tuple[str, ...]) -> tuple[Part, ...]:
        """What a question itself replies to these options."""
        if not question.reply:
            return ()
        pages = dict.fromkeys(question.reply[o] for o in options if o in question.reply)
        return tuple(self.say.part(page) for page in pages)

    def ticked(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A tick set on or off (never toggled, so that a double tap is one), or all done."""
        ticks = before = moment.chat.ticks.get(question.name, ())
        if press.mark == "=":
            if not ticks:
                return Turn(moment.chat, toast=self.say.part("none-ticked"))
            return self.answered(moment, question, ticks, moment.path.times)
        ticks = recording.tick(question, ticks, press.option, on=press.mark == "+")
        return Turn(moment.chat) if ticks == before else self._ticks(moment, question, ticks)

    def tick_all(
        self, moment: Moment, question: Question, options: tuple[str, ...], lead: tuple[Part, ...]
    ) -> Turn:
        """Ticks named in a text: set beside those set before.

        What stands alone says nothing beside others ("retinol and nothing else").
        """
        ticks = moment.chat.ticks.get(question.name, ())
        for option in (option for option in options if option not in question.alone):
            ticks = recording.tick(question, ticks, option, on=True)
        return self._ticks(moment, question, ticks, lead)

    def _ticks(
        self,
        moment: Moment,
        question: Question,
        ticks: tuple[str, ...],
        lead: tuple[Part, ...] = (),
    ) -> Turn:
        chat = moment.chat.ticked(question.name, ticks).model_copy(update={"misses": 0})
        return Turn(chat, (self.card(replace(moment, chat=chat), lead),))

    def toast(self, question: Question, options: tuple[str, ...]) -> Part:
        """The small word that ends a tap: what was noted."""
        key = (question.name, options)
        if known := self._toasts.get(key):
            return known
        said = self.say.part("noted-toast", echo=self.say.echo(question, options))
        return self._toasts.keep(key, said)

    def card(self, moment: Moment, lead: tuple[Part, ...] = ()) -> Reply:
        """The open question as a card: how far the talk is, and below its options why it is asked.

        Raises:
            ValueError: no question is open.

        """
        standing, chat = self._standing(moment.path), moment.chat
        if moment.rows or standing is None:
            return self._made(moment, lead)
        ticks = chat.ticks.get(moment.path.open.name) if chat.ticks and moment.path.open else None
        key = (standing, ticks, lead)
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = self._sheets.keep(key, Sheet.of(self._made(moment, lead), moment.run.id))
        return sheet.printed(moment.run.id, moment.on)

    def _standing(self, path: Path) -> Key | None:
        """All that a card shows of where the talk is: few things, whatever led there."""
        if path.place is None:
            return None
        place = (path.place, path.open and path.open.name, path.times)
        if known := self._standings.get(place):
            return known
        if path.open is None:
            return None
        wording = self.say.wording(path.open, path)
        shown = (path.open.name, wording, path.times, *self._progress.of(path))
        return self._standings.keep(place, shown)

    def _made(self, moment: Moment, lead: tuple[Part, ...]) -> Reply:
        """The card made anew: what a card is, and what every sheet is made from."""
        number, about = self._progress.of(moment.path)
        far = self.say.part("progress", number=str(number), about=str(about))
        lead = (*lead, replace(far, small=True))
        card = self.say.card(moment.chat, moment.run, moment.path, lead, moment.on)
        return replace(card, rows=(*card.rows, *self._why_row(moment), *moment.rows))

    def _why_row(self, moment: Moment) -> Rows:
        label = self.content.messages["progress"].buttons["why-asked"]
        question = moment.path.open.name if moment.path.open else ""
        press = Press(moment.run.id, question, moment.path.times, "why-asked", "@")
        return ((Button(label, press.data),),)

    def built(self, moment: Moment) -> routine.Routine:
        """The routine as the answers stand."""
        lines, days = self._brought(moment)
        nights = routine.nights(lines, moment.path, self.content.rules, days)
        return routine.Routine(lines, nights, moment.path.open is None)

    def _brought(self, moment: Moment) -> tuple[tuple[Line, ...], tuple[date, date] | None]:
        """The lines that the answers bring, and the dates their evenings depend on."""
        path, rules = moment.path, self.content.rules
        key = (path.place, path.open is None)
        lines = self._lines.get(key) if path.place else None
        if lines is None:
            lines = self._lines.keep(key, routine.brought(self.content.steps, path, rules))
        zone = moment.chat.zone or self._zone
        return lines, routine.dates(lines, path, moment.run, moment.now, zone)

    def _plan(self, moment: Moment) -> Reply:
        """The routine when everything has been asked."""
        key = (moment.path.place, self._brought(moment)[1])
        sheet = self._sheets.get(key)
        if sheet is None or moment.path.place is None:
            plan = replace(self.say.routine(self.built(moment), moment.run), ends=True)
            sheet = self._sheets.keep(key, Sheet.of(plan, moment.run.id))
        return sheet.printed(moment.run.id, None)

    def onward(self, moment: Moment, lead: tuple[Part, ...] = ()) -> tuple[Reply, ...]:
        """The open question, or the routine when everything has been asked."""
        if moment.path.open is not None:
            if moment.path.open.name in moment.path.expired:
                lead = (*lead, self.say.part("recheck"))
            elif not lead and self.away(moment.chat, moment.now):
                lead = (self.say.part("resume"),)
            return (self.card(moment, lead),)
        card = self._plan(moment)
        return (Reply(lead, moment.rows, on=moment.on), card) if lead else (card,)

    def again(self, moment: Moment | None) -> tuple[Reply, ...]:
        """After something on the side: the open question below it, if one is open."""
        if moment is None:
            return (self.say.message("welcome"),)
        if moment.chat.quiet or moment.path.open is None:
            return ()
        if self.away(moment.chat, moment.now) and moment.run.answers:
            return (self.choice(moment),)
        return self.onward(replace(moment, on=None))

    def away(self, chat: Chat, now: datetime) -> bool:
        """Whether somebody is back after long, and has not been told yet where we were."""
        if chat.run is None:
            return False
        last = chat.run.last_at
        return now - max(last, chat.welcomed_back or last) > AWAY

    def shown(self, chat: Chat, turn: Turn, now: datetime) -> Turn:
        """The turn, its chat knowing what stands on the screen and that it was welcomed back."""
        if turn.chat is None:
            return turn
        asked = turn.chat.asked
        told = shown = changed = False
        for reply in turn.replies:
            if reply.card or reply.ends:
                asked, shown = reply.card.question if reply.card else "", True
            elif reply.changes or (asked or "").endswith(CHANGES):
                asked, changed = reply.changes and reply.changes + CHANGES, True
            told = told or shown or not WELCOMES.isdisjoint(reply.pages)
        noted: dict[str, object] = {"asked": asked} if shown or changed else {}
        if told and self.away(chat, now) and self.away(turn.chat, now):
            noted["welcomed_back"] = now
        return Turn(turn.chat.model_copy(update=noted), turn.replies, turn.toast) if noted else turn

    def stands(self, moment: Moment) -> bool:
        """Whether the open question is the one on the screen, so that typed words answer it."""
        if moment.path.open is None:
            return False
        if moment.chat.asked is None:
            return moment.path.open.name not in moment.path.expired
        return moment.chat.asked.partition("=")[0] == moment.path.open.name

    def changes(self, moment: Moment) -> Question | None:
        """The answered question whose change card is the last thing on the screen."""
        name = (moment.chat.asked or "").removesuffix(CHANGES)
        answered = name in moment.path.answers and name not in moment.path.expired
        return self.flow.questions[name] if answered and name != moment.chat.asked else None

    def choice(self, moment: Moment) -> Reply:
        """Where we were, and how to go on from there.

        The button to start over carries how many answers there are: pressed when there are others,
        it asks again instead of deleting them.
        """
        page = "returning" if moment.path.open else "returning-done"
        known = Press(moment.run.id, times=len(moment.path.answers), option="start-over", mark="@")
        old = action("start-over", moment.run.id).data
        said = self.say.message(page, moment.run)
        rows = tuple(
            tuple(replace(b, data=known.data) if b.data == old else b for b in row)
            for row in said.rows
        )
        return replace(said, rows=rows)

    def aside(self, chat: Chat, moment: Moment | None, page: str) -> Turn:
        """A short word on top of the open question, or by itself."""
        if moment is None:
            return Turn(chat, (Reply((self.say.part(page),)), *self.again(None)))
        if moment.chat.quiet:
            return Turn(chat, (self.say.message("here"),))
        if moment.path.open is None:
            back = (self.choice(moment),) if self.away(moment.chat, moment.now) else ()
            return Turn(chat, (self.say.message(page, moment.run), *back))
        if self.away(moment.chat, moment.now):
            return Turn(chat, (Reply((self.say.part(page),)), *self.again(moment)))
        return Turn(chat, (self.card(replace(moment, on=None), (self.say.part(page),)),))

    def missed(self, chat: Chat, moment: Moment | None) -> Turn:
        """Not understood: nothing is stored but the miss, and the question stands again."""
        if moment is None:
            return Turn(chat, (Reply((self.say.part("consent-first"),)), *self.again(None)))
        if chat.quiet:
            return self.aside(chat, moment, "here")
        if self.away(moment.chat, moment.now) and moment.run.answers:
            return Turn(chat, (self.choice(moment),))
        chat = chat.model_copy(update={"misses": chat.misses + 1})
        moment = replace(moment, chat=chat)
        if moment.path.open is None:
            return self.aside(chat, moment, "nothing-open")
        lead, rows = self._hints.after(chat.misses, moment.path.open, moment.run)
        return Turn(chat, (self.card(replace(moment, on=None, rows=rows), lead),))

    def stale(self, chat: Chat, moment: Moment | None) -> Turn:
        """A button of an older question or run: a toast, and the open question again."""
        return Turn(chat, self.again(moment), toast=self.say.part("stale"))

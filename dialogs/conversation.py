"""One turn of talk: what is said to a chat after an event, and the chat as it then is."""

from dataclasses import replace
from datetime import datetime

from dialogs import recording, sets
from dialogs.answering import Answering, Moment
from dialogs.buttons import Press, parse
from dialogs.changing import Changing
from dialogs.chat import Chat
from dialogs.commanding import Commanding
from dialogs.content import Content
from dialogs.offering import Offering
from dialogs.pages import Question
from dialogs.plain import Plain
from dialogs.speaking import Operator
from dialogs.turns import CalledInGroup, Event, Hurried, Reply, Sent, Tapped, Turn, Typed
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
    Done,
    MaybeDanger,
    Meaning,
    Understanding,
    Unsure,
)


class Conversation:
    """Takes turns. It keeps nothing itself: the same chat, event and time give the same turn."""

    def __init__(self, content: Content, operator: Operator, zone: str = "UTC") -> None:
        self._talk = Answering(content, operator, zone)
        self._changing = Changing(self._talk)
        self._commanding = Commanding(self._talk, self._changing)
        self._understanding = Understanding(content)
        self._plain = Plain(self._talk)
        self._offering = Offering(self._talk)

    def train(self) -> None:
        """Learn from the examples now, so that no message has to wait for it."""
        self._understanding.train()

    def turn(self, chat: Chat | None, event: Event, now: datetime) -> Turn:
        """Answer one event. The chat handed in is never changed; None is a chat never seen."""
        if isinstance(event, CalledInGroup):
            return Turn(None, (self._talk.say.message("group", link=event.link),))
        chat = chat or Chat()
        if isinstance(event, Hurried):
            return Turn(chat, (self._talk.say.message("too-fast"),))
        if isinstance(event, Tapped) and (turn := self._plain.tapped(chat, event, now)):
            return turn
        return self.pondered(chat, event, now)

    def pondered(self, chat: Chat, event: Typed | Tapped | Sent, now: datetime) -> Turn:
        """The same the long way, which is the one definition of a turn."""
        return self._talk.shown(chat, self._taken(chat, event, now), now)

    def alarming(self, text: str) -> bool:
        """Whether there is danger in a text, so that it is answered whatever else comes."""
        return self._understanding.read_danger(text) is not None

    def asked_again(self, chat: Chat, now: datetime) -> tuple[Reply, ...]:
        """The open question once more, for somebody mid-talk whom we could not hear for a while."""
        moment = self._talk.moment(chat, now)
        if moment is None or chat.quiet or moment.path.open is None:
            return ()
        return (self._talk.card(moment, (self._talk.say.part("asked-again"),)),)

    def damaged(self) -> Reply:
        """What is said when a stored chat could not be read and the talk begins anew."""
        return self._talk.say.message("damaged")

    def apology(self, chat: Chat | None, now: datetime) -> tuple[Reply, ...]:
        """What is said when a turn failed on our side: sorry, and the open question again."""
        moment = self._talk.moment(chat, now) if chat else None
        lead = self._talk.say.part("apology")
        if moment is None or moment.path.open is None:
            return (Reply((lead,)),)
        return (self._talk.card(moment, (lead,)),)

    # --- what came in ---

    def _taken(self, chat: Chat, event: Typed | Tapped | Sent, now: datetime) -> Turn:
        if isinstance(event, Tapped):
            turn = self._tapped(chat, event, now)
            return self._brought_down(turn, now) if event.below and not turn.replies else turn
        if isinstance(event, Sent):
            return self._sent(chat, event, now)
        return self._edited(chat, event, now) if event.edited else self._typed(chat, event, now)

    def _typed(self, chat: Chat, event: Typed, now: datetime) -> Turn:
        moment = self._talk.moment(chat, now, message_id=event.message_id)
        if moment is None and self._understanding.agrees(event.text):
            return self._commanding.consent(chat, now)
        if moment and (agreed := self._offering.agreed(moment, event.text)):
            return self._agreed(moment, *agreed)
        if moment and (declined := self._declined(moment, event.text)):
            return declined
        question = self._asked(moment) if moment else None
        hidden = self._offering.hidden(moment) if moment else None
        meaning = self._understanding.read(
            event.text, question or hidden, self._earlier(moment, question or hidden)
        )
        turn = self._aside(chat, moment, meaning, event)
        if turn is None and moment and hidden and isinstance(meaning, Choice | Confirm):
            turn = self._offering.confirm(moment, hidden, meaning.options)
        if turn is None and moment:
            turn = self._answered(moment, question, meaning)
        if turn is None and isinstance(meaning, Unsure) and not self._passed(moment, event):
            turn = self._offering.unsure(chat, moment, question or hidden, meaning.alternatives)
            if moment is None:
                waits = Reply((self._talk.say.part("consent-first"),))
                turn = replace(turn, replies=(*turn.replies, waits))
        return turn or self._missed(chat, moment, event.text)

    def _declined(self, moment: Moment, text: str) -> Turn | None:
        """A typed no to what was to be confirmed: never an answer to the question above it."""
        question = self._offering.declined(moment, text)
        if question is None:
            return None
        if question is moment.path.open:
            return Turn(moment.chat, self._talk.onward(moment))
        return self._talk.aside(moment.chat, moment, "kept")

    def _earlier(
        self, moment: Moment | None, question: Question | None
    ) -> dict[str, tuple[str, ...]]:
        """The answers that words may put right: none while another question must come first."""
        if moment is None or (question is None and moment.path.open is not None):
            return {}
        told = moment.path.answers
        return {name: told[name].options for name in sorted(told.keys() - moment.path.expired)}

    def _aside(
        self, chat: Chat, moment: Moment | None, meaning: Meaning, event: Typed
    ) -> Turn | None:
        """What is said whatever is open: danger, a command, a side question."""
        match meaning:
            case Danger(page):
                return self._alarmed(chat, moment, page, event)
            case MaybeDanger(pages, topic=topic):
                fit = dict.fromkeys(self._fit(moment, page) for page in pages)
                return self._offering.danger(chat, tuple(fit), topic)
            case Command(name, known):
                if known:
                    return self._commanding.command(chat, moment, name)
                return self._talk.aside(chat, moment, "unknown-command")
            case About(topic):
                return self._told(chat, moment, topic)
        return None

    def _told(self, chat: Chat, moment: Moment | None, topic: str) -> Turn:
        """A topic or small talk, and below it the open question."""
        if self._small(chat, moment, topic):
            return self._talk.missed(chat, moment) if moment else Turn(chat, self._talk.again(None))
        return Turn(chat, (self._talk.say.told(topic), *self._talk.again(moment)))

    def _small(self, chat: Chat, moment: Moment | None, topic: str) -> bool:
        """Whether a bit of small talk gets no more than the way on: before it begins, or quiet."""
        if topic in self._talk.content.topics:
            return False
        return chat.quiet or (moment is None and topic == "greeting")

    def _answered(self, moment: Moment, question: Question | None, meaning: Meaning) -> Turn | None:
        """What answers the question on the screen, or puts an earlier answer right."""
        match meaning:
            case Done() | Choice() as said if question:
                return self._chosen(moment, question, said)
            case Confirm(options) if question and question is moment.path.open:
                return self._offering.confirm(moment, question, options)
            case Confirm(options) if question:
                return self._corrected(moment, question, options, said=False)
            case Correction(name, options, said):
                return self._corrected(moment, self._talk.flow.questions[name], options, said=said)
        return None

    def _agreed(self, moment: Moment, question: Question, options: tuple[str, ...]) -> Turn:
        """A typed yes to options that were to be confirmed, now or for an earlier answer."""
        if question is moment.path.open:
            return self._chosen(moment, question, Choice(options))
        if question.name not in moment.path.answers or question.name in moment.path.expired:
            return self._talk.missed(moment.chat, moment)
        return self._changing.said(moment, question, options)

    def _corrected(
        self, moment: Moment, question: Question, options: tuple[str, ...], *, said: bool
    ) -> Turn:
        """An earlier answer put right: at once if that was said plainly, else after a yes.

        Words that would take other answers with them are never plain enough.
        """
        same = options == moment.path.answers[question.name].options
        if same or (said and not self._changing.drops(moment, question, options)):
            return self._changing.said(moment, question, options)
        return self._offering.correct(moment, question, options)

    def _asked(self, moment: Moment) -> Question | None:
        """The question that typed words answer: the one lowest on the screen."""
        if self._talk.stands(moment):
            return moment.path.open
        return self._talk.changes(moment)

    def _missed(self, chat: Chat, moment: Moment | None, text: str) -> Turn:
        if moment and not self._talk.stands(moment) and self._for_another(moment, text):
            return Turn(chat, self._talk.onward(moment))
        return self._talk.missed(chat, moment)

    def _passed(self, moment: Moment | None, typed: Typed) -> bool:
        """Whether words come after a long silence, or answer a card that is not open any more."""
        if moment is None:
            return False
        away = self._talk.away(moment.chat, moment.now)
        return away or (not self._talk.stands(moment) and self._for_another(moment, typed.text))

    def _for_another(self, moment: Moment, text: str) -> bool:
        """Whether words answer the card on the screen, while another question has to come first."""
        asked = self._talk.flow.questions.get(moment.chat.asked or "")
        questions = [question for question in (asked, moment.path.open) if question]
        return moment.path.open is not None and any(
            self._understanding.option(text, question) for question in questions
        )

    def _alarmed(
        self, chat: Chat, moment: Moment | None, page: str, typed: Typed | None = None
    ) -> Turn:
        """Danger words: the safety card first; safety answers given before do not hold any more.

        Words that are also just an option of the open question answer it. A card without a way
        on (a crisis) is followed by no question until the person comes back to the subject.
        """
        card = self._talk.say.message(self._fit(moment, page), chat.run)
        if moment is None:
            return Turn(chat, (card,))
        question = moment.path.open
        option = question and typed and self._understanding.exactly(typed.text, question)
        if question and option and not question.several and card.rows:
            turn = self._talk.answered(moment, question, (option,), moment.path.times)
            return replace(turn, replies=(card, *turn.replies))
        if not card.rows:
            return Turn(chat.model_copy(update={"quiet": True}), (card,))
        doubted = moment.run.model_copy(update={"doubted": moment.now})
        return Turn(chat.model_copy(update={"runs": (*chat.runs[:-1], doubted)}), (card,))

    def _fit(self, moment: Moment | None, page: str) -> str:
        """The message of a danger that fits whom the talk is about."""
        given = moment.path.answers if moment else {}
        for name, pages in self._talk.content.messages[page].instead.items():
            for option in given[name].options if name in given else ():
                page = pages.get(option, page)
        return page

    def _chosen(self, moment: Moment, question: Question, said: Choice | Done) -> Turn:
        """Something typed: an answer, or ticks where more may follow, or the end of them."""
        if question is not moment.path.open:
            return self._changing.typed(
                moment, question, said.options if isinstance(said, Choice) else ()
            )
        if isinstance(said, Done):
            turn = self._talk.ticked(moment, question, Press("", mark="="))
            return turn if turn.replies else self._talk.aside(moment.chat, moment, "none-ticked")
        options = said.options
        noted = self._talk.say.part("noted", echo=self._talk.say.echo(question, options))
        if question.several and not set(options) <= set(question.alone):
            return self._talk.tick_all(moment, question, options, (noted,))
        moment = replace(moment, rows=self._changing.undo_of(moment, question, options))
        return self._talk.answered(moment, question, options, moment.path.times, (noted,))

    def _edited(self, chat: Chat, event: Typed, now: datetime) -> Turn:
        """An edit corrects the answer its message gave; any other edit changes nothing."""
        if danger := self._understanding.read_danger(event.text):
            return self._alarmed(chat, self._talk.moment(chat, now), danger)
        moment = self._talk.moment(chat, now, message_id=event.message_id)
        name = recording.given_by(moment.path, event.message_id) if moment else None
        if moment is None or name is None:
            return self._talk.aside(chat, moment, "edit-unused")
        question = self._talk.flow.questions[name]
        option = self._understanding.option(event.text, question)
        if option is None or question.several or name in moment.path.expired:
            return self._talk.aside(chat, moment, "edit-unused")
        if (option,) == moment.path.answers[name].options:
            return self._talk.aside(chat, moment, "kept")
        return replace(self._changing.changed(moment, question, (option,)), toast=None)

    def _sent(self, chat: Chat, event: Sent, now: datetime) -> Turn:
        if danger := self._understanding.read_danger(event.caption):
            return self._alarmed(chat, self._talk.moment(chat, now), danger)
        page = "photo" if event.what == "photo" else "not-text"
        return self._talk.aside(chat, self._talk.moment(chat, now), page)

    def _tapped(self, chat: Chat, event: Tapped, now: datetime) -> Turn:
        press = parse(event.data)
        # Nobody knows what stands below a card that was sent unrecorded: no reply hides above that.
        place = None if event.below else event.message_id
        moment = self._talk.moment(chat, now, on=place)
        if press is None:
            return self._talk.stale(chat, moment)
        if press.mark == "@" and press.option in self._understanding.dangers:
            return self._alarmed(chat, self._talk.moment(chat, now), press.option)
        if press.mark == "@":
            return self._commanding.act(chat, moment, press, now)
        question = self._talk.flow.questions.get(press.question)
        if moment is None or question is None or press.run != moment.run.id:
            return self._talk.stale(chat, moment)
        return self._pressed(moment, question, press)

    def _brought_down(self, turn: Turn, now: datetime) -> Turn:
        """The open question under a card that hides it: a copy whose arrival nobody knew of."""
        moment = self._talk.moment(turn.chat, now) if turn.chat else None
        return replace(turn, replies=self._talk.again(moment)) if moment else turn

    def _pressed(self, moment: Moment, question: Question, press: Press) -> Turn:
        """A tap of this run: on the open question, on an answered one, or on one long closed."""
        path = moment.path
        if path.open is question and press.times == path.times:
            chosen = question.knows((press.option,))
            if question.several and (press.mark == "=" or (chosen and press.mark in ("+", "-"))):
                return self._talk.ticked(moment, question, press)
            if (
                question.several
                and press.mark == "!"
                and (all_ := sets.options(question, press.option))
            ):
                return self._talk.tick_all(moment, question, all_, ())
            if chosen and not question.several and press.mark == "":
                options = (press.option,)
                toast = self._talk.toast(question, options)
                return self._talk.answered(moment, question, options, press.times, toast=toast)
        changed = self._changing.pressed(moment, question, press)
        return changed or self._talk.stale(moment.chat, moment)

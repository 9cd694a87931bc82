"""A phone in memory: a person's updates go in raw, and what they see of the chat stands on it."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conftest import NOW, OPERATOR

from bot.handlers import Reader
from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.rendering import Renderer
from bot.talking import Talk
from dialogs.buttons import Press, parse
from dialogs.chat import Answer, Chat, load
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.pages import Question
from dialogs.turns import Event, Part, Sent, Typed


class House:
    """Everything between raw updates and messages, for one content; shared by many phones."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.conversation = Conversation(content, OPERATOR)
        self.renderer = Renderer(content)
        self.reader = Reader("milia_bot", content.commands)
        self.questions = content.flows["intake"]

    def toast(self, page: str) -> str:
        """What a toast page says, without its slots."""
        text = self.content.messages[page].text.partition("{")[0]
        return self.renderer.plain(Part(page, text)).strip()


@dataclass(frozen=True, slots=True)
class Came:
    """What one update came to: how it was read, the messages it brought, and a tap's toast."""

    incoming: Incoming
    messages: tuple[Outgoing, ...] = ()
    toast: str = ""

    @property
    def pages(self) -> list[tuple[str, ...]]:
        return [message.pages for message in self.messages]


@dataclass
class Phone:
    """One chat. It is saved and read back between two turns, and nothing unconsented is kept."""

    house: House
    person: int = 7
    now: datetime = NOW
    stored: str | None = None
    screen: dict[int, Outgoing] = field(default_factory=dict)
    newest: int = 0
    last_text: int = 0
    _updates: int = 0

    # --- what the person does ---

    def say(self, text: str) -> Came:
        self.last_text = self.newest + 1
        return self.message(text=text)

    def edit(self, text: str, message_id: int | None = None, field_name: str = "text") -> Came:
        body = self._body(message_id or self.last_text, {field_name: text})
        return self.receive({"edited_message": body})

    def message(self, **content: Any) -> Came:
        return self.receive({"message": self._body(self.newest + 1, content)})

    def tap(self, data: str, message_id: int | None = None, person: int | None = None) -> Came:
        """Press a button, wherever it hangs now; `person`: somebody else presses it."""
        found = message_id or next((n for n, d in reversed(self.shown()) if d == data), self.newest)
        chat = {"id": self.person, "type": "private"}
        query = {
            "id": "99",
            "from": {"id": person or self.person},
            "message": {"message_id": found, "chat": chat, "date": 1},
            "data": data,
        }
        return self.receive({"callback_query": query})

    def wait(self, **by: float) -> None:
        self.now += timedelta(**by)

    # --- what the person sees ---

    def shown(self) -> list[tuple[int, str]]:
        """All buttons on the screen, oldest message first."""
        return [
            (number, button["callback_data"])
            for number, message in self.screen.items()
            for row in message.keyboard
            for button in row
        ]

    def keyboard(self) -> list[str]:
        """The data of the newest keyboard's buttons."""
        for message in reversed(self.screen.values()):
            if message.keyboard:
                return [button["callback_data"] for row in message.keyboard for button in row]
        return []

    def presses(self) -> Iterator[tuple[str, Press]]:
        """The newest keyboard's buttons with their meaning."""
        for data in self.keyboard():
            if press := parse(data):
                yield data, press

    def find(self, option: str, question: str | None = None) -> str:
        """The data of the newest button for an option or action."""
        for _, data in reversed(self.shown()):
            press = parse(data)
            if press and option == _named(press) and question in (None, press.question):
                return data
        raise AssertionError(f"no button {question}: {option} on the screen")

    def choose(self, option: str, question: str | None = None) -> Came:
        return self.tap(self.find(option, question))

    # --- where the talk is ---

    @property
    def chat(self) -> Chat | None:
        return load(self.stored) if self.stored else None

    def given(self) -> dict[str, Answer]:
        """The stored answers of the present run."""
        chat = self.chat
        return dict(chat.run.answers) if chat and chat.run else {}

    def answers(self) -> dict[str, tuple[str, ...]]:
        return {name: answer.options for name, answer in self.given().items()}

    @property
    def asked(self) -> Question | None:
        """The question of the newest keyboard, if it shows one."""
        names = (press.question for _, press in self.presses() if press.question)
        return self.house.questions.get(next(names, ""))

    def fork(self) -> "Phone":
        """The same chat as it stands, to try something without doing it."""
        twin = copy(self)
        twin.screen = dict(self.screen)
        return twin

    # --- between the two ---

    def receive(self, raw: dict[str, Any]) -> Came:
        """Take one raw update, as it comes from Telegram."""
        self._updates += 1
        self.wait(seconds=1)
        incoming = self.house.reader.read_one({"update_id": self._updates, **raw})
        if "message" in raw:
            self.newest += 1
        if incoming.event is None:
            return Came(incoming, toast="foreign" if incoming.foreign else "")
        return self.take(incoming.event, incoming)

    def take(self, event: Event, incoming: Incoming | None = None) -> Came:
        """Take the turn of an event, store the chat, and show what came back."""
        talk = Talk(self.house.conversation, self.house.renderer, lambda: self.now)
        outcome = talk.turn(self.chat, event, damaged=False)
        kept = outcome.chat is not None and outcome.chat.consent is not None
        self.stored = outcome.chat.model_dump_json() if outcome.chat and kept else None
        if isinstance(event, Typed | Sent):
            self.newest = max(self.newest, event.message_id)
        for message in outcome.outgoing:
            self._show(message)
        return Came(incoming or Incoming(0), outcome.outgoing, outcome.toast)

    def _show(self, message: Outgoing) -> None:
        """A card takes the place of its message while nothing stands below it."""
        if not (message.card and message.card.on and message.card.on == self.newest):
            self.newest += 1
        self.screen[self.newest] = message

    def _body(self, message_id: int, content: dict[str, Any]) -> dict[str, Any]:
        chat = {"id": self.person, "type": "private", "first_name": "Ann"}
        return {"message_id": message_id, "date": 1, "chat": chat, **content}


def begun(house: House, person: int = 7) -> Phone:
    """A phone whose owner has just agreed to begin."""
    phone = Phone(house, person)
    phone.say("/start")
    phone.choose("consent")
    return phone


def answer(phone: Phone, question: str, options: tuple[str, ...]) -> Came:
    """Answer the open question by its buttons, ticks and all."""
    if not phone.house.questions[question].several:
        return phone.choose(options[0], question)
    for option in options:
        phone.choose(option, question)
    return phone.choose("done", question)


def walked(house: House, answers: dict[str, tuple[str, ...]], person: int = 7) -> Phone:
    """A phone whose owner has answered these questions, in the order they were asked."""
    phone = begun(house, person)
    for question, options in answers.items():
        answer(phone, question, options)
    return phone


def a_way_on(phone: Phone) -> bool:
    """Whether the newest keyboard still leads somewhere, at once or by the one shown instead.

    Without a keyboard (after a crisis, or when all is deleted) the words named there must lead
    back to one.
    """
    if not phone.keyboard():
        phone = phone.fork()
        phone.say("/routine" if phone.stored else "/start")
    instead = leads(phone)
    return instead is None or leads(instead) is None


def leads(phone: Phone) -> Phone | None:
    """Look for a button of the newest keyboard that comes to something: then None.

    Otherwise what the phone shows after all that only said they are old.
    """
    twin = phone.fork()
    for data in phone.keyboard():
        twin = phone.fork()
        came = twin.tap(data)
        stale = came.toast == phone.house.toast("stale")
        if stale:
            return twin
        if came.messages or came.toast or twin.stored != phone.stored:
            return None
    return twin


def _named(press: Press) -> str:
    if press.mark == "=":
        return "done"
    return "confirm" if press.mark == "!" else press.option

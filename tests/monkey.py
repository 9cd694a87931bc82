"""Somebody who taps, types, edits and sends at random, and tells what each event may change."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ledger import NOTHING, Ledger, Meanings, Said
from phone import Came, House, Phone, a_way_on

from bot.handlers import MEDIA
from bot.rendering import TOAST_LIMIT
from bot.styling import TEXT_LIMIT
from dialogs.buttons import parse
from dialogs.content import Content

BUTTON_LIMIT = 64
SCROLLED = 25
"""Messages of the bot that people scroll back to."""
BACK = ("back", "undo")
RUBBISH = (
    "qwxz vfgh",
    "",
    "\u200b",
    "????",
    "1",
    "x" * 4096,
    "/weather",
    "\N{SLIGHTLY SMILING FACE}",
)
DANGER = ("my eye hurts", "i cannot breathe", "my baby has a fever", "i want to kill myself")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be said, from the content as it is."""

    content: Content
    meanings: Meanings
    commands: tuple[str, ...]
    back: Mapping[str, frozenset[str]]
    topics: tuple[str, ...]

    @classmethod
    def of(cls, content: Content) -> "Vocabulary":
        commands = [w for n, c in content.commands.items() for w in (f"/{n}", *c.hear)]
        back = {n: frozenset((f"/{n}", *content.commands[n].hear)) for n in BACK}
        topics = [text for texts in content.heard_topics.values() for text in texts]
        return cls(content, Meanings(content), tuple(commands), back, tuple(topics))


@dataclass
class Monkey:
    """One chat, its ledger, and the last things that happened in it."""

    house: House
    words: Vocabulary
    chance: random.Random
    person: int
    phone: Phone = field(init=False)
    ledger: Ledger = field(init=False)
    log: list[str] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    several: int = 0
    back: bool = False
    asked_anew: bool = False

    def __post_init__(self) -> None:
        self.phone = Phone(self.house, self.person)
        self.ledger = Ledger(self.house.questions, self.words.meanings)

    def act(self) -> list[str]:
        """Do something; gives what went wrong."""
        acts: list[tuple[int, Callable[[], tuple[Came, Said]]]] = [
            (40, self.fresh),
            (14, self.old),
            (6, self.twice),
            (6, self.forged),
            (3, self.foreign),
            (14, self.answer),
            (4, self.topic),
            (4, self.rubbish),
            (9, self.edit),
            (10, self.command),
            (5, self.media),
            (1, self.danger),
        ]
        (act,) = self.chance.choices([a for _, a in acts], [weight for weight, _ in acts])
        self.kinds[act.__name__] = self.kinds.get(act.__name__, 0) + 1
        self.pass_time()
        self.back = self.asked_anew = False
        came, meant = act()
        return self.judge(came, meant)

    def pass_time(self) -> None:
        unit = self.chance.choices(["seconds", "minutes", "hours", "days"], [80, 10, 6, 4])[0]
        self.phone.wait(**{unit: self.chance.uniform(0, 40)})

    # --- events, each with the answers it may bring ---

    def tap(self, data: str, message_id: int | None = None) -> tuple[Came, Said]:
        self.note(f"tap {data}")
        self.back = self.ledger.takes_back(data)
        self.asked_anew = data.endswith(("@back", "@do-back"))
        meant = self.ledger.tap(data)
        return self.phone.tap(data, message_id), meant

    def fresh(self) -> tuple[Came, Said]:
        buttons = self.phone.keyboard()
        return self.tap(self.chance.choice(buttons)) if buttons else self.command()

    def old(self) -> tuple[Came, Said]:
        buttons = self.phone.shown()
        if not buttons:
            return self.command()
        number, data = self.chance.choice(buttons)
        return self.tap(data, number)

    def twice(self) -> tuple[Came, Said]:
        """Both taps are on their way before the first is answered."""
        buttons = self.phone.keyboard()
        if not buttons:
            return self.command()
        data = self.chance.choice(buttons)
        faults = self.judge(*self.tap(data))
        assert not faults, faults
        return self.tap(data)

    def forged(self) -> tuple[Came, Said]:
        """A run, question, option or asking that was never on a button of this chat."""
        parts = ["1", self.ledger.run or "zz", "", "1", ""]
        name = self.chance.choice(list(self.house.questions))
        parts[2], parts[4] = name, self.chance.choice(list(self.house.questions[name].options))
        place, text = self.chance.choice(
            [(0, "2"), (1, "zzzz"), (2, "nothing"), (3, "998"), (4, "nothing"), (4, "!" + parts[4])]
        )
        parts[place] = text
        data = ":".join(parts)
        return self.tap(data) if data not in self.ledger.live else self.rubbish()

    def foreign(self) -> tuple[Came, Said]:
        buttons = self.phone.keyboard()
        if not buttons:
            return self.media()
        self.note("tap by somebody else")
        return self.phone.tap(self.chance.choice(buttons), person=self.person + 1), NOTHING

    def answer(self) -> tuple[Came, Said]:
        """The label or an example of the open question's options, or of another's, or a slip."""
        names = list(self.house.questions)
        asked = self.phone.asked
        name = asked.name if asked and self.chance.random() < 0.8 else self.chance.choice(names)
        text = self.chance.choice(list(self.words.meanings.by_question[name]))
        return self.say(self.slipped(text) if self.chance.random() < 0.2 else text)

    def slipped(self, text: str) -> str:
        """Two neighbouring letters change places."""
        pairs = [n for n in range(len(text) - 1) if text[n : n + 2].isalpha()]
        place = self.chance.choice(pairs or [0])
        return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]

    def topic(self) -> tuple[Came, Said]:
        return self.say(self.chance.choice(self.words.topics))

    def rubbish(self) -> tuple[Came, Said]:
        return self.say(self.chance.choice(RUBBISH))

    def danger(self) -> tuple[Came, Said]:
        return self.say(self.chance.choice(DANGER))

    def command(self) -> tuple[Came, Said]:
        return self.say(self.chance.choice(self.words.commands))

    def say(self, text: str) -> tuple[Came, Said]:
        self.note(f"say {text[:60]!r}")
        self.back = any(text in words for words in self.words.back.values())
        self.asked_anew = text in self.words.back["back"]
        asked = self.open_question()
        confirming = "=" in ((self.phone.chat and self.phone.chat.asked) or "")
        came = self.phone.say(text)
        if confirming and (told := self.told(came, asked, confirmed=True)):
            return came, told
        if (
            (meant := self.meant(text, asked))
            or not came.messages
            or came.messages[0].kind != "safety"
        ):
            return came, meant or self.told(came, asked)
        # Danger is also an answer to a safety question, never towards the less safe side.
        for name in self.answered_now() & {r.question for r in self.words.content.rules.expiry}:
            old, new = self.ledger.answers.get(name, ()), self.phone.answers()[name]
            if not self.house.questions[name].less_safe(old, new):
                page = self.words.content.messages.get(came.pages[0][0])
                shown = page is not None and (page.answers.get(name),) == new
                return came, self.meant(text, name) or ({name: new} if shown else NOTHING)
        return came, NOTHING

    def told(self, came: Came, asked: str = "", *, confirmed: bool = False) -> Said:
        """What other words than the written examples changed.

        Only one answer, only with a word about it, and towards the less safe side only what is
        asked, or confirmed.
        """
        pages = {page for pages in came.pages for page in pages}
        if not {"noted", "changed"} & pages:
            return NOTHING
        # An answer that a change brings back keeps the time at which it was given.
        anew = self.phone.answers().get(asked, ()) != self.ledger.answers.get(asked, ())
        names = self.answered_now() | ({asked} if anew else set())
        if len(names) != 1:
            return NOTHING
        (name,) = names
        old, new = self.ledger.answers.get(name, ()), self.phone.answers()[name]
        unsafe = old and new and self.house.questions[name].less_safe(old, new)
        if unsafe and not confirmed and name != asked:
            return NOTHING
        self.ledger.typed[self.phone.last_text] = name
        return {name: new}

    def meant(self, text: str, name: str) -> Said:
        """What a typed text may have answered; the message is remembered as the one that did."""
        means = self.words.meanings.of(text, name)
        for option in means & set(self.ticks().get(name, ())):
            self.ledger.tick(name, "+", option)
        # An answer that a change brings back keeps the time at which it was given.
        stored = self.phone.answers().get(name, ())
        changed = self.ledger.answers.get(name, stored) != stored
        if not means or not stored or not (changed or name in self.answered_now()):
            return NOTHING
        self.ledger.typed[self.phone.last_text] = name
        # Of two options with one example, either may be meant.
        return {name: stored if set(stored) <= means else (min(means),)}

    def ticks(self) -> Mapping[str, tuple[str, ...]]:
        return self.phone.chat.ticks if self.phone.chat else {}

    def answered_now(self) -> set[str]:
        """The questions with an answer stored in this very turn."""
        return {name for name, given in self.phone.given().items() if given.at == self.phone.now}

    def open_question(self) -> str:
        """The question whose card stands lowest: words are heard as an answer to it."""
        for place, message in enumerate(reversed(self.phone.screen.values())):
            if message.card:
                return message.card.question
            if place == 0 and {"change-pick", "confirm-less-safe"} & set(message.pages):
                found = (parse(b["callback_data"]) for row in message.keyboard for b in row)
                return next(press.question for press in found if press and press.question)
        return ""

    def edit(self) -> tuple[Came, Said]:
        numbers = [*self.ledger.typed, self.phone.last_text, self.chance.randrange(1, 500)]
        number = self.chance.choice(numbers)
        name = self.ledger.typed.get(number, "")
        about = name or self.chance.choice(list(self.phone.answers()) or [*self.house.questions])
        text = self.chance.choice([*self.words.meanings.by_question[about], "qwxz"])
        self.note(f"edit {number} to {text!r}")
        came = self.phone.edit(text, number)
        means = self.words.meanings.of(text, name)
        new, old = self.phone.answers().get(name, ()), self.ledger.answers.get(name, ())
        if not means or not old or not new:
            return came, self.told(came)
        unsafe = self.house.questions[name].less_safe(old, new)
        return came, NOTHING if unsafe else {name: new if set(new) <= means else (min(means),)}

    def media(self) -> tuple[Came, Said]:
        what = self.chance.choice(MEDIA)
        self.note(f"send {what}")
        return self.phone.message(**{what: {}}), NOTHING

    # --- what must hold after each ---

    def note(self, text: str) -> None:
        self.log = [*self.log[-30:], f"{self.phone.now:%m-%d %H:%M:%S} {text}"]

    def judge(self, came: Came, meant: Said) -> list[str]:
        self.log[-1] += f" -> {came.toast!r} {came.pages} {self.phone.answers()}"
        back = self.back
        faults = self.turned_over(came) or self.ledger.faults(
            meant, self.phone.answers(), back=back
        )
        if unsaid := self.answered_now() - meant.keys():
            faults.append(f"{unsaid} answered without anybody saying so")
        self.answered += not faults and bool(self.answered_now())
        self.several += any(len(self.phone.answers()[name]) > 1 for name in self.answered_now())
        askings = {name: given.times for name, given in self.phone.given().items()}
        self.ledger.settle(self.phone.answers(), askings, anew=self.asked_anew)
        keyboards = [row for message in came.messages for row in message.keyboard]
        buttons = [button["callback_data"] for row in keyboards for button in row]
        self.ledger.shown([data for data in buttons if self.of_this_run(data)])
        for number in list(self.phone.screen)[:-SCROLLED]:
            del self.phone.screen[number]
        faults += [f"too long: {m.pages}" for m in came.messages if not fits(m.text)]
        faults += [f"a button of {d}" for d in self.phone.keyboard() if len(d) > BUTTON_LIMIT]
        if len(came.toast) > TOAST_LIMIT or not a_way_on(self.phone):
            faults.append("no way on" if len(came.toast) <= TOAST_LIMIT else "a long toast")
        return faults

    def turned_over(self, came: Came) -> list[str]:
        """A new run, or none any more, comes only of the buttons and words for that."""
        chat = self.phone.chat
        run = chat.run.id if chat and chat.run else ""
        if run == self.ledger.run:
            return []
        began = any(word in self.log[-1] for word in ("@consent", "@start-over", "@forget"))
        said = self.ledger.run == "" and " say " in self.log[-1]
        self.ledger.begin(run)
        return [] if began or said else [f"the run was lost by {came}"]

    def of_this_run(self, data: str) -> bool:
        return data.split(":")[1] == self.ledger.run


def fits(text: str) -> bool:
    return 0 < len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT

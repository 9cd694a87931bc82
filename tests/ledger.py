"""A plain account of what one chat's answers may be, kept beside the bot and without its code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA
from routes import asked_now

from dialogs import sets
from dialogs.content import Content
from dialogs.pages import Question

Said = Mapping[str, tuple[str, ...]]
NOTHING: Said = {}


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.casefold().replace("'", "")).split())


SMALL = frozenset(("a", "the", "i", "im", "my", "me", "it", "its", "is", "on", "in", "at", "of"))
"""Words that change no answer."""


class Meanings:
    """Which options of a question a text names, by its label or one of its examples."""

    def __init__(self, content: Content) -> None:
        self.by_question: dict[str, dict[str, str]] = {}
        for name, question in content.flows["intake"].items():
            texts = {plain(label): option for option, label in question.options.items()}
            for option, examples in content.heard_options.get(name, {}).items():
                for example in examples:
                    texts.setdefault(plain(example), option)
            self.by_question[name] = texts

    def of(self, text: str, question: str) -> set[str]:
        """The options meant: by the very text, with small words around it, or after a slip."""
        words, texts = plain(text), self.by_question.get(question, {})
        return {
            option
            for known, option in texts.items()
            if known == words or slip(known, words) or within(known, words)
        }


def within(known: str, words: str) -> bool:
    """Whether a text is an example with nothing but small words around it."""
    rest = f" {words} ".replace(f" {known} ", " ", 1).split()
    return len(rest) < len(words.split()) and SMALL.issuperset(rest)


def slip(one: str, other: str) -> bool:
    """Whether a text is another but for slips: one letter in ten put in, left out or swapped."""
    return OSA.distance(one, other) <= max(1, len(one) // 10)


def alone(question: Question) -> frozenset[str]:
    """The options that go with no other tick."""
    return frozenset(getattr(question, "alone", ()) or ("none",))


BACK = ("@back", "@do-back", "@do-undo")
"""Buttons that take something back."""


@dataclass
class Ledger:
    """What one chat has said in its present run, and what the bot has let it tap."""

    questions: Mapping[str, Question]
    meanings: Meanings
    answers: Said = field(default_factory=dict)
    run: str = ""
    ever: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    live: set[str] = field(default_factory=set)
    typed: dict[int, str] = field(default_factory=dict)
    ticks: dict[str, set[str]] = field(default_factory=dict)
    askings: dict[str, int] = field(default_factory=dict)

    def shown(self, buttons: list[str]) -> None:
        """Buttons came on the screen."""
        self.live.update(buttons)

    def begin(self, run: str) -> None:
        """Another run, or none: nothing said, and no old button counts."""
        self.run, self.answers, self.live = run, {}, set()
        self.ever, self.typed, self.ticks, self.askings = set(), {}, {}, {}

    def faults(self, meant: Said, after: Said, *, back: bool = False) -> list[str]:
        """What is wrong with the answers after an event that meant these and no others."""
        found = []
        for name, options in after.items():
            old = self.answers.get(name)
            if options == old:
                continue
            if name in meant:
                if options != meant[name]:
                    found.append(f"{name} became {options}, but {meant[name]} was meant")
            elif (name, options) not in self.ever or not (meant or back):
                found.append(f"{name} became {options} without anybody saying so")
        gone = [name for name in self.answers if name not in after]
        asked = asked_now(self.questions, {**self.answers, **after})
        lost = [name for name in gone if name in asked or not (meant or back)]
        if len(lost) > back:
            found.append(f"{lost} got lost")
        return found

    def settle(self, after: Said, askings: Mapping[str, int], *, anew: bool = False) -> None:
        """Take what is stored as what was said.

        What is asked `anew`, after a step back, is no longer answered by its old buttons.
        """
        self.askings = dict(askings)
        for name in self.answers.keys() - after.keys() if anew else ():
            self.live = {data for data in self.live if data.split(":")[2:3] != [name]}
        for name in {name for name, _ in after.items() ^ self.answers.items()}:
            self.ticks.pop(name, None)
        self.answers = dict(after)
        self.ever.update(after.items())

    def counts(self, data: str) -> bool:
        """Whether a button was shown; to forge a yes to one that was is to mean it."""
        card, forged, _ = data.partition(":!")
        asked = forged and any(known.startswith(f"{card}:") for known in self.live)
        return bool(asked) or data in self.live

    def tap(self, data: str) -> Said:
        """What a tap may change: nothing, unless its button was shown and still counts."""
        parts = data.split(":")
        if not self.counts(data) or parts[2] not in self.questions:
            return NOTHING
        name, mark = parts[2], re.sub("[a-z0-9].*", "", parts[4])
        option, question = parts[4].removeprefix(mark), self.questions[parts[2]]
        if question.several and mark in ("+", "-", "="):
            if name not in asked_now(self.questions, self.answers):
                return NOTHING
            return self.tick(name, mark, option)
        old, again = self.answers.get(name), int(parts[3]) > self.askings.get(name, 0)
        if mark == "?" and name in self.answers:
            self.ticks.pop(name, None)
        new = sets.options(question, option)
        if mark not in ("", "!", "~") or new is None or (question.several and not mark):
            return NOTHING
        if mark != "!" and old and not again and question.less_safe(old, new):
            return NOTHING
        return {name: new}

    def tick(self, name: str, mark: str, option: str) -> Said:
        """Set a tick (+) or take it off (-), or be done (=): then the ticks are the answer."""
        ticks = self.ticks.setdefault(name, set(self.answers.get(name, ())))
        if mark == "=":
            known = self.questions[name].options
            return {name: tuple(o for o in known if o in ticks)} if ticks else NOTHING
        if mark == "-":
            ticks.discard(option)
        elif option in alone(self.questions[name]):
            self.ticks[name] = {option}
        else:
            self.ticks[name] = ticks - alone(self.questions[name]) | {option}
        return NOTHING

    def takes_back(self, data: str) -> bool:
        """Whether a tap takes back or undoes what was said, rather than saying something."""
        parts = data.split(":")
        return data in self.live and (parts[4][:1] in ("<", "~") or parts[4] in BACK)

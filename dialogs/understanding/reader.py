"""What a typed message means here: danger, command, answer, topic, or not understood."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from dialogs.alarm import Alarm
from dialogs.content import Content
from dialogs.pages import Question
from dialogs.words import NEGATIONS, NUMBERS, normalise

CLOSE = 90
"""How alike (0-100) a typed answer and an example must be to count as that option."""

MARGIN = 6
"""How much less alike every other option must be; otherwise nothing is chosen."""

ABOUT = 74
"""How alike a question and an example must be to be answered with that topic."""

WITHIN = 8
"""Characters an example needs to count when it stands inside a longer question."""

ASKED = 300
"""Characters of the longest side question that is compared with the topics."""

ANSWERED = 100
"""Characters of the longest reply that is compared with the options."""

TELLING = 4
"""Letters an example needs to be found inside a reply: `no` stands in too many sentences."""

FILLERS = frozenset(
    (
        *("a", "an", "the", "i", "im", "ive", "my", "me", "we", "our", "it", "its", "is", "are"),
        *("they", "theyre", "them", "on", "in", "at", "for", "of", "to", "just", "mostly", "only"),
        *("well", "um", "so", "think", "really", "please", "mine", "have", "got", "some", "here"),
    )
)
"""Words that may stand around an answer without changing it. Any other word makes it a guess."""

_LISTED = re.compile(r"[,;+&/]")
_AND = re.compile(r" (?:and|plus|also|with|as well as) ")
"""What stands between several things that are named in one text."""

_ASKING = re.compile(
    r"^(what|whats|why|how|when|where|which|who|can|could|should|shall|will|would|is|are|do|does|am)\b"
)


@dataclass(frozen=True, slots=True)
class Danger:
    """Words that need a safety card before anything else; `page` is its message."""

    page: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command or its plain words; `known` is false for a slash command nobody defined."""

    name: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of the open question that were named; more than one only where all may be."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """A side question that a topic answers."""

    topic: str


@dataclass(frozen=True, slots=True)
class Done:
    """The word that all is ticked."""


Meaning = Danger | Command | Choice | Done | About | None


class Understanding:
    """Reads typed text against the content: same text, same question, same meaning."""

    def __init__(self, content: Content) -> None:
        self._alarm = Alarm(content)
        self._commands = {
            normalise(word): name
            for name, command in content.commands.items()
            for word in (name, *command.hear)
        }
        self._names = content.commands.keys()
        self._consents = {
            normalise(text)
            for text in (
                content.messages["welcome"].buttons.get("consent", ""),
                *content.heard_options.get("welcome", {}).get("consent", ()),
            )
        }
        done = content.messages["ticks-done"].buttons["done"]
        self._ends = {
            normalise(text)
            for text in (done, *content.heard_options.get("ticks-done", {}).get("done", ()))
        }
        self._topics = [
            (name, normalise(example))
            for name, topic in content.topics.items()
            for example in (topic.title, *content.heard_topics.get(name, ()))
        ]
        self._options = {
            name: _examples(question, content.heard_options.get(name, {}))
            for name, question in content.questions.items()
        }

    def read(self, text: str, question: Question | None) -> Meaning:
        """The meaning of a text while `question` (or none) is open; danger always comes first."""
        words = normalise(text)
        if danger := self.read_danger(text):
            return Danger(danger)
        if text.strip().startswith("/"):
            name = text.strip()[1:].split("@")[0].split(maxsplit=1)
            return Command(
                name[0].lower() if name else "", bool(name) and name[0].lower() in self._names
            )
        if command := self._commands.get(words):
            return Command(command)
        if question and question.several:
            if words in self._ends:
                return Done()
            words = normalise(_LISTED.sub(" and ", text))
        if question and (exact := self._options[question.name].get(words)):
            return Choice((exact,))
        readers = [self._choice, self._topic]
        if _is_asking(text, words):
            readers.reverse()
        return next((found for read in readers if (found := read(words, question))), None)

    def read_danger(self, text: str) -> str | None:
        """The message for the most serious danger words in a text as it was typed."""
        return self._alarm.heard(text)

    def agrees(self, text: str) -> bool:
        """Whether a text is just the consent that the welcome asks for."""
        return normalise(text) in self._consents

    def exactly(self, text: str, question: Question) -> str | None:
        """The option of this question whose label or example is just this text."""
        return self._options[question.name].get(normalise(text))

    def option(self, text: str, question: Question) -> str | None:
        """The option of this question that a text names, if it surely names one."""
        found = self._choice(normalise(text), question)
        return found.options[0] if found and len(found.options) == 1 else None

    def _choice(self, words: str, question: Question | None) -> Choice | None:
        if question is None or not words or len(words) > ANSWERED:
            return None
        examples = self._options[question.name]
        if one := _one(words, examples):
            return Choice((one,))
        named = [_one(part, examples) for part in _AND.split(words)] if question.several else []
        several = tuple(dict.fromkeys(option for option in named if option))
        return Choice(several) if several and all(named) else None

    def _topic(self, words: str, _: Question | None) -> About | None:
        if len(words) > ASKED:
            return None
        best, topic = 0.0, ""
        for name, example in self._topics:
            score = fuzz.token_sort_ratio(words, example)
            if len(example) > WITHIN and f" {example} " in f" {words} ":
                score = max(score, ABOUT + len(example) / len(words))
            if score > best:
                best, topic = score, name
        return About(topic) if best >= ABOUT else None


def _examples(question: Question, heard: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Normalised example -> option; labels first, so that an example never overrules one."""
    found: dict[str, str] = {}
    for option, label in question.options.items():
        found.setdefault(normalise(label), option)
    for option, examples in heard.items():
        for example in examples:
            found.setdefault(normalise(example), option)
    return found


def _one(words: str, examples: Mapping[str, str]) -> str | None:
    """The one option that a text names: exactly, between fillers, or but for a typing slip."""
    return examples.get(words) or _inside(words, examples) or _alike(words, examples)


def _is_asking(text: str, words: str) -> bool:
    return text.rstrip().endswith("?") or _ASKING.match(words) is not None


def _negations(words: str) -> frozenset[str]:
    return NEGATIONS & set(words.split())


def _numbers(words: str) -> list[str]:
    return [word for word in words.split() if word in NUMBERS or any(map(str.isdigit, word))]


def _inside(words: str, examples: Mapping[str, str]) -> str | None:
    """An example with nothing but fillers around it, when it is the only option named so."""
    telling = (e for e in examples if len(e) >= TELLING and e not in NEGATIONS)
    inside = [e for e in telling if f" {e} " in f" {words} " and _fills(words, e)]
    options = {examples[example] for example in inside}
    return options.pop() if len(options) == 1 else None


def _fills(words: str, example: str) -> bool:
    rest = f" {words} ".replace(f" {example} ", " ", 1).split()
    return FILLERS.issuperset(rest)


def _alike(words: str, examples: Mapping[str, str]) -> str | None:
    """The option whose example is nearly the same text (a typing slip), by a clear margin."""
    best: dict[str, float] = {}
    for example, option in examples.items():
        if _negations(words) == _negations(example) and _numbers(words) == _numbers(example):
            best[option] = max(best.get(option, 0.0), fuzz.ratio(words, example))
    ranked = sorted(best, key=lambda option: -best[option])
    if not ranked or best[ranked[0]] < CLOSE:
        return None
    if len(ranked) > 1 and best[ranked[0]] - best[ranked[1]] < MARGIN:
        return None
    return ranked[0]

"""What is learned from all example lines: which topic, which reply, and how dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding import examples
from dialogs.understanding.asking import Asking
from dialogs.understanding.classifier import Classifier, Line, classifier
from dialogs.understanding.clauses import parts
from dialogs.understanding.concepts import Concepts
from dialogs.understanding.keeping import Memory, fingerprint, kept, recalled
from dialogs.understanding.knowing import right_words
from dialogs.understanding.regression import Both, regression
from dialogs.understanding.sensing import Sensing, weights
from dialogs.understanding.spelling import Speller
from dialogs.understanding.stems import Grouping, vocabulary
from dialogs.understanding.tables import exact
from dialogs.understanding.worry import HARMLESS
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dialogs.content import Content
    from dialogs.understanding.concepts import Seen
    from dialogs.understanding.sensing import Weights


ELSE = "else"
"""The label of words that speak of no question."""

SMALL_TALK = ("nothing", "greeting", "thanks", "out-of-scope")
"""The subjects that speak of no question."""

SUBJECTS, DANGERS, QUESTIONS = "/subjects", "/dangers", "/questions"
"""The names of what is learned beside the options of each question."""

KINDS = "/kinds"
"""The name of what is learned of the kinds of text."""

SHARE, SHARES = 0.1, {SUBJECTS: 0.06, QUESTIONS: 0.06}
"""How much the likelihood by regression counts beside being alike: in general, and otherwise."""

SIGNS = "signs"
"""The name of the file that says which groups of words are signs of danger together."""

LONG, SOME = 12, 8
"""Of the lines that have nothing to do with danger, those of so many words are learned as harmless,
and of the shorter ones one in so many."""


class Learned:
    """What was learned, ready to be asked; and the speller that knows every word of it."""

    def __init__(self, content: Content, memory: Memory, concepts: Concepts) -> None:
        self.speller = Speller(content.lexicon, memory.words)
        self.asking = Asking(content.lexicon)
        self.grouping = Grouping(content.lexicon)
        self.subjects = _both(memory, SUBJECTS)
        self.questions = _both(memory, QUESTIONS)
        self.dangers = _both(memory, DANGERS)
        self.options = {name: _both(memory, name) for name in content.questions}
        self.kinds = memory.regressions[KINDS]
        self.sensing = Sensing(concepts, memory.weights)
        self.subject = memory.exact[SUBJECTS]
        self.replies = {name: memory.exact[name] for name in content.questions}


def _both(memory: Memory, name: str) -> Both:
    return Both(memory.classifiers[name], memory.regressions[name], SHARES.get(name, SHARE))


def learned(content: Content) -> Learned:
    """What was learned from the lines of the content: kept from before, or learned now."""
    memory = recalled(content.learned, fingerprint(content)) if content.learned else None
    learner = _Learner(content)
    return Learned(content, memory or learner.memory(), learner.concepts)


def to_keep(content: Content) -> bytes:
    """Learn from all lines of the content, as bytes to be kept beside it."""
    return kept(_Learner(content).memory(), fingerprint(content))


class _Learner:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._first = self._speller = Speller(content.lexicon, ())
        self._known: dict[str, str] = {}
        self._sights: dict[str, Seen] = {}
        self._grouping = Grouping(content.lexicon)
        self.concepts = self._groups()

    def _groups(self) -> Concepts:
        groups: dict[str, tuple[str, ...]] = {}
        signs: Mapping[str, tuple[str, ...]] = {}
        for name, lists in examples.of(self._content.examples, "concepts"):
            if name == SIGNS:
                signs = lists
            else:
                groups.update(lists)
        return Concepts(groups, signs, self._first.spelt)

    def memory(self) -> Memory:
        """Learn from all lines."""
        subjects, dangers = list(self._subjects()), list(self._dangers())
        replies = {q: list(self._replies(q)) for q in self._content.questions}
        own = [(q, text) for q, lines in replies.items() for _, text in lines]
        own += [(q, page.title) for q, page in self._content.questions.items()]
        own += [(ELSE, text) for name, text in subjects if name in SMALL_TALK or name[0] == "/"]
        lines = {SUBJECTS: subjects, DANGERS: dangers, QUESTIONS: own, **replies}
        words = self._words(text for of in lines.values() for _, text in of)
        self._speller = Speller(self._content.lexicon, words)
        found = {name: self._classifier(of) for name, of in lines.items() if name != DANGERS}
        found[DANGERS] = classifier(self._marked(label, text) for label, text in dangers)
        safe = [text for _, text in self._safe(subjects, replies)]
        texts = {SUBJECTS: subjects, **replies}
        whole = {
            name: exact({normalise(t): label for label, t in of}) for name, of in texts.items()
        }
        weighed = {name: regression(self._plain(of)) for name, of in lines.items()}
        weighed[KINDS] = regression(self._plain([*_kinds(subjects, replies)]))
        return Memory(words, found, weighed, self._weights(dangers, safe), whole)

    def _words(self, lines: Iterable[str]) -> tuple[str, ...]:
        """All words that are right as they are: those of the lines and of the pages."""
        pages = (*self._content.topics.values(), *self._content.questions.values())
        told = vocabulary(normalise(page.text) for page in pages)
        spelt = map(self._first.spelt, dict.fromkeys(lines))
        return tuple(sorted(right_words(spelt, self.concepts.vocabulary | told)))

    def _spelt(self, text: str) -> str:
        if text not in self._known:
            self._known[text] = self._speller.repaired(self._speller.spelt(text))
        return self._known[text]

    def _classifier(self, lines: list[tuple[str, str]]) -> Classifier:
        return classifier(self._line(label, text) for label, text in lines)

    def _plain(self, lines: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        return ((label, self._spelt(text)) for label, text in lines)

    def _marked(self, label: str, text: str) -> Line:
        """A line of danger or a near miss, with its groups beside its words."""
        return label, (*self._line(label, text)[1], *self._seen(text).marks)

    def _weights(self, dangers: list[tuple[str, str]], safe: list[str]) -> Weights:
        near = [text for page, text in dangers if page == HARMLESS]
        return weights(
            [self._seen(text) for page, text in dangers if page != HARMLESS],
            [self._seen(text) for text in (*near, *_telling(safe))],
        )

    def _seen(self, text: str) -> Seen:
        """What stands in a line."""
        if text not in self._sights:
            told = map(normalise, parts(self._speller.punctuated(text)))
            self._sights[text] = self.concepts.see(map(self._speller.repaired, told))
        return self._sights[text]

    def _line(self, label: str, text: str) -> Line:
        return label, self._grouping.words(self._spelt(text))

    def _subjects(self) -> Iterator[tuple[str, str]]:
        """Topics and small talk by name, and commands as `/name`."""
        given = self._content.examples
        for name, topic in self._content.topics.items():
            yield name, topic.title
        for folder, mark in (("topics", ""), ("talk", ""), ("commands", "/")):
            for name, lists in examples.of(given, folder):
                for text in lists.get("", ()):
                    yield mark + name, text
        for name, command in self._content.commands.items():
            for text in command.hear:
                yield f"/{name}", text

    def _replies(self, question: str) -> Iterator[tuple[str, str]]:
        page = self._content.questions[question]
        yield from page.options.items()
        for option, texts in self._content.heard_options.get(question, {}).items():
            for text in texts:
                yield option, text
        raw = self._content.examples.get(("replies", question))
        for option, texts in (raw.lists() if raw else {}).items():
            for text in texts if option in page.options else ():
                yield option, text

    def _dangers(self) -> Iterator[tuple[str, str]]:
        for name, lists in examples.of(self._content.examples, "signs"):
            for texts in lists.values():
                for text in texts:
                    yield name, text

    def _safe(
        self, subjects: list[tuple[str, str]], replies: dict[str, list[tuple[str, str]]]
    ) -> Iterator[tuple[str, str]]:
        """Lines that are no danger: side questions, and replies that no danger message answers."""
        for name, text in subjects:
            if name not in self._content.messages or not self._content.messages[name].level:
                yield HARMLESS, text
        grave = [m.answers for m in self._content.messages.values() if m.danger]
        for question, lines in replies.items():
            dangerous = {answers[question] for answers in grave if question in answers}
            for option, text in lines:
                if option not in dangerous:
                    yield HARMLESS, text


def _kinds(
    subjects: list[tuple[str, str]], replies: Mapping[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str]]:
    """All lines by their kind: a reply, a command, chat, or a side question."""
    for lines in replies.values():
        yield from (("reply", text) for _, text in lines)
    for name, text in subjects:
        chat = "chat" if name in SMALL_TALK else "topic"
        yield "command" if name[0] == "/" else chat, text


def _telling(safe: list[str]) -> list[str]:
    """The lines that are most easily taken for danger: the long ones, and some of the others."""
    long = [text for text in safe if text.count(" ") >= LONG - 1]
    return long + [text for text in safe if text.count(" ") < LONG - 1][::SOME]

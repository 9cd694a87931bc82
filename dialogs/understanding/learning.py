"""What is learned from all example lines: which topic, which reply, and how dangerous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding import examples
from dialogs.understanding.asking import Asking
from dialogs.understanding.classifier import Classifier, Line, classifier
from dialogs.understanding.clauses import parts
from dialogs.understanding.concepts import Concepts
from dialogs.understanding.sensing import Sensing
from dialogs.understanding.spelling import Speller
from dialogs.understanding.stems import Grouping, vocabulary
from dialogs.understanding.worry import HARMLESS
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialogs.content import Content
    from dialogs.understanding.concepts import Seen


ELSE = "else"
"""The label of words that speak of no question."""

SMALL_TALK = ("nothing", "greeting", "thanks", "out-of-scope")
"""The subjects that speak of no question."""

SIGNS = "signs"
"""The name of the file that says which groups of words are signs of danger together."""

LONG, SOME = 12, 12
"""Of the lines that have nothing to do with danger, those of so many words are learned as harmless,
and of the shorter ones one in so many."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The classifiers, and the speller that knows every word they were learned from."""

    speller: Speller
    asking: Asking
    grouping: Grouping
    subjects: Classifier
    options: dict[str, Classifier]
    questions: Classifier
    dangers: Classifier
    sensing: Sensing
    subject: dict[str, str]
    replies: dict[str, dict[str, str]]


def learn(content: Content) -> Learned:
    """Learn from all lines of the content. Takes a fraction of a second, and reads no file."""
    return _Learner(content).learned()


class _Learner:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._first = self._speller = Speller(content.lexicon, ())
        self._known: dict[str, str] = {}
        self._grouping = Grouping(content.lexicon)
        self._concepts = self._groups()

    def _groups(self) -> Concepts:
        groups: dict[str, tuple[str, ...]] = {}
        signs: Mapping[str, tuple[str, ...]] = {}
        for name, lists in examples.of(self._content.examples, "concepts"):
            if name == SIGNS:
                signs = lists
            else:
                groups.update(lists)
        return Concepts(groups, signs, self._first.spelt)

    def learned(self) -> Learned:
        subjects = list(self._subjects())
        replies = {q: list(self._replies(q)) for q in self._content.questions}
        dangers = list(self._dangers())
        spelt = [self._spelt(text) for _, text in (*subjects, *dangers)]
        spelt += [self._spelt(text) for lines in replies.values() for _, text in lines]
        pages = (*self._content.topics.values(), *self._content.questions.values())
        known = vocabulary(spelt) | self._concepts.vocabulary | vocabulary(normalise(page.text) for page in pages)
        self._speller = Speller(self._content.lexicon, known)
        own = [(q, text) for q, lines in replies.items() for _, text in lines]
        own += [(q, page.title) for q, page in self._content.questions.items()]
        own += [(ELSE, text) for name, text in subjects if name in SMALL_TALK or name[0] == "/"]
        return Learned(
            self._speller,
            Asking(self._content.lexicon),
            self._grouping,
            self._classifier(subjects),
            {q: self._classifier(lines) for q, lines in replies.items()},
            self._classifier(own),
            self._classifier(dangers),
            self._sensing(dangers, [text for _, text in self._safe(subjects, replies)]),
            {normalise(text): name for name, text in subjects},
            {
                q: {normalise(text): option for option, text in lines}
                for q, lines in replies.items()
            },
        )

    def _spelt(self, text: str) -> str:
        if text not in self._known:
            self._known[text] = self._first.spelt(text)
        return self._known[text]

    def _classifier(self, lines: list[tuple[str, str]]) -> Classifier:
        return classifier(self._line(label, text) for label, text in lines)

    def _sensing(self, dangers: list[tuple[str, str]], safe: list[str]) -> Sensing:
        near = [text for page, text in dangers if page == HARMLESS]
        return Sensing(
            self._concepts,
            [self._seen(text) for page, text in dangers if page != HARMLESS],
            [self._seen(text) for text in (*near, *_telling(safe))],
        )

    def _seen(self, text: str) -> Seen:
        """What stands in a line. Every word of an example is known: nothing is repaired."""
        return self._concepts.see(map(normalise, parts(self._first.punctuated(text))))

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


def _telling(safe: list[str]) -> list[str]:
    """The lines that are most easily taken for danger: the long ones, and some of the others."""
    long = [text for text in safe if text.count(" ") >= LONG - 1]
    return long + [text for text in safe if text.count(" ") < LONG - 1][::SOME]

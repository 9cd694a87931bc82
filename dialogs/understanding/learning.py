"""What is learned from all example lines: which topic, which reply, and how dangerous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding import examples
from dialogs.understanding.classifier import Classifier, Line
from dialogs.understanding.sensing import Sensing
from dialogs.understanding.spelling import Speller
from dialogs.understanding.stems import Grouping, vocabulary
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.content import Content
    from dialogs.understanding.alarm import Alarm

HARMLESS = "harmless"
"""The label of lines that are no danger, and the name of the file of near misses."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The classifiers, and the speller that knows every word they were learned from."""

    speller: Speller
    grouping: Grouping
    subjects: Classifier
    options: dict[str, Classifier]
    questions: Classifier
    dangers: Classifier
    sensing: Sensing
    subject: dict[str, str]
    replies: dict[str, dict[str, str]]


def learn(content: Content, alarm: Alarm) -> Learned:
    """Learn from all lines of the content. Takes a fraction of a second, and reads no file."""
    return _Learner(content, alarm).learned()


class _Learner:
    def __init__(self, content: Content, alarm: Alarm) -> None:
        self._content, self._alarm = content, alarm
        self._first = self._speller = Speller(content.lexicon, ())
        self._known: dict[str, str] = {}
        self._grouping = Grouping(content.lexicon)

    def learned(self) -> Learned:
        subjects = list(self._subjects())
        replies = {q: list(self._replies(q)) for q in self._content.questions}
        dangers = list(self._dangers())
        spelt = [self._spelt(text) for _, text in (*subjects, *dangers)]
        spelt += [self._spelt(text) for lines in replies.values() for _, text in lines]
        pages = (*self._content.topics.values(), *self._content.questions.values())
        known = vocabulary(spelt) | vocabulary(normalise(page.text) for page in pages)
        self._speller = Speller(self._content.lexicon, known)
        own = [("question:" + q, text) for q, lines in replies.items() for _, text in lines]
        return Learned(
            self._speller,
            self._grouping,
            self._classifier(subjects),
            {q: self._classifier(lines) for q, lines in replies.items()},
            self._classifier(own),
            self._classifier([line for line in dangers if line[0] != HARMLESS]),
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
        return Classifier(self._line(label, text) for label, text in lines)

    def _sensing(self, dangers: list[tuple[str, str]], safe: list[str]) -> Sensing:
        near = [text for page, text in dangers if page == HARMLESS]
        return Sensing(
            self._content.lexicon.signs,
            [self._signed(text) for page, text in dangers if page != HARMLESS],
            [*map(self._signed, near), *((self._plain(text), ()) for text in safe[::2])],
        )

    def _plain(self, text: str) -> str:
        return self._spelt(text)  # every word of an example is known: nothing to repair

    def _signed(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A line spelt out, and the cards that its signs of danger call for."""
        return self._plain(text), tuple(dict.fromkeys(p for p, _ in self._alarm.signs(text)))

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

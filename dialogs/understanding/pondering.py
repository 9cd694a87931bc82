"""The longer look at a text that is not plain: rules, corrections, topics, and what to ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dialogs.understanding.asking import asks, puts_right
from dialogs.understanding.clauses import parts
from dialogs.understanding.learning import HARMLESS, Learned
from dialogs.understanding.meanings import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    MaybeDanger,
    Meaning,
    Sure,
    Unsure,
)
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.content import Content
    from dialogs.pages import Question
    from dialogs.understanding.classifier import Found
    from dialogs.understanding.replies import Replies

DIRECT, CLEAR = 0.62, 0.07
"""How like a topic a question must be to be answered at once, and how much liker than others."""

LIKELY = 0.30
"""How like a topic it must be to be offered at all."""

GUESS = 0.45
"""How like an option's examples a reply must be to be offered."""

DOUBTFUL = 0.06
"""How much liker dangerous lines than harmless ones a text must be for the question whether."""

OFFERED = 3
"""Buttons that are offered when it is not clear what is meant."""


@dataclass(frozen=True)
class Heard:
    """A text as typed, and spelt out by the lexicon with its punctuation."""

    text: str
    spelt: str


class _Read:
    """A text looked at once."""

    def __init__(self, heard: Heard, learned: Learned) -> None:
        self.text = heard.text
        repaired = [learned.speller.repaired(part) for part in map(normalise, parts(heard.spelt))]
        self.parts = [part for part in repaired if part]
        self.spelt = " ".join(self.parts)
        self._learned = learned

    @cached_property
    def words(self) -> tuple[str, ...]:
        return self._learned.grouping.words(self.spelt)

    @cached_property
    def asks(self) -> bool:
        return asks(self.text, self.spelt)


class Pondering:
    """Reads by rules, examples and likeness. What is only like something is offered, not done."""

    def __init__(
        self, content: Content, learned: Learned, replies: Mapping[str, Replies]
    ) -> None:
        self._content, self.learned, self._replies = content, learned, replies

    def read(self, heard: Heard, question: Question | None, earlier: tuple[str, ...]) -> Meaning:
        """The meaning of a text that has no plain sign of danger and is no plain command."""
        seen = _Read(heard, self.learned)
        if not seen.spelt:
            return None
        answer = self._answer(seen, question)
        if not (isinstance(answer, Choice) and question and self._grave(question)):
            doubt = self._doubt(seen)
            if doubt:
                return doubt
        if question is None:
            return self._subject(seen)
        return self._beside(seen, answer, question, earlier)

    def _beside(
        self,
        seen: _Read,
        answer: Choice | Confirm | Unsure | None,
        question: Question,
        earlier: tuple[str, ...],
    ) -> Meaning:
        """What a text means while a question is open that it may or may not answer."""
        subject = self._subject(seen)
        if seen.asks and isinstance(subject, (About, Command)):
            return subject
        if puts_right(seen.spelt) and (right := self._corrected(seen, question, earlier)):
            return right
        if isinstance(answer, Choice) and seen.asks and seen.text.rstrip().endswith("?"):
            return Confirm(answer.options, 0.6, answer.because)
        if answer is not None:
            return answer
        if isinstance(subject, (About, Command)) and subject.confidence >= DIRECT:
            return subject
        return self._corrected(seen, question, earlier) or self._guessed(seen, question, subject)

    # --- danger ---

    def _grave(self, question: Question) -> bool:
        """Whether a question asks for danger itself."""
        return any(question.name in m.answers for m in self._content.messages.values() if m.danger)

    def suspicion(self, words: tuple[str, ...]) -> tuple[float, list[str]]:
        """How much liker dangerous lines than harmless ones words are, and the likeliest cards."""
        ranked = self.learned.dangers.ranked(words)
        if len(ranked) < OFFERED:
            return -1.0, []
        harmless = next((item.score for item in ranked if item.label == HARMLESS), 0.0)
        pages = [item for item in ranked if item.label != HARMLESS]
        return pages[0].score - harmless, [item.label for item in pages[:OFFERED]]

    def _doubt(self, seen: _Read) -> MaybeDanger | None:
        more, pages = self.suspicion(seen.words)
        return MaybeDanger(tuple(pages), min(1.0, 0.5 + more)) if more >= DOUBTFUL else None

    # --- answers ---

    def _answer(
        self, seen: _Read, question: Question | None
    ) -> Choice | Confirm | Unsure | None:
        if question is None:
            return None
        replies = self._replies[question.name]
        known = self.learned.replies.get(question.name, {})
        if option := known.get(normalise(seen.text)) or replies.exactly(seen.spelt):
            return Choice((option,), (f"just as written: {seen.spelt}",))
        return replies.numbered(seen.spelt) or replies.ruled(seen.parts)

    def _corrected(
        self, seen: _Read, question: Question, earlier: tuple[str, ...]
    ) -> Correction | None:
        """An earlier answer that the text puts right: of the likeliest question it speaks of."""
        spoken = {item.label: item.score for item in self.learned.questions.ranked(seen.words)}
        here = spoken.get("question:" + question.name, 0.0)
        best: tuple[float, Correction] | None = None
        for name in earlier:
            found = self._replies[name].ruled(seen.parts)
            if not isinstance(found, (Choice, Confirm)):
                continue
            score = spoken.get("question:" + name, 0.0)
            if score > (best[0] if best else here * (0.6 if puts_right(seen.spelt) else 1.1)):
                best = score, Correction(name, found.options, min(1.0, score), found.because)
        return best[1] if best else None

    def _guessed(self, seen: _Read, question: Question, subject: Meaning) -> Meaning:
        """What may be meant, to be offered: options that look like it, and topics."""
        found = self.learned.options[question.name].ranked(seen.words)
        likely = [item for item in found if item.score >= GUESS][:2]
        offered: list[Sure] = [Choice((item.label,)) for item in likely]
        if isinstance(subject, Unsure) and (seen.asks or subject.confidence >= GUESS):
            offered += subject.alternatives
        elif isinstance(subject, (About, Command)):
            offered.append(subject)
        if not offered:
            return None
        score = max([item.score for item in likely], default=0.3)
        return Unsure(tuple(offered[:OFFERED]), min(1.0, score))

    # --- topics and commands ---

    def _subject(self, seen: _Read) -> About | Command | Unsure | None:
        """The topic or command that a text is about, those it may be about, or none."""
        if known := self.learned.subject.get(normalise(seen.text)):
            return _sure(known, 1.0, (f"just as written: {seen.text}",))
        ranked = self.learned.subjects.ranked(seen.words)
        if not ranked or ranked[0].score < LIKELY:
            return None
        best, second = ranked[0].score, ranked[1].score if len(ranked) > 1 else 0.0
        if best >= DIRECT or best - second >= CLEAR:
            others = tuple(item.label for item in ranked[1:OFFERED])
            sure = _sure(ranked[0].label, min(1.0, best), ())
            return sure if isinstance(sure, Command) else About(sure.topic, sure.confidence, (), others)
        return Unsure(tuple(map(_offered, ranked[:OFFERED])), min(1.0, best))


def _sure(label: str, confidence: float, because: tuple[str, ...]) -> About | Command:
    if label.startswith("/"):
        return Command(label[1:], confidence=confidence, because=because)
    return About(label, confidence, because)


def _offered(found: Found) -> Sure:
    return _sure(found.label, min(1.0, found.score), ())

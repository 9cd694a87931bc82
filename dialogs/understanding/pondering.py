"""The longer look at a text that is not plain: rules, corrections, topics, and what to ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dialogs.understanding.asking import asks, puts_right
from dialogs.understanding.clauses import parts
from dialogs.understanding.learning import Learned
from dialogs.understanding.meanings import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
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

FEW = 3
"""Fewer words than this are never about another question than the open one, unasked."""

LOUD = 0.7
"""How like topics words must be that ask nothing, for the topics to be offered."""

CLEAR = 0.12
"""How much liker one topic than all others a question must be to be answered at once."""

UNASKED = 0.5
"""How like a topic or command words must be that are no question, while something is asked."""

LIKELY = 0.12
"""How like a topic it must be to be offered at all."""

GUESS = 0.45
"""How like an option's examples a reply must be to be offered."""

DOUBTFUL, SIGNED = 3.4, 2.0
"""How dangerous a text must sound to be asked about, and one with words of danger in it."""

SURE = 2.5
"""How dangerous one with words of danger now must sound to bring the card at once."""

NOTHING = "nothing"
"""The name of the examples of chat that means nothing here."""

OFFERED = 3
"""Buttons that are offered when it is not clear what is meant."""


@dataclass(frozen=True)
class Heard:
    """A text as typed, and spelt out by the lexicon with its punctuation.

    `signs`: words of danger in it, each with its card before it; `now`: nothing says that they
    speak of something else than danger now.
    """

    text: str
    spelt: str
    signs: tuple[tuple[str, str], ...] = ()
    now: bool = False


class _Read:
    """A text looked at once."""

    def __init__(self, heard: Heard, learned: Learned) -> None:
        self.text, self.signs, self.now = heard.text, heard.signs, heard.now
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

    def __init__(self, content: Content, learned: Learned, replies: Mapping[str, Replies]) -> None:
        self._content, self.learned, self._replies = content, learned, replies

    def read(self, heard: Heard, question: Question | None, earlier: tuple[str, ...]) -> Meaning:
        """The meaning of a text that has no plain sign of danger and is no plain command."""
        seen = _Read(heard, self.learned)
        if not seen.spelt:
            return None
        doubt = self._doubt(seen)
        answer = self._answer(seen, question)
        told = isinstance(answer, Choice) and question is not None and self._grave(question)
        if isinstance(doubt, Danger) or (doubt and not told):
            return doubt
        if question is None:
            return self._subject(seen)
        return self._beside(seen, answer, question, earlier)

    def nearest(self, text: str) -> list[str]:
        """The topics and commands that a text is most like, and how dangerous it sounds."""
        seen = _Read(Heard(text, self.learned.speller.spelt(text)), self.learned)
        found = self.learned.subjects.ranked(seen.words)[:OFFERED]
        likely = [f"{item.label} ({item.score:.2f})" for item in found]
        return [*likely, f"danger ({self.learned.sensing.sounds(seen.spelt):.2f})"]

    def _beside(  # noqa: PLR0911 - what comes first is told line by line
        self,
        seen: _Read,
        answer: Choice | Confirm | Unsure | None,
        question: Question,
        earlier: tuple[str, ...],
    ) -> Meaning:
        """What a text means while a question is open that it may or may not answer."""
        subject = self._subject(seen)
        bid = isinstance(subject, Command) and subject.confidence >= UNASKED
        if bid and not isinstance(answer, Choice):
            return subject
        if seen.asks and isinstance(subject, (About, Command)):
            return subject
        if puts_right(seen.spelt) and (right := self._corrected(seen, question, earlier)):
            return right
        if isinstance(answer, Choice) and seen.asks and seen.text.rstrip().endswith("?"):
            return Confirm(answer.options, 0.6, answer.because)
        if answer is not None:
            return answer
        bar = LIKELY if isinstance(subject, Command) else UNASKED
        if isinstance(subject, (About, Command)) and subject.confidence >= bar:
            return subject
        return self._volunteered(seen, question, earlier) or self._guessed(seen, question, subject)

    # --- danger ---

    def _grave(self, question: Question) -> bool:
        """Whether a question asks for danger itself."""
        return any(question.name in m.answers for m in self._content.messages.values() if m.danger)

    def _doubt(self, seen: _Read) -> Danger | MaybeDanger | None:
        """The question whether there is danger, where a text sounds like it."""
        pages = tuple(dict.fromkeys(page for page, _ in seen.signs))
        sound = self.learned.sensing.sounds(seen.spelt, pages)
        if seen.now and sound >= SURE:
            return Danger(*seen.signs[0][:1], (seen.signs[0][1],))
        if not seen.now and sound < (SIGNED if pages else DOUBTFUL):
            return None
        likely = [item.label for item in self.learned.dangers.ranked(seen.words)]
        named = tuple(dict.fromkeys((*pages, *likely)))[:OFFERED]
        words = tuple(word for _, word in seen.signs)
        return MaybeDanger(named, min(1.0, max(0.0, 0.5 + sound / 10)), words)

    # --- answers ---

    def answer(self, heard: Heard, question: Question) -> Choice | Confirm | Unsure | None:
        """What a text says as an answer to this question, whatever else it may mean."""
        return self._answer(_Read(heard, self.learned), question)

    def _answer(self, seen: _Read, question: Question | None) -> Choice | Confirm | Unsure | None:
        if question is None:
            return None
        replies = self._replies[question.name]
        known = self.learned.replies.get(question.name, {})
        option = known.get(normalise(seen.text)) or replies.exactly(seen.spelt)
        if option and not seen.spelt.isdigit():
            return Choice((option,), (f"just as written: {seen.spelt}",))
        found = replies.numbered(seen.spelt) or replies.ruled(seen.parts)
        if isinstance(found, Choice) and self.learned.speller.doubts(seen.spelt):
            return Confirm(found.options, 0.6, found.because)
        return found

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
                said = isinstance(found, Choice) and puts_right(seen.spelt)
                share = min(1.0, score)
                best = score, Correction(name, found.options, said, share, found.because)
        return best[1] if best else None

    def _volunteered(
        self, seen: _Read, question: Question, earlier: tuple[str, ...]
    ) -> Correction | None:
        """A fact for an earlier question, said unasked: only where it is much like its replies."""
        few = len(seen.spelt.split()) < FEW
        found = None if few else self._corrected(seen, question, earlier)
        return found if found and found.confidence >= UNASKED else None

    def _guessed(self, seen: _Read, question: Question, subject: Meaning) -> Meaning:
        """What may be meant, to be offered: options that look like it, and topics."""
        found = self.learned.options[question.name].ranked(seen.words)
        likely = [item for item in found if item.score >= GUESS][:2]
        offered: list[Sure] = [Choice((item.label,)) for item in likely]
        if isinstance(subject, Unsure) and (seen.asks or subject.confidence >= LOUD):
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
            said = _sure(known, 1.0, (f"just as written: {seen.text}",))
            return None if said == About(NOTHING) else said
        ranked = self.learned.subjects.ranked(seen.words)
        if not ranked or ranked[0].score < LIKELY:
            return None
        best, second = ranked[0].score, ranked[1].score if len(ranked) > 1 else 0.0
        if best - second >= CLEAR:
            others = tuple(item.label for item in ranked[1:OFFERED])
            sure = _sure(ranked[0].label, min(1.0, best), ())
            if isinstance(sure, Command):
                return sure
            return None if sure.topic == NOTHING else About(sure.topic, sure.confidence, (), others)
        likely = [item for item in ranked if item.label != NOTHING][:OFFERED]
        return Unsure(tuple(map(_offered, likely)), min(1.0, best))


def _sure(label: str, confidence: float, because: tuple[str, ...]) -> About | Command:
    if label.startswith("/"):
        return Command(label[1:], confidence=confidence, because=because)
    return About(label, confidence, because)


def _offered(found: Found) -> Sure:
    return _sure(found.label, min(1.0, found.score), ())

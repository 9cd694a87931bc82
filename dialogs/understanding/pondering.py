"""The longer look at a text that is not plain: danger, answers, corrections, topics, and offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding.answers import SURE, Answer, Answers
from dialogs.understanding.asking import TAKES_BACK
from dialogs.understanding.classifier import Found
from dialogs.understanding.heard import Heard, Seen
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
from dialogs.understanding.worry import alarm, weigh
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.content import Content
    from dialogs.pages import Question
    from dialogs.understanding.replies import Replies

RULED = 0.5
"""What an answer by a rule counts against danger, where its words are like no example."""

LOUD = 0.7
"""How like topics words must be that ask nothing, for the topics to be offered."""

CLEAR, CLOSE = 0.12, 0.03
"""How much liker one topic than all others a question must be to be answered at once; and while
another question is open, so that what is asked in between is short."""

ASKED, TOLD, UNASKED = -0.45, 0.0, 0.05
"""How much liker a topic or command than an answer a text must be to be no answer: one that asks
something, a command, and any other."""

FEW = 3
"""Fewer words than this ask nothing that they do not ask in so many words."""

BIDS = 0.15
"""How much liker a command than a topic words are taken to be while a question is open."""

PLAINLY = 0.5
"""From where words are like enough to a command to be put forward."""

TURNING = ("back", "change", "undo")
"""Commands that speak of earlier answers: if one is put right in so many words, that is done."""

UNSURE = 0.2
"""How much liker some topics than an answer words must be to be asked about."""

UNMEANT = 0.1
"""How much liker to chat that means nothing than to an answer a text must be to be left alone."""

LIKELY, FAINT, MANY = 0.12, 0.05, 20
"""How like a topic it must be to be offered at all; and a text of more words than that."""

NOTHING = "nothing"
"""The name of the examples of chat that means nothing here."""

OFFERED = 3
"""Buttons that are offered when it is not clear what is meant."""


class Pondering:
    """Reads by rules, examples and likeness. What is only like something is offered, not done."""

    def __init__(self, content: Content, learned: Learned, replies: Mapping[str, Replies]) -> None:
        self._content, self.learned = content, learned
        self._twins = {f"/{n}": c.topic for n, c in content.commands.items() if c.topic}
        self._twins |= {topic: name for name, topic in self._twins.items()}
        self._answers = Answers(content.questions, learned, replies)

    def read(self, heard: Heard, question: Question | None, earlier: tuple[str, ...]) -> Meaning:
        """The meaning of a text that is no plain command or answer."""
        seen = Seen(heard, self.learned)
        if not seen.spelt:
            return None
        if question is None:
            return self._doubt(seen) or self._alone(seen)
        answer, likely = self._answers.answer(seen, question)
        grave = self._grave_options(question)
        doubt: Meaning = self._doubt(seen, self._harmless(seen, answer, grave, question))
        if isinstance(doubt, MaybeDanger) and seen.puts_right == TAKES_BACK:
            doubt = self._admitted(doubt, earlier) or doubt
        if isinstance(doubt, MaybeDanger) and grave:
            doubt = self._told(doubt, answer, question)
        return doubt or self._beside(seen, answer, likely, question, earlier)

    def answer(self, heard: Heard, question: Question) -> Answer:
        """What a text says as an answer to this question, whatever else it may mean."""
        return self._answers.answer(Seen(heard, self.learned), question)[0]

    def nearest(self, text: str) -> list[str]:
        """The topics and commands that a text is most like, and how dangerous it sounds."""
        seen = Seen(Heard(text, self.learned.speller.punctuated(text)), self.learned)
        likely = [f"{item.label} ({item.score:.2f})" for item in seen.subjects[:OFFERED]]
        sensing = self.learned.sensing
        sound = sensing.sounds(sensing.concepts.see(seen.parts))
        figure = weigh(sound, self.learned.dangers.ranked(seen.words), seen.subjects)
        return [*likely, f"danger ({figure:.2f})"]

    def _beside(
        self,
        seen: Seen,
        answer: Answer,
        likely: float,
        question: Question,
        earlier: tuple[str, ...],
    ) -> Meaning:
        """What a text means while a question is open that it may or may not answer."""
        if likely == SURE:
            return answer
        subjects = _bidden(seen.subjects)
        subject = self._subject(seen, subjects, CLOSE if seen.asks else CLEAR)
        ahead = (subjects[0].score if subjects else 0.0) - likely
        told = isinstance(subject, (About, Command)) and (
            ahead > _bar(seen, subject) or (seen.asks and bool(subject.because))
        )
        bid = isinstance(subject, Command) and subject.name not in TURNING
        if told and (seen.asks or bid):
            return subject
        if (not seen.asks or seen.puts_right == TAKES_BACK) and (
            right := self._answers.corrected(seen, question, earlier)
        ):
            return right
        if told or (subject is None and subjects and ahead > UNMEANT):
            return subject
        asked = ahead > (ASKED if seen.asks else UNSURE) and isinstance(subject, Unsure)
        if isinstance(answer, (Choice, Confirm)) and not asked:
            return answer
        return self._guessed(seen, answer, subject)

    # --- danger ---

    def danger(self, heard: Heard) -> Danger | MaybeDanger | None:
        """The danger that a text may speak of, however long it is."""
        return self._doubt(Seen(heard, self.learned))

    def _doubt(self, seen: Seen, reply: float = 0.0) -> Danger | MaybeDanger | None:
        sight = self.learned.sensing.concepts.see(seen.parts)
        return alarm(self.learned, sight, seen.words, seen.signs, seen.subjects, reply)

    def _grave_options(self, question: Question) -> frozenset[str]:
        """The options of a question that are danger themselves."""
        given = (m.answers for m in self._content.messages.values() if m.danger)
        return frozenset(found[question.name] for found in given if question.name in found)

    @staticmethod
    def _harmless(seen: Seen, answer: Answer, grave: frozenset[str], question: Question) -> float:
        """How like a text is to a reply to the open question that is no danger itself."""
        told = isinstance(answer, (Choice, Confirm)) and not grave.intersection(answer.options)
        ranked = seen.options(question.name)
        like = max((item.score for item in ranked if item.label not in grave), default=0.0)
        return max(like, RULED if told else 0.0)

    def _told(self, doubt: MaybeDanger, answer: Answer, question: Question) -> Meaning:
        """A doubt while a question about danger itself is open: the answer to it says it all."""
        if isinstance(answer, (Choice, Confirm)):
            return None
        named = (self._content.messages[page].answers.get(question.name) for page in doubt.pages)
        option = next((option for option in named if option), None)
        return Confirm((option,), doubt.confidence, doubt.because) if option else doubt

    def _admitted(self, doubt: MaybeDanger, earlier: tuple[str, ...]) -> Correction | None:
        """A doubt about what was said before: the earlier answer about danger is put right."""
        for page in doubt.pages[:1]:
            for name, option in self._content.messages[page].answers.items():
                if name in earlier:
                    return Correction(name, (option,), False, doubt.confidence, doubt.because)
        return None

    # --- offers ---

    def _guessed(self, seen: Seen, answer: Answer, subject: Meaning) -> Meaning:
        """What may be meant, to be offered: options that it is like, and topics."""
        options: list[Sure] = []
        if isinstance(answer, Unsure):
            options += answer.alternatives
        elif isinstance(answer, (Choice, Confirm)):
            options.append(Choice(answer.options[:1]))
        others: list[Sure] = []
        if isinstance(subject, Unsure) and (seen.asks or subject.confidence >= LOUD):
            others += subject.alternatives
        elif isinstance(subject, (About, Command)) and _bar(seen, subject) < NEVER:
            others.append(subject)
        offered = [*others, *options] if seen.asks else [*options, *others]
        return Unsure(tuple(offered[:OFFERED]), 0.4) if offered else None

    # --- topics and commands ---

    def _alone(self, seen: Seen) -> Meaning:
        """What a text means while nothing is asked. An answer is not taken back on a guess."""
        subject = self._subject(seen, seen.subjects)
        guessed = isinstance(subject, Command) and _bar(seen, subject) == NEVER
        return Unsure((subject,)) if guessed and isinstance(subject, Command) else subject

    def _subject(
        self, seen: Seen, ranked: list[Found], clear: float = CLEAR
    ) -> About | Command | Unsure | None:
        """The topic or command that a text is about, those it may be about, or none."""
        if known := self.learned.subject.get(normalise(seen.text)):
            said = _sure(known, 1.0, (f"just as written: {seen.text}",))
            return None if said == About(NOTHING) else said
        if not ranked or ranked[0].score < (FAINT if len(seen.words) > MANY else LIKELY):
            return None
        best = ranked[0].score
        other = self._twins.get(ranked[0].label)
        second = next((item.score for item in ranked[1:] if item.label != other), 0.0)
        if best - second >= clear:
            others = tuple(item.label for item in ranked[1:OFFERED])
            sure = _sure(ranked[0].label, min(1.0, best), ())
            if isinstance(sure, Command):
                return sure
            return None if sure.topic == NOTHING else About(sure.topic, sure.confidence, (), others)
        likely = [item for item in ranked if item.label != NOTHING][:OFFERED]
        return Unsure(tuple(map(_offered, likely)), min(1.0, best))


def _bidden(subjects: list[Found]) -> list[Found]:
    """The same, commands put forward: what is said while something is asked is often one."""
    raised = [
        Found(s.label, s.score + BIDS) if s.label[0] == "/" and s.score >= PLAINLY else s
        for s in subjects
    ]
    return sorted(raised, key=lambda found: -found.score)


def _bar(seen: Seen, subject: About | Command) -> float:
    """How much liker than an answer a text must be to a subject to be about it."""
    few = len(seen.spelt.split()) < FEW and not subject.because
    if few and isinstance(subject, Command) and subject.name in TURNING:
        return NEVER
    if seen.asks:
        return ASKED
    if isinstance(subject, Command):
        return TOLD
    return NEVER if few else UNASKED


NEVER = 9.0
"""More than any text is like anything."""


def _sure(label: str, confidence: float, because: tuple[str, ...]) -> About | Command:
    if label.startswith("/"):
        return Command(label[1:], confidence=confidence, because=because)
    return About(label, confidence, because)


def _offered(found: Found) -> Sure:
    return _sure(found.label, min(1.0, found.score), ())

"""The longer look at a text that is not plain: danger, answers, corrections, topics, and offers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dialogs.understanding.answers import SURE, Answer, Answers
from dialogs.understanding.asking import TAKES_BACK
from dialogs.understanding.deciding import NOTHING, Deciding, Earlier, Reading
from dialogs.understanding.heard import Heard, Seen
from dialogs.understanding.learning import SMALL_TALK, Learned
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
from dialogs.understanding.regression import Found
from dialogs.understanding.worry import alarm, weigh
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.content import Content
    from dialogs.pages import Question
    from dialogs.understanding.replies import Replies

RULED = 0.5
"""What an answer by a rule counts against danger, where its words are like no example."""

CLEAR = 0.18
"""How much liker one topic than all others a question must be to be answered at once."""

ENOUGH = 0.4
"""How like a topic a question must be at least to be answered at once."""

CLEARLY = {"topic": 0.35, "command": 0.35, "answer": 0.3, "correction": 0.25}
"""The share among all readings below which something is not taken as meant, but offered."""

AFTER_ALL = 0.5
"""The share from which words are about an earlier answer though nothing is asked any more."""

STORED = 0.6
"""The share from which an answer that is plainly said is stored without being confirmed."""

FEW = 3
"""Fewer words than this do not say for sure that an answer is to be taken back."""

TURNING = ("back", "change", "undo")
"""Commands that speak of earlier answers."""

LIKELY, FAINT, MANY = 0.12, 0.05, 20
"""How like a topic it must be to be offered at all; and a text of more words than that."""

OFFERED = 3
"""Buttons that are offered when it is not clear what is meant."""


class Pondering:
    """Reads by rules, examples and likeness. What is only like something is offered, not done."""

    def __init__(self, content: Content, learned: Learned, replies: Mapping[str, Replies]) -> None:
        self._content, self.learned = content, learned
        self._twins = {f"/{n}": c.topic for n, c in content.commands.items() if c.topic}
        self._twins |= {topic: name for name, topic in self._twins.items()}
        self._answers = Answers(content.questions, learned, replies)
        self._deciding = Deciding(learned, self._answers, self._twins)

    def read(self, heard: Heard, question: Question | None, earlier: Earlier) -> Meaning:
        """The meaning of a text that is no plain command or answer."""
        seen = Seen(heard, self.learned)
        if not seen.spelt:
            return None
        if question is None:
            danger = self._besides(self._doubt(seen), seen)
            return danger or (self._after_all(seen, earlier) if earlier else self._alone(seen))
        answer, likely = self._answers.answer(seen, question)
        grave = self._grave_options(question)
        doubt: Meaning = self._doubt(seen, self._harmless(seen, answer, grave, question))
        if isinstance(doubt, MaybeDanger) and seen.puts_right == TAKES_BACK:
            doubt = self._admitted(doubt, earlier) or doubt
        if isinstance(doubt, MaybeDanger) and grave:
            doubt = self._told(doubt, answer, question)
        return self._besides(doubt, seen) or self._beside(seen, answer, likely, question, earlier)

    def readings(self, heard: Heard, question: Question, earlier: Earlier) -> list[Reading]:
        """All that a text may mean while this question is open, the likeliest first."""
        seen = Seen(heard, self.learned)
        answer = self._answers.answer(seen, question)
        return self._deciding.readings(seen, question, earlier, answer)

    def answer(self, heard: Heard, question: Question) -> Answer:
        """What a text says as an answer to this question, whatever else it may mean."""
        return self._answers.answer(Seen(heard, self.learned), question)[0]

    def nearest(self, text: str) -> list[str]:
        """The topics and commands that a text is most like, and how dangerous it sounds."""
        seen = Seen(Heard(text, self.learned.speller.punctuated(text)), self.learned)
        likely = [f"{item.label} ({item.score:.2f})" for item in seen.subjects[:OFFERED]]
        sensing = self.learned.sensing
        sound = sensing.sounds(sensing.concepts.see(seen.parts))
        figure = weigh(sound, self.learned.dangers.ranked(seen.words, seen.spelt), seen.subjects)
        return [*likely, f"danger ({figure:.2f})"]

    def _beside(
        self,
        seen: Seen,
        answer: Answer,
        likely: float,
        question: Question,
        earlier: Earlier,
    ) -> Meaning:
        """What a text means while a question is open that it may or may not answer."""
        if likely == SURE:
            return answer
        if seen.is_number and not self._answers.counts(question.name):
            return answer  # a number that is no place in the list is like nothing
        if written := self._written(seen):
            return None if written == About(NOTHING) else written
        readings = self._deciding.readings(seen, question, earlier, (answer, likely))
        best = readings[0]
        if best.share < CLEARLY.get(best.kind, 0.0):
            return self._guessed(readings)
        return self._meant(readings, seen)

    def _after_all(self, seen: Seen, earlier: Earlier) -> Meaning:
        """What a text means when everything has been asked: an answer may still be put right.

        With no question on the screen nothing is so plain that it is not asked about first.
        """
        best = self._deciding.readings(seen, None, earlier, (None, 0.0))[0]
        if best.likely is None or best.share < AFTER_ALL or " " not in seen.spelt:
            return self._alone(seen)
        found = self._answers.correction(seen, best.name, best.likely, best.share)
        return replace(found, said=False)

    def _meant(self, readings: list[Reading], seen: Seen) -> Meaning:
        """What the best reading says. What is not sure enough to be stored is asked first."""
        best = readings[0]
        if best.kind == "topic":
            others = (reading.name for reading in readings[1:] if reading.kind == "topic")
            return About(best.name, best.share, (), tuple(others))
        if best.kind == "command":
            return Command(best.name, confidence=best.share)
        if best.likely is not None:
            return self._answers.correction(seen, best.name, best.likely, best.share)
        if best.kind == "chat":
            subject = self._subject(seen)
            small = isinstance(subject, About) and subject.topic in SMALL_TALK
            return subject if small else None
        if isinstance(best.answer, Choice) and best.share < STORED:
            return Confirm(best.answer.options, best.share, best.answer.because)
        return best.answer

    # --- danger ---

    def danger(self, heard: Heard) -> Danger | MaybeDanger | None:
        """The danger that a text may speak of, however long it is."""
        return self._doubt(Seen(heard, self.learned))

    def _besides(self, doubt: Meaning, seen: Seen) -> Meaning:
        """A doubt, together with the topic that the words ask about as well."""
        if not isinstance(doubt, MaybeDanger):
            return doubt
        subject: Meaning = self._subject(seen)
        if isinstance(subject, Unsure) and seen.asks:
            subject = subject.alternatives[0]
        topic = subject.topic if isinstance(subject, About) else None
        return replace(doubt, topic=topic if topic in self._content.topics else None)

    def _doubt(self, seen: Seen, reply: float = 0.0) -> Danger | MaybeDanger | None:
        if seen.is_number and not seen.signs:
            return None
        return alarm(self.learned, seen, reply)

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

    def _admitted(self, doubt: MaybeDanger, earlier: Earlier) -> Correction | None:
        """A doubt about what was said before: the earlier answer about danger is put right."""
        for page in doubt.pages[:1]:
            for name, option in self._content.messages[page].answers.items():
                if name in earlier:
                    return Correction(name, (option,), False, doubt.confidence, doubt.because)
        return None

    # --- offers ---

    @staticmethod
    def _guessed(readings: list[Reading]) -> Meaning:
        """What may be meant, to be offered: topics, commands and options, the likeliest first."""
        offered: list[Sure] = []
        for reading in readings:
            if isinstance(reading.answer, Unsure):
                offered += reading.answer.alternatives
            elif reading.answer is not None:
                offered.append(Choice(reading.answer.options[:1]))
            elif reading.kind == "topic":
                offered.append(About(reading.name, reading.share))
            elif reading.kind == "command":
                offered.append(Command(reading.name, confidence=reading.share))
        return Unsure(tuple(offered[:OFFERED]), readings[0].share) if offered else None

    # --- topics and commands ---

    def _alone(self, seen: Seen) -> Meaning:
        """What a text means while nothing is asked. An answer is not taken back on a guess."""
        subject = self._subject(seen)
        few = len(seen.spelt.split()) < FEW
        if isinstance(subject, Command) and few and not subject.because and subject.name in TURNING:
            return Unsure((subject,))
        return subject

    def _written(self, seen: Seen) -> About | Command | None:
        """The topic or command that has just this text among its examples."""
        known = self.learned.subject.get(normalise(seen.text))
        return _sure(known, 1.0, (f"just as written: {seen.text}",)) if known else None

    def _subject(self, seen: Seen) -> About | Command | Unsure | None:
        """The topic or command that a text is about, those it may be about, or none."""
        if written := self._written(seen):
            return None if written == About(NOTHING) else written
        ranked = seen.subjects
        if not ranked or ranked[0].score < (FAINT if len(seen.words) > MANY else LIKELY):
            return None
        best = ranked[0].score
        other = self._twins.get(ranked[0].label)
        second = next((item.score for item in ranked[1:] if item.label != other), 0.0)
        if best - second >= CLEAR and best >= ENOUGH:
            near = (item.label for item in ranked[1:OFFERED])
            others = tuple(name for name in near if name in self._content.topics)
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

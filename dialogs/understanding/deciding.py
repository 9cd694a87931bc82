"""What a text means while a question is open: its readings side by side, and which one is meant.

A reading is an answer, an earlier answer put right, a side question, a command, or chat. What
speaks for each, and how much, was fitted to lines from which nothing else is learned (see
`weights`): the same marks, weighed once for all, instead of a rule for every pair of readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from dialogs.understanding.asking import CONTRASTS, TAKES_BACK
from dialogs.understanding.learning import ELSE
from dialogs.understanding.meanings import Choice, Confirm
from dialogs.understanding.weights import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.pages import Question
    from dialogs.understanding.answers import Answer, Answers, Likely
    from dialogs.understanding.heard import Seen
    from dialogs.understanding.learning import Learned
    from dialogs.understanding.regression import Found

FEW, MANY, LONG = 3, 12, 20
"""Words of a text that says little, that says much, and that tells a story."""

ASKABLE = 4
"""Words from which on a question mark makes a question; `cheeks?` is an answer."""

TOPICS, COMMANDS, QUESTIONS = 3, 2, 2
"""How many of each are looked at, the likeliest first. Of 925 lines that put an earlier answer
right, 920 speak most of the question meant, or nearly so: it is one of the first two."""

NOTHING = "nothing"
"""The name of the examples of chat that means nothing here."""

Marks = dict[str, float]

Earlier = Mapping[str, tuple[str, ...]]
"""The questions whose answers may be put right, and the answers, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a text may mean: its kind, what it names, and the marks that it is weighed by.

    `name`: an earlier question, a topic, a command. `answer`: to the open question. `options` of an
    earlier one, and how `likely` they are. `share`: how likely it is among all readings, 0 to 1.
    """

    kind: str
    marks: Marks
    name: str = ""
    answer: Answer = None
    options: tuple[str, ...] = ()
    likely: Likely | None = None
    share: float = 0.0


class Deciding:
    """Finds the readings of texts, and weighs them."""

    def __init__(self, learned: Learned, answers: Answers, twins: Mapping[str, str]) -> None:
        self._asking, self._answers, self._twins = learned.asking, answers, twins

    def readings(
        self,
        seen: Seen,
        question: Question | None,
        earlier: Earlier,
        answer: tuple[Answer, float],
    ) -> list[Reading]:
        """All readings of a text, the likeliest first, with their shares.

        Without a `question` everything has been asked, and no text is an answer to an open one.
        """
        view = _View(seen, question.name if question else "", earlier)
        if question:
            view.like = self._answers.likely(seen, question.name)
        found = [
            *self._answer(view, answer),
            *self._corrections(view),
            *self._subjects(view),
            self._chat(view),
        ]
        sums = [_sum(reading) for reading in found]
        most = max(sums)
        parts = [exp(value - most) for value in sums]
        total = sum(parts)
        shared = [replace(r, share=part / total) for r, part in zip(found, parts, strict=True)]
        return sorted(shared, key=lambda reading: -reading.share)

    def _answer(self, view: _View, found: tuple[Answer, float]) -> Iterator[Reading]:
        (answer, likely), like = found, view.like
        if answer is None and like is not None:
            answer = Confirm((like.option,), like.score, (f"like {like.option}",))
        if answer is None:
            return
        marks = {
            "found": float(found[0] is not None),
            "likely": min(likely, 1.2),
            "like": like.score if like else 0.0,
            "plainly ruled": float(isinstance(like and like.ruled, Choice)),
            "ruled": float(bool(like and like.ruled)),
            "spoken": view.here,
            "spoken less than of another": view.most - view.here,
            "else": view.other,
        }
        yield Reading("answer", view.common | marks, answer=answer)

    def _corrections(self, view: _View) -> Iterator[Reading]:
        named = self._asking.names(view.seen.spelt)
        spoken_of = sorted(view.earlier, key=lambda q: (-view.seen.spoken.get(q, 0.0), q))
        for name in spoken_of[:QUESTIONS]:
            likely = self._answers.earlier(view.seen, name, view.earlier[name])
            if likely is None:
                continue
            said = float(likely.option in likely.named.said)
            spoken = view.seen.spoken.get(name, 0.0)
            marks = {
                f"of {name}": 1.0,
                "like": likely.score,
                "said": said,
                "spoken": spoken,
                "spoken less than of another": view.most - spoken,
                "spoken of the open one": view.here,
                "else": view.other,
                "spoken of a later one": view.later,
                "named": float(name in named),
                "named and taken back": float(name in named) * view.back,
                "vague": float(self._answers.vague(name, likely.option)),
                "said and taken back": said * view.back,
                "much said": float(len(likely.named.said) > 1),
                "spoken and taken back": spoken * view.back,
            }
            options = self._answers.put_right(name, likely)
            yield Reading("correction", view.common | marks, name, options=options, likely=likely)

    def _subjects(self, view: _View) -> Iterator[Reading]:
        subjects = view.seen.subjects
        topics = [s for s in subjects if s.label[0] != "/" and s.label != NOTHING][:TOPICS]
        for place, subject in enumerate(topics):
            marks = _likeness(subject, subjects) | {"not the first": float(place > 0)}
            yield Reading("topic", view.common | view.spoken | marks, subject.label)
        for subject in [s for s in subjects if s.label[0] == "/"][:COMMANDS]:
            twin = {"also a topic": float(subject.label in self._twins)}
            marks = _likeness(subject, subjects) | twin
            yield Reading("command", view.common | view.spoken | marks, subject.label[1:])

    def _chat(self, view: _View) -> Reading:
        subjects = view.seen.subjects
        like = view.like
        marks = {
            "like": next((s.score for s in subjects if s.label == NOTHING), 0.0),
            "likest subject": subjects[0].score if subjects else 0.0,
            "like an answer": like.score if like else 0.0,
        }
        return Reading("chat", view.common | view.spoken | marks)


class _View:
    """What all readings of one text share."""

    def __init__(self, seen: Seen, open_: str, earlier: Earlier) -> None:
        self.seen, self.open, self.earlier = seen, open_, earlier
        self.like: Likely | None = None
        spoken = {name: score for name, score in seen.spoken.items() if name != ELSE}
        self.here = spoken.get(open_, 0.0)
        self.most = max(spoken.values(), default=0.0)
        self.later = max((s for q, s in spoken.items() if q not in (*earlier, open_)), default=0.0)
        self.other = seen.spoken.get(ELSE, 0.0)
        self.spoken = {"spoken of the open one": self.here, "else": self.other, "most": self.most}
        self.back = float(seen.puts_right == TAKES_BACK)
        length = len(seen.spelt.split())
        begins, marked = float(seen.begins), float("?" in seen.text and length >= ASKABLE)
        self.common = {
            "always": 1.0,
            "begins as a question": begins,
            "question mark": marked,
            "question inside": float(seen.holds),
            "a later part begins as a question": float(seen.begins_later),
            "takes back": self.back,
            "contrasts": float(seen.puts_right == CONTRASTS),
            "few words": float(length < FEW),
            "many words": float(length > MANY),
            "long": float(length > LONG),
            **{f"sounds like: {kind}": likely for kind, likely in seen.kinds.items()},
            "takes back, begins as a question": self.back * begins,
            "takes back, question mark": self.back * marked,
        }


def _likeness(subject: Found, subjects: list[Found]) -> Marks:
    """How like a subject it is, and how much liker than the likest other one."""
    other = max((s.score for s in subjects if s.label != subject.label), default=0.0)
    return {"like": subject.score, "ahead": subject.score - other}


def _sum(reading: Reading) -> float:
    weights = WEIGHTS[reading.kind]
    return sum(weights.get(mark, 0.0) * value for mark, value in reading.marks.items())

"""How dangerous a text sounds: a straight line between dangerous lines and harmless ones.

Logistic regression over the words of a text, the groups they belong to (see `concepts`), which of
them stand together, and which signs of danger they make. Learned by going through the lines a few
times in one fixed order, so that the same lines always give the same figures.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from dialogs.understanding.concepts import Concepts, Seen, near
from dialogs.understanding.stems import stem
from dialogs.understanding.tables import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROUNDS = 8
"""Times that the lines are gone through."""

STEP = 0.12
"""How far one line moves the weights at first; half as far at the end."""

CLEAR = 0.03
"""How wrong a line must be for anything to be learned from it."""

WORDS = 4.5
"""How much all words of a text together count beside one group of words."""

STRIDE = 7919
"""The lines are gone through in steps of this prime, which mixes them always in the same way."""

PLAIN = frozenset(
    (
        *("a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "it", "its", "is"),
        *("so", "just", "that", "this", "like", "really", "very", "i", "my", "me", "we", "you"),
        *("be", "been", "was", "are", "as", "by", "with", "from", "they", "them", "there", "here"),
        *("what", "which", "has", "have", "had", "do", "does"),
    )
)
"""Words that say nothing by themselves, only beside others."""

JOINTS = frozenset(
    (
        *("and", "but", "so", "because", "anyway", "then", "while", "which", "although", "though"),
        *("if", "when", "since", "cos"),
    )
)
"""Words at which a long part of a text is cut into clauses."""

SHORT, LEFT, TWO = 6, 4, 2
"""Words of a clause that is cut off at such a word; of one that stands alone; and clauses of which
one may stand out."""

Line = tuple[list[int], float, list[int]]
"""The numbers of a text's word features, what each counts, and the numbers of its other ones."""


class Sensing:
    """Learned once; `sounds` gives the figure for a text."""

    def __init__(self, concepts: Concepts, weights: Weights) -> None:
        self.concepts, self.weights = concepts, weights

    def sounds(self, seen: Seen) -> float:
        """Above 0: more like dangerous lines than like harmless ones."""
        words, marks = _words(seen), _marks(seen)
        of = self.weights.of
        share = WORDS / sqrt(len(words) or 1)
        return self.weights.base + share * sum(map(of, words)) + sum(map(of, marks))

    def peak(self, seen: Seen, sound: float) -> float:
        """The same of the most dangerous clause: a long story tells of danger in passing.

        `sound`: the figure for the whole text, of which a clause may have no less.
        """
        found = clauses(seen.words)
        if len(found) < TWO:
            return sound
        return max(sound, *(self.sounds(self.concepts.see(clause)) for clause in found))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each mark of a text weighs, by the number that stands for it."""

    base: float
    keys: array[int]
    values: array[float]

    def of(self, mark: str) -> float:
        """What a mark weighs; 0 for one that is unknown."""
        number = key(mark)
        place = bisect_left(self.keys, number)
        if place < len(self.keys) and self.keys[place] == number:
            return self.values[place]
        return 0.0


def clauses(parts: Iterable[list[str]]) -> list[list[str]]:
    """The clauses of a text, each as its parts: cut at punctuation and at words like `but`."""
    found: list[list[str]] = []
    last = 0
    for part in parts:
        for words in _cut(part):
            if found and (last < LEFT or len(words) < LEFT):
                found[-1].append(" ".join(words))
                last += len(words)
            else:
                found.append([" ".join(words)])
                last = len(words)
    return found


def _cut(words: list[str]) -> Iterator[list[str]]:
    start = 0
    for place, word in enumerate(words):
        if word in JOINTS and place - start >= SHORT:
            yield words[start:place]
            start = place
    yield words[start:]


def weights(dangerous: Iterable[Seen], harmless: Iterable[Seen]) -> Weights:
    """Learn what tells dangerous lines from harmless ones."""
    number: dict[str, int] = {}
    lines = [(_numbered(seen, number), 1.0) for seen in dangerous]
    lines += [(_numbered(seen, number), 0.0) for seen in harmless]
    base, weighed = _learned(lines, len(number))
    kept = {key(m): weighed[place] for m, place in number.items() if abs(weighed[place]) > LEAST}
    keys = array("I", sorted(kept))
    return Weights(base, keys, array("f", [kept[mark] for mark in keys]))


def _numbered(seen: Seen, number: dict[str, int]) -> Line:
    words, marks = _words(seen), _marks(seen)
    return (
        [number.setdefault(name, len(number)) for name in words],
        WORDS / sqrt(len(words) or 1),
        [number.setdefault(name, len(number)) for name in marks],
    )


LEAST = 0.01
"""Weights nearer to 0 are not kept."""


def _sum(line: Line, weights: Sequence[float]) -> float:
    words, share, marks = line
    weigh = weights.__getitem__
    return share * sum(map(weigh, words)) + sum(map(weigh, marks))


def _learned(lines: Sequence[tuple[Line, float]], size: int) -> tuple[float, list[float]]:
    weights, total = [0.0] * size, [0.0] * size
    base, bases = 0.0, 0.0
    count = len(lines)
    order = [lines[place * STRIDE % count] for place in range(count)] if count % STRIDE else lines
    for turn in range(ROUNDS):
        step = STEP / (1 + turn / ROUNDS)
        for line, wanted in order:
            sound = _sum(line, weights) + base
            wrong = wanted - 1 / (1 + exp(-max(-30.0, min(30.0, sound))))
            if -CLEAR < wrong < CLEAR:
                continue
            move = step * wrong
            words, share, marks = line
            base += move
            for number in marks:
                weights[number] += move
            move *= share
            for number in words:
                weights[number] += move
        if turn >= ROUNDS // 2:
            bases += base
            total = [a + b for a, b in zip(total, weights, strict=True)]
    turns = ROUNDS - ROUNDS // 2
    return bases / turns, [weight / turns for weight in total]


def _words(seen: Seen) -> list[str]:
    """The words of a text, and two in a row."""
    found: dict[str, None] = {}
    for part in seen.words:
        before = "^"
        for word in map(stem, part):
            if word not in PLAIN:
                found[word] = None
            found[f"{before} {word}"] = None
            before = word
        found[f"{before} $"] = None
    return list(found)


def _marks(seen: Seen) -> list[str]:
    """The groups of a text, their pairs, and its signs with what softens them."""
    names = sorted(seen.found)
    marks = [f"={name}" for name in names]
    marks += [f"~{name}" for name in sorted(seen.denied)]
    places = [seen.found[name] for name in names]
    for number, name in enumerate(names):
        here = places[number]
        for other in range(number + 1, len(names)):
            if near(here, places[other]):
                marks.append(f"{name}&{names[other]}")
    marks += [f"~{no}&{name}" for no in sorted(seen.denied) for name in names]
    marks += _signs(seen)
    length = sum(map(len, seen.words))
    marks.append("#" + next(str(most) for most in (4, 10, 25, 9999) if length <= most))
    return marks


_BESIDE = (
    "ask",
    "personal",
    "past",
    "over",
    "others",
    "hypo",
    "joke",
    "idiom",
    "fine",
    "now",
    "neg",
)


def _signs(seen: Seen) -> list[str]:
    if not seen.signs:
        return ["!none"]
    pages = sorted({page for page, _ in seen.signs})
    marks = ["!", *(f"!{page}" for page in pages)]
    marks += [f"!{page}:{line}" for page, line in seen.signs]
    marks += [f"!&{name}" for name in _BESIDE if name in seen.found]
    if not seen.soft:
        marks += ["!!", *(f"!!{page}" for page in pages)]
    marks += [f"!#{number}" for number in (2, 3) if len(seen.signs) >= number]
    return marks

"""How dangerous a text sounds: a straight line between dangerous lines and harmless ones.

Logistic regression over the words of a text, the groups they belong to (see `concepts`), which of
them stand together, and which signs of danger they make. Learned by going through the lines a few
times in one fixed order, so that the same lines always give the same figures.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

from dialogs.understanding.concepts import Concepts, Seen, near
from dialogs.understanding.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROUNDS = 10
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
    "a an the of to in on at for and or it its is so just that this like really very i my me we "  # noqa: SIM905
    "you be been was are as by with from they them there here what which has have had do does".split()
)
"""Words that say nothing by themselves, only beside others."""

Line = tuple[list[int], float, list[int]]
"""The numbers of a text's word features, what each counts, and the numbers of its other ones."""


class Sensing:
    """Learned once; `sounds` gives the figure for a text."""

    def __init__(
        self, concepts: Concepts, dangerous: Iterable[Seen], harmless: Iterable[Seen]
    ) -> None:
        self.concepts = concepts
        self._number: dict[str, int] = {}
        lines = [(self._line(seen, learn=True), 1.0) for seen in dangerous]
        lines += [(self._line(seen, learn=True), 0.0) for seen in harmless]
        self._base, self._weights = _learned(lines, len(self._number))
        self._forget_idle()

    def _forget_idle(self) -> None:
        """Keep only what weighs anything."""
        kept = {name: self._weights[n] for name, n in self._number.items()}
        kept = {name: weight for name, weight in kept.items() if abs(weight) > LEAST}
        self._number = {name: number for number, name in enumerate(kept)}
        self._weights = list(kept.values())

    def sounds(self, seen: Seen) -> float:
        """Above 0: more like dangerous lines than like harmless ones."""
        return _sum(self._line(seen), self._weights) + self._base

    def _line(self, seen: Seen, *, learn: bool = False) -> Line:
        words, marks = _words(seen), _marks(seen)
        share = WORDS / sqrt(len(words) or 1)
        number = self._number
        if learn:
            return (
                [number.setdefault(name, len(number)) for name in words],
                share,
                [number.setdefault(name, len(number)) for name in marks],
            )
        return (
            [number[name] for name in words if name in number],
            share,
            [number[name] for name in marks if name in number],
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


_BESIDE = ("ask", "personal", "past", "over", "others", "hypo", "joke", "idiom", "fine", "now", "neg")


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

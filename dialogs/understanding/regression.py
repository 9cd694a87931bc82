"""How likely each label is by the very words of a text: logistic regression, learned by hand.

Naive Bayes and BM25 (see `classifier`) look at the telling words without their endings, and count
each word for itself. This one looks at all words as they stand, the small ones too, at two in a
row, and at how they begin, and weighs them against each other: it errs at other texts, so that
both together err less. Source of the method: Bishop 2006, section 4.3.4 (several labels), by
steps down the slope of one line after another, always in the same order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log, sqrt
from sys import byteorder
from typing import TYPE_CHECKING, NamedTuple

from dialogs.understanding.tables import key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.understanding.classifier import Classifier

ROUNDS, STEP, SLOWER = 2, 0.04, 0.5
"""How often all lines are gone through, how far each moves the weights at first, and how much less
in each later round. More rounds than two learn the lines themselves."""

STRIDE = 7919
"""Lines lie by label; they are learned from in leaps of this many. A prime number."""

SCALE = 10.0
"""The length that the features of every text are brought to."""

UNSEEN = 30.0
"""What a feature adds to the length that is not known, about two in five of a rare one: what is
said in words that nobody has seen is never sure."""

CLEAR, FAINT = 0.2, 0.03
"""A line whose label has all of the share but so much teaches nothing new; labels with a smaller
share than the second are not moved."""

SELDOM = 2
"""Lines that a feature must stand in to be kept."""

STARTS = (3, 4, 5)
"""Letters of the beginnings of words that are looked at."""

MOST = 127
"""Weights are kept as whole numbers from 0 to twice this; this one stands for nothing."""

LANES = 256
"""Weights that can be added before a sum is too large for its 16 bits."""

Example = tuple[str, str]
"""A label and the text of one example of it, spelt out."""


@dataclass(frozen=True, slots=True)
class Regression:
    """What was learned. Reading never changes it.

    `keys`: the features by their numbers, in order; `rarity`: the square of how rare each is;
    `weights`: for each feature in turn what it says for each label, two bytes each, in units of
    `unit`.
    """

    labels: tuple[str, ...]
    keys: array[int]
    rarity: array[float]
    weights: bytes
    unit: float

    def likely(self, spelt: str) -> list[float]:
        """For each label how much likelier it is than by chance: the logarithm."""
        keys, size = self.keys, len(self.keys)
        places, unseen = [], 0
        for feature in _features(spelt):
            place = bisect_left(keys, feature)
            if place < size and keys[place] == feature:
                places.append(place)
            else:
                unseen += 1
        if not places:
            return [0.0] * len(self.labels)
        share = self.unit * _share([self.rarity[place] for place in places], unseen)
        sums = [share * value for value in self._sums(places)]
        most = max(sums)
        whole = most + log(sum([exp(value - most) for value in sums]))
        chance = log(len(self.labels))
        return [value - whole + chance for value in sums]

    def _sums(self, places: list[int]) -> list[int]:
        """What all features say for each label: a row of weights is added as one long number."""
        weights, size = self.weights, 2 * len(self.labels)
        sums = [-MOST * len(places)] * len(self.labels)
        for start in range(0, len(places), LANES):
            some = places[start : start + LANES]
            rows = [weights[place * size : (place + 1) * size] for place in some]
            long = sum([int.from_bytes(row, byteorder) for row in rows])
            lanes = array("H", long.to_bytes(size, byteorder))
            sums = [before + more for before, more in zip(sums, lanes, strict=True)]
        return sums


class Found(NamedTuple):
    """A label, and what a text has of it: 0 for nothing in common, about 1 for its own example.

    `alike`: likeness alone.
    """

    label: str
    score: float
    alike: float


@dataclass(frozen=True, slots=True)
class Both:
    """Likeness and likelihood together; `share`: how much the likelihood counts beside it."""

    classifier: Classifier
    regression: Regression
    share: float

    def ranked(self, words: tuple[str, ...], spelt: str) -> list[Found]:
        """All labels for a text, given by its telling words and spelt out; the likest first."""
        labels = self.classifier.labels
        if not words or not labels:
            return []
        alike, share = self.classifier.scores(words), self.share
        likely = self.regression.likely(spelt)
        score = [a + share * more if more > 0 else a for a, more in zip(alike, likely, strict=True)]
        order = sorted(range(len(score)), key=lambda number: -score[number])
        return [Found(labels[number], score[number], alike[number]) for number in order]


def regression(examples: Iterable[Example]) -> Regression:
    """Learn from examples."""
    lines = [(label, _features(text)) for label, text in examples]
    labels = tuple(sorted({label for label, _ in lines}))
    number = {label: place for place, label in enumerate(labels)}
    seen = Counter(feature for _, features in lines for feature in features)
    keys = array("I", sorted(feature for feature, count in seen.items() if count >= SELDOM))
    rarity = array("f", [log((len(lines) + 1) / (seen[feature] + 0.5)) ** 2 for feature in keys])
    place = {feature: where for where, feature in enumerate(keys)}
    known = []
    for label, features in lines:
        places = [place[feature] for feature in features if feature in place]
        if places:
            share = _share([rarity[where] for where in places], len(features) - len(places))
            known.append((number[label], places, share))
    weights = _learned(known, rarity.tolist(), len(labels))
    most = max((abs(value) for row in weights for value in row), default=0.0)
    unit = most / MOST or 1.0
    whole = array("H", [MOST + round(value / unit) for row in weights for value in row])
    return Regression(labels, keys, rarity, whole.tobytes(), unit)


def _share(rarity: list[float], unseen: int) -> float:
    """What brings features to one length, given their rarity and how many are not known."""
    return SCALE / sqrt(sum(rarity) + unseen * UNSEEN)


def _learned(
    lines: list[tuple[int, list[int], float]], rarity: list[float], size: int
) -> list[list[float]]:
    """The weights of each feature, after all rounds."""
    weights = [[0.0] * size for _ in rarity]
    count = len(lines)
    order = [lines[at * STRIDE % count] for at in range(count)] if count % STRIDE else lines
    for turn in range(ROUNDS):
        step = STEP / (1 + SLOWER * turn)
        for label, places, share in order:
            rows = [weights[place] for place in places]
            sums = [share * value for value in map(sum, zip(*rows, strict=True))]
            if not (moves := _moves(sums, label, step * share)):
                continue
            for place, row in zip(places, rows, strict=True):
                rare = rarity[place]
                for other, move in moves:
                    row[other] += move * rare
    return weights


def _moves(sums: list[float], label: int, step: float) -> list[tuple[int, float]]:
    """The labels whose weights one line moves, and how far."""
    most = max(sums)
    parts = [exp(value - most) for value in sums]
    total = sum(parts)
    if parts[label] > (1 - CLEAR) * total:
        return []
    least, all_ = FAINT * total, step / total
    found = [(n, -all_ * part) for n, part in enumerate(parts) if part > least and n != label]
    return [*found, (label, step - all_ * parts[label])]


@lru_cache(maxsize=64)
def _features(spelt: str) -> tuple[int, ...]:
    """The words of a text, two in a row with the edges, and the beginnings of words, each once."""
    words = spelt.split()
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{a} {b}" for a, b in pairwise(["", *words, ""])))
    for word in words:
        for length in STARTS:
            if len(word) >= length:
                found[f"{length}<{word[:length]}"] = None
    return tuple(map(key, found))

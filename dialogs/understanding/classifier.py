"""Which of several labels a text is most like: naive Bayes of the complement, and BM25, by hand.

Source of the method: Rennie et al. 2003 (complement naive Bayes) and Robertson and Zaragoza 2009
(BM25). Nothing is drawn by chance, and sums run in one order, so that the same lines and the same
text give the same figures. What is learned is kept in plain arrays (see `tables`), which take
little room and can be kept in a file.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING

from dialogs.understanding.tables import Index, Table, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMOOTH = 0.3
"""Added to every count, so that a feature never seen says little instead of everything."""

WORD, PAIR = 1.0, 0.7
"""How much a word and two words in a row count."""

K1, B = 1.0, 0.25
"""BM25: how soon a word repeated stops counting, and how much a long line is marked down."""

NEAREST = (1.0, 0.6, 0.4, 0.2)
"""How much the nearest line of a label counts, and the next ones."""

WHOLE = 1.9
"""What the common figure of a label is divided by, so that its own example comes to about 1."""

LIKE = 5.0
"""How much BM25 counts beside naive Bayes in the common figure."""

TELLING = 8
"""The words of a text that BM25 looks at: the rarest ones."""

COMMON = 150
"""Lines from which on a word is too common for BM25 to look at."""

Line = tuple[str, tuple[str, ...]]
"""A label and the words of one example of it."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """What was learned from lines. Reading never changes it.

    `gains`: feature -> (how rare it is, label by label what it says for it); `shares`: what a label
    starts with; `postings`: word -> (how rare it is, line by line what it counts); `owner`: the
    label of each line.
    """

    labels: tuple[str, ...]
    gains: Index
    shares: array[float]
    postings: Index
    owner: array[int]

    def scores(self, words: tuple[str, ...]) -> list[float]:
        """How like each label a text is, in the order of the labels."""
        bayes, lines = self._bayes(words), self._bm25(words)
        return [(b + LIKE * n) / (1 + LIKE) for b, n in zip(bayes, lines, strict=True)]

    def _bayes(self, words: tuple[str, ...]) -> list[float]:
        known = []
        keys, rare, size = self.gains.keys, self.gains.rare, len(self.gains.keys)
        for feature, value in _features(words).items():
            place = bisect_left(keys, feature)
            if place < size and keys[place] == feature:
                known.append((place, value * rare[place]))
        length = sqrt(sum([value * value for _, value in known])) or 1.0
        sums = [0.0] * len(self.labels)
        total = 0.0
        for place, weight in known:
            value = weight / length
            total += value
            for number, gain in self.gains.entries(place):
                sums[number] += value * gain
        return [value + total * share for value, share in zip(sums, self.shares, strict=True)]

    def _bm25(self, words: tuple[str, ...]) -> list[float]:
        scores = defaultdict[int, float](float)
        best = 0.0
        unseen = log(1 + (len(self.owner) + 0.5) / 0.5) / 2
        known = []
        for word in dict.fromkeys(words):
            place = self.postings.place(word)
            best += unseen if place is None else self.postings.rare[place]
            if place is not None:
                known.append((-self.postings.rare[place], place))
        if len(known) > TELLING:
            known = sorted(known)[:TELLING]
        for _, place in known:
            for line, value in self.postings.entries(place):
                scores[line] += value
        by_label = defaultdict[int, list[float]](list)
        owner = self.owner
        for line, score in scores.items():
            by_label[owner[line]].append(score)
        figures = [0.0] * len(self.labels)
        for label, found in by_label.items():
            figures[label] = _nearest(found) / (best * WHOLE)
        return figures


def classifier(lines: Iterable[Line]) -> Classifier:
    """Learn from lines."""
    found = [(label, words) for label, words in lines if words]
    labels = tuple(sorted({label for label, _ in found}))
    number = {label: place for place, label in enumerate(labels)}
    numbered = [(number[label], words) for label, words in found]
    gains, shares = _gains(numbered, len(labels))
    owner = array("B", [label for label, _ in numbered])
    return Classifier(labels, gains, shares, _postings(numbered), owner)


def _gains(lines: list[tuple[int, tuple[str, ...]]], size: int) -> tuple[Index, array[float]]:
    """Weigh the features of every line by how rare they are, each line to the length of 1."""
    found = [(label, _features(line)) for label, line in lines]
    seen = Counter[int]()
    for _, features in found:
        seen.update(features.keys())
    rare = {feature: log((len(lines) + 1) / (n + 0.5)) for feature, n in seen.items()}
    own: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(size)]
    every: defaultdict[int, float] = defaultdict(float)
    for label, features in found:
        weighed = [(feature, value * rare[feature]) for feature, value in features.items()]
        length = sqrt(sum([value * value for _, value in weighed])) or 1.0
        mine = own[label]
        for feature, weight in weighed:
            value = weight / length
            mine[feature] += value
            every[feature] += value
    return _complement(own, every, rare)


def _complement(
    own: list[defaultdict[int, float]], every: Mapping[int, float], rare: Mapping[int, float]
) -> tuple[Index, array[float]]:
    """What a feature says for a label: how much of it stands outside of all other labels."""
    table = Table()
    whole = sum(every.values()) + SMOOTH * len(every)
    for number, features in enumerate(own):
        for feature, value in features.items():
            total = every[feature] + SMOOTH
            table.add(feature, number, log(total / (total - value)))
    shares = array("f", [log((whole - sum(features.values())) / whole) for features in own])
    return table.index(rare), shares


def _postings(lines: list[tuple[int, tuple[str, ...]]]) -> Index:
    counts = [Counter(map(key, line)) for _, line in lines]
    seen = Counter[int]()
    for words in counts:
        seen.update(words.keys())
    total = len(lines)
    rare = {word: log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in seen.items()}
    middle = sum(len(line) for _, line in lines) / max(total, 1)
    table = Table()
    for place, words in enumerate(counts):
        norm = K1 * (1 - B + B * len(lines[place][1]) / middle)
        for word, count in words.items():
            if seen[word] <= COMMON:
                table.add(word, place, rare[word] * count * (K1 + 1) / (count + norm))
    return table.index(rare)


def _nearest(found: list[float]) -> float:
    found.sort(reverse=True)
    return sum([share * value for share, value in zip(NEAREST, found, strict=False)])


def _features(words: tuple[str, ...]) -> dict[int, float]:
    """The words of a text, and two in a row with the edges; groups stand in no pair."""
    found = dict.fromkeys(map(key, words), WORD)
    plain = [word for word in words if not word.startswith("=")]
    pairs = [f"{a} {b}" for a, b in pairwise(["", *plain, ""])]
    found.update(dict.fromkeys(map(key, pairs), PAIR))
    return found

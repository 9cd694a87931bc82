"""Which of several labels a text is most like: naive Bayes of the complement, and BM25, by hand.

Source of the method: Rennie et al. 2003 (complement naive Bayes) and Robertson and Zaragoza 2009
(BM25). Both are learned from example lines in a fraction of a second; nothing is drawn by chance,
and sums run in one order, so that the same lines and the same text give the same figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

SMOOTH = 0.3
"""Added to every count, so that a feature never seen says little instead of everything."""

LETTERS = (2, 5)
"""Letters of the shortest and the longest piece of a word that is looked at."""

WORD, PAIR, PIECE = 1.0, 0.8, 0.28
"""How much a word, two words in a row and a piece of a word count."""

K1, B = 1.2, 0.6
"""BM25: how soon a word repeated stops counting, and how much a long line is marked down."""

NEAREST = (1.0, 0.5, 0.25)
"""How much the nearest line of a label counts, and the next ones."""

LIKE = 0.45
"""The share of BM25 in the common figure; the rest is naive Bayes."""

Line = tuple[str, tuple[str, ...]]
"""A label and the words of one example of it."""


@lru_cache(maxsize=8192)
def pieces(word: str) -> tuple[str, ...]:
    """The pieces of a word, its edges marked: `_ey`, `eye`, `ye_` ..."""
    edged = f"_{word}_"
    low, high = LETTERS
    return tuple(
        edged[start : start + size]
        for size in range(low, high + 1)
        for start in range(len(edged) - size + 1)
    )


def pairs(words: tuple[str, ...]) -> list[str]:
    """Two words in a row, with the edges of the text."""
    edged = ("", *words, "")
    return [f"{a} {b}" for a, b in zip(edged, edged[1:], strict=False)]


Gains = Mapping[str, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """One label and how like it a text is: 0 for nothing in common, about 1 for its own example."""

    label: str
    score: float


class Classifier:
    """Learned once from all lines; reading never changes it."""

    def __init__(self, lines: Iterable[Line]) -> None:
        found = [(label, words) for label, words in lines if words]
        self._labels = sorted({label for label, _ in found})
        self._number = {label: number for number, label in enumerate(self._labels)}
        self._learn_gains(found)
        self._learn_lines(found)

    def ranked(self, words: tuple[str, ...]) -> list[Found]:
        """All labels, the likest first."""
        if not words or not self._labels:
            return []
        bayes, lines = self._bayes(words), self._bm25(words)
        mixed = [(1 - LIKE) * b + LIKE * n for b, n in zip(bayes, lines, strict=True)]
        order = sorted(range(len(mixed)), key=lambda number: (-mixed[number], number))
        return [Found(self._labels[number], mixed[number]) for number in order]

    # --- naive Bayes of the complement ---

    def _learn_gains(self, lines: list[Line]) -> None:
        sizes = Counter(label for label, _ in lines)
        middle = len(lines) / max(len(sizes), 1)
        weight = {self._number[label]: (middle / size) ** 0.5 for label, size in sizes.items()}
        words, two = defaultdict[str, Counter[int]](Counter), defaultdict[str, Counter[int]](Counter)
        for label, line in lines:
            number = self._number[label]
            for word in dict.fromkeys(line):
                words[word][number] += 1
            for pair in pairs(line):
                two[pair][number] += 1
        parts = defaultdict[str, Counter[int]](Counter)
        for word, counts in words.items():
            for piece in dict.fromkeys(pieces(word)):
                parts[piece].update(counts)
        self._words = _gains(words, weight, WORD)
        self._pairs = _gains({p: c for p, c in two.items() if c.total() > 1}, weight, PAIR)
        self._pieces = _gains({p: c for p, c in parts.items() if c.total() > 1}, weight, PIECE)

    def _bayes(self, words: tuple[str, ...]) -> list[float]:
        sums = [0.0] * len(self._labels)
        for word in words:
            _add(sums, self._words.get(word, ()))
            for piece in pieces(word):
                _add(sums, self._pieces.get(piece, ()))
        for pair in pairs(words):
            _add(sums, self._pairs.get(pair, ()))
        length = len(words) ** 0.75
        return [value / length / 4 for value in sums]

    # --- BM25 ---

    def _learn_lines(self, lines: list[Line]) -> None:
        self._owner = [self._number[label] for label, _ in lines]
        postings = defaultdict[str, list[tuple[int, int]]](list)
        for place, (_, line) in enumerate(lines):
            for word, count in Counter(line).items():
                postings[word].append((place, count))
        middle = sum(len(line) for _, line in lines) / max(len(lines), 1)
        norm = [K1 * (1 - B + B * len(line) / middle) for _, line in lines]
        total = len(lines)
        self._idf = {
            word: log(1 + (total - len(places) + 0.5) / (len(places) + 0.5))
            for word, places in postings.items()
        }
        self._unseen = log(1 + (total + 0.5) / 0.5)
        self._postings = {
            word: [
                (place, self._idf[word] * count * (K1 + 1) / (count + norm[place]))
                for place, count in places
            ]
            for word, places in postings.items()
        }

    def _bm25(self, words: tuple[str, ...]) -> list[float]:
        scores = defaultdict[int, float](float)
        best = 0.0
        for word in dict.fromkeys(words):
            best += self._idf.get(word, self._unseen / 2)
            for place, value in self._postings.get(word, ()):
                scores[place] += value
        by_label: list[list[float]] = [[] for _ in self._labels]
        for place in sorted(scores):
            by_label[self._owner[place]].append(scores[place])
        return [_nearest(found) / (best * 1.5) for found in by_label]


def _nearest(found: list[float]) -> float:
    found.sort(reverse=True)
    return sum(share * value for share, value in zip(NEAREST, found, strict=False))


def _add(sums: list[float], gains: Iterable[tuple[int, float]]) -> None:
    for number, gain in gains:
        sums[number] += gain


def _gains(
    counts: Mapping[str, Counter[int]], weight: Mapping[int, float], share: float
) -> Gains:
    """What a feature says for each label it was seen with, beside all other labels."""
    found: dict[str, tuple[tuple[int, float], ...]] = {}
    for feature, seen in counts.items():
        weighed = {number: count * weight[number] for number, count in seen.items()}
        total = sum(weighed.values()) + SMOOTH
        found[feature] = tuple(
            (number, share * log(total / (total - count))) for number, count in weighed.items()
        )
    return found

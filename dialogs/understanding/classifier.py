"""Which of several labels a text is most like: naive Bayes of the complement, and BM25, by hand.

Source of the method: Rennie et al. 2003 (complement naive Bayes) and Robertson and Zaragoza 2009
(BM25). Both are learned from example lines in a fraction of a second; nothing is drawn by chance,
and sums run in one order, so that the same lines and the same text give the same figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

SMOOTH = 0.3
"""Added to every count, so that a feature never seen says little instead of everything."""

WORD, PAIR = 1.0, 0.7
"""How much a word and two words in a row count."""

K1, B = 1.2, 0.6
"""BM25: how soon a word repeated stops counting, and how much a long line is marked down."""

NEAREST = (1.0, 0.5, 0.25)
"""How much the nearest line of a label counts, and the next ones."""

LIKE = 5.0
"""How much BM25 counts beside naive Bayes in the common figure."""

Line = tuple[str, tuple[str, ...]]
"""A label and the words of one example of it."""


def pairs(words: tuple[str, ...]) -> list[str]:
    """Two words in a row, with the edges of the text."""
    edged = ("", *words, "")
    return [f"{a} {b}" for a, b in pairwise(edged)]


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
        mixed = [(b + LIKE * n) / (1 + LIKE) for b, n in zip(bayes, lines, strict=True)]
        order = sorted(range(len(mixed)), key=lambda number: (-mixed[number], number))
        return [Found(self._labels[number], mixed[number]) for number in order]

    # --- naive Bayes of the complement ---

    def _learn_gains(self, lines: list[Line]) -> None:
        """Weigh the features of every line by how rare they are, each line to the length of 1."""
        found = [(self._number[label], _features(line)) for label, line in lines]
        seen = Counter[str]()
        for _, features in found:
            seen.update(features.keys())
        self._rare = {feature: log((len(lines) + 1) / (n + 0.5)) for feature, n in seen.items()}
        own: list[defaultdict[str, float]] = [defaultdict(float) for _ in self._labels]
        every: defaultdict[str, float] = defaultdict(float)
        for number, features in found:
            for feature, value in self._weighed(features):
                own[number][feature] += value
                every[feature] += value
        self._learn_gain(own, every)

    def _learn_gain(self, own: list[defaultdict[str, float]], every: Mapping[str, float]) -> None:
        """What a feature says for a label: how much of it stands outside of all other labels."""
        gains = defaultdict[str, list[tuple[int, float]]](list)
        whole = sum(every.values()) + SMOOTH * len(every)
        for number, features in enumerate(own):
            for feature, value in features.items():
                total = every[feature] + SMOOTH
                gains[feature].append((number, log(total / (total - value))))
        self._gains = dict(gains)
        self._shares = [log((whole - sum(features.values())) / whole) for features in own]

    def _weighed(self, features: Mapping[str, float]) -> list[tuple[str, float]]:
        known = [(f, v * self._rare[f]) for f, v in features.items() if f in self._rare]
        length = sqrt(sum([value * value for _, value in known])) or 1.0
        return [(feature, value / length) for feature, value in known]

    def _bayes(self, words: tuple[str, ...]) -> list[float]:
        sums = [0.0] * len(self._labels)
        total = 0.0
        for feature, value in self._weighed(_features(words)):
            total += value
            for number, gain in self._gains.get(feature, ()):
                sums[number] += value * gain
        return [value + total * share for value, share in zip(sums, self._shares, strict=True)]

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


def _features(words: tuple[str, ...]) -> dict[str, float]:
    """The words of a text, and its pairs; groups stand in no pair."""
    found = dict.fromkeys(words, WORD)
    plain = tuple(word for word in words if not word.startswith("="))
    found.update(dict.fromkeys(pairs(plain), PAIR))
    return found

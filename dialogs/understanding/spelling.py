"""Typed text in plain words: abbreviations and known slips spelt out, unknown words repaired."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from dialogs.understanding.lexicon import Lexicon
from dialogs.words import LONGEST, NEGATIONS, NUMBERS, normalise

SHORTEST = 5
"""Letters of the shortest word that is repaired: shorter ones have too many neighbours."""

TWO_SLIPS = 9
"""Letters from which a word may have two slips in it."""

_GLUED = re.compile(r"\b(\d+(?:\.\d+)?)([a-z]+)\b")
"""A number written together with its unit: `3yrs`, `10mo`."""

_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_STRETCHED = re.compile(r"(\w)\1{2,}")
"""A letter typed three times and more: `heyyy`, `pleaseee`."""

_POINT = " point "
_PIECE = re.compile(r"[^.;!?,\n]+")
"""What stands between punctuation marks."""


class Speller:
    """Spells out texts by the lexicon; `known` are the words that are right as they are."""

    def __init__(self, lexicon: Lexicon, known: Iterable[str], fixed: Iterable[str] = ()) -> None:
        self._emoji = {picture: f" {words} " for picture, words in lexicon.emoji.items()}
        self._instead: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        right: set[str] = set()
        for words, ways in lexicon.instead.items():
            meant = tuple(normalise(words).split())
            right.update(meant)
            for way in ways:
                typed = tuple(normalise(way).split())
                self._instead.setdefault(typed[0], []).append((typed[1:], meant))
        for found in self._instead.values():
            found.sort(key=lambda pair: -len(pair[0]))
        keep = {normalise(word) for word in lexicon.keep}
        self._right = frozenset((*known, *right, *keep, *NEGATIONS, *NUMBERS))
        never = keep | NEGATIONS | NUMBERS | set(fixed)
        self._targets = _by_start(word for word in self._right - never if len(word) >= SHORTEST)
        self._repaired = lru_cache(maxsize=4096)(self._repair)

    def spelt(self, text: str) -> str:
        """A text normalised, its pictures in words, abbreviations and known slips spelt out."""
        for picture, words in self._emoji.items():
            if picture in text:
                text = text.replace(picture, words)
        text = _DECIMAL.sub(_POINT, text)
        text = normalise(text).replace(_POINT.strip(), "point")
        text = _GLUED.sub(r"\1 \2", _STRETCHED.sub(r"\1\1", text))
        return " ".join(self._spell_out(text.split()))

    def punctuated(self, text: str) -> str:
        """A text spelt out with its punctuation kept: it says where a `no` ends."""
        text = _DECIMAL.sub(_POINT, text[:LONGEST])
        return _PIECE.sub(lambda piece: self.spelt(piece.group()) + " ", text)

    def repaired(self, spelt: str) -> str:
        """A text spelt out with each word that nobody knows put right, where that is clear."""
        return " ".join(map(self._repaired, spelt.split()))

    def knows(self, spelt: str) -> bool:
        """Whether every word of a text is known, so that none of them is a slip of another."""
        return all(word in self._right or not word.isalpha() for word in spelt.split())

    def doubts(self, spelt: str) -> bool:
        """Whether a word that nobody knows may be a `no`: one overlooked turns an answer round."""
        return any(word not in self._right and _negation(word) for word in spelt.split())

    def _spell_out(self, words: list[str]) -> list[str]:
        found: list[str] = []
        place = 0
        while place < len(words):
            for rest, meant in self._instead.get(words[place], ()):
                end = place + 1 + len(rest)
                if tuple(words[place + 1 : end]) == rest:
                    found.extend(meant)
                    place = end
                    break
            else:
                found.append(words[place])
                place += 1
        return found

    def _repair(self, word: str) -> str:
        """The one known word that differs by a slip (two in a long word), else the word itself."""
        if len(word) < SHORTEST or word in self._right or not word.isalpha():
            return word
        if word.endswith("s") and word[:-1] in self._right:
            return word
        slips = 2 if len(word) >= TWO_SLIPS else 1
        near: list[tuple[int, str]] = []
        for known in self._targets.get(word[0], ()):
            if abs(len(known) - len(word)) <= slips:
                distance = OSA.distance(word, known, score_cutoff=slips)
                if distance <= slips:
                    near.append((int(distance), known))
        near.sort()
        if not near or (len(near) > 1 and near[0][0] == near[1][0]):
            return word
        return near[0][1]


def _negation(word: str) -> str | None:
    """The `not` that a word is but for a slip."""
    near = (known for known in sorted(NEGATIONS) if len(known) > len("no") < len(word))
    return next((known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1), None)


def _by_start(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        found.setdefault(word[0], []).append(word)
    return {letter: tuple(known) for letter, known in found.items()}

"""Whether a text asks something, puts something right, or speaks of an earlier question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.understanding.lexicon import Lexicon

TAKES_BACK, CONTRASTS = 2, 1
"""A text has words by which people take something back; it only sets one thing against another."""

_NEVER = re.compile(r"(?!)")


class Asking:
    """The turns of phrase of a lexicon (`turns`), and its words for the questions (`names`)."""

    def __init__(self, lexicon: Lexicon) -> None:
        turns = lexicon.turns
        openers = "|".join(turns.get("openers", ()))
        begins = "|".join(turns.get("asks", ()))
        self._begins = re.compile(rf"^(?:(?:{openers}) )*(?:{begins})\b") if begins else _NEVER
        self._inside = _any(turns.get("inside", ()))
        self._back = _any(turns.get("takes_back", ()))
        self._contrasts = _any(turns.get("contrasts", ()))
        ends = "|".join(turns.get("told_ends", ()))
        told = "|".join(turns.get("told", ()))
        self._told = re.compile(rf"\b(?:{told})\b(?:(?! (?:{ends})\b).)*") if told else _NEVER
        self._bare = frozenset(turns.get("bare", ()))
        self._names = {name: _any(words) for name, words in lexicon.names.items()}
        things = "|".join(turns.get("things", ()))
        called = "|".join(word for words in lexicon.names.values() for word in words)
        self._called = (
            re.compile(rf"\b(?:(?:the|my|that|your|on|about|for) )+(?:{called}) (?:{things})\b")
            if called and things
            else _NEVER
        )

    def asks(self, text: str, spelt: str) -> bool:
        """Whether a text is, or holds, a question."""
        return "?" in text or self.begins(spelt) or self.holds(spelt)

    def begins(self, spelt: str) -> bool:
        """Whether a text begins as questions do, or does so after a word or two of opening."""
        return self._begins.match(spelt) is not None

    def holds(self, spelt: str) -> bool:
        """Whether a text has a question somewhere in it."""
        return self._inside.search(spelt) is not None

    def names(self, spelt: str) -> frozenset[str]:
        """The questions that a text calls by one of their names."""
        return frozenset(name for name, words in self._names.items() if words.search(spelt))

    def puts_right(self, spelt: str) -> int:
        """How far a text puts something right: TAKES_BACK, CONTRASTS, or 0."""
        if self._back.search(spelt):
            return TAKES_BACK
        return CONTRASTS if self._contrasts.search(spelt) else 0

    def bare(self, words: str) -> bool:
        """Whether words say something only where it is asked: out of the blue they say nothing."""
        return words in self._bare

    def newly(self, parts: list[str]) -> list[str]:
        """The parts without what they tell of earlier answers; all, if nothing is left."""
        without = (self._told.sub(" ", self._called.sub(" ", part)).strip() for part in parts)
        left = [part for part in without if part]
        return left or parts


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b") if phrases else _NEVER

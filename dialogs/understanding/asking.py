"""Whether a text asks something, puts something right, or does neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.understanding.lexicon import Lexicon

TAKES_BACK, CONTRASTS = 2, 1
"""A text has words by which people take something back; it only sets one thing against another."""

_NEVER = re.compile(r"(?!)")


class Asking:
    """The turns of phrase of a lexicon: its `turns`."""

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

    def asks(self, text: str, spelt: str) -> bool:
        """Whether a text is, or holds, a question."""
        return "?" in text or bool(self._begins.match(spelt) or self._inside.search(spelt))

    def puts_right(self, spelt: str) -> int:
        """How far a text puts something right: TAKES_BACK, CONTRASTS, or 0."""
        if self._back.search(spelt):
            return TAKES_BACK
        return CONTRASTS if self._contrasts.search(spelt) else 0

    def newly(self, parts: list[str]) -> list[str]:
        """The parts without what they tell of earlier answers; all, if nothing is left."""
        left = [part for part in (self._told.sub(" ", part).strip() for part in parts) if part]
        return left if any(left) else parts


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b") if phrases else _NEVER

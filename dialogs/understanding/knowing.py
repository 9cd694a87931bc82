"""Which words of the example lines are right as they are, and which are slips of their writers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from dialogs.understanding.spelling import SHORTEST

if TYPE_CHECKING:
    from collections.abc import Iterable

USUAL = 8
"""Lines from which on a word is a usual one, of which another may be a slip."""


def right_words(lines: Iterable[str], sure: frozenset[str]) -> frozenset[str]:
    """All words of some lines (spelt out) and the sure ones, less the slips.

    Lines are written as people type, slips and all. A word of a single line that is but one slip
    away from a usual one is a slip of it, so that it is repaired like any other.
    """
    seen = Counter(word for line in lines for word in set(line.split()))
    usual: dict[str, list[str]] = {}
    for word in sorted(seen):
        if seen[word] >= USUAL and len(word) >= SHORTEST - 1:
            usual.setdefault(word[0], []).append(word)
    slips = {
        word
        for word, count in seen.items()
        if count == 1 and len(word) >= SHORTEST and word not in sure
        if any(_slip(word, other) for other in usual.get(word[0], ()))
    }
    return (frozenset(seen) | sure) - slips


def _slip(word: str, usual: str) -> bool:
    """Whether a word differs from a usual one by a slip, and not by an ending."""
    if word.startswith(usual) or usual.startswith(word) or abs(len(word) - len(usual)) > 1:
        return False
    return bool(OSA.distance(word, usual, score_cutoff=1) == 1)

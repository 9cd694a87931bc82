"""How dangerous a text sounds: naive Bayes of dangerous lines against harmless ones.

Besides the words it weighs groups of words (pain, eye, years ago, a joke ...), which of them come
together, and which come shortly before which: "no fever" is no fever.
"""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from dialogs.understanding.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMOOTH = 0.05
"""Added to every count: a feature seen once on one side only says much."""

LENGTH = 0.7
"""Power of the number of features that the sum is divided by, so that long texts weigh no more."""

REACH = 3
"""Words within which one group comes shortly before another."""

Grouped = dict[str, tuple[str, ...]]


def grouped(groups: Mapping[str, Iterable[str]]) -> Grouped:
    """Stemmed word -> its groups."""
    found: dict[str, list[str]] = {}
    for group, words in groups.items():
        for word in dict.fromkeys(map(stem, words)):
            found.setdefault(word, []).append(group)
    return {word: tuple(names) for word, names in found.items()}


class Sensing:
    """Learned once; `sounds` gives the figure for a text spelt out."""

    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        dangerous: Iterable[tuple[str, tuple[str, ...]]],
        harmless: Iterable[tuple[str, tuple[str, ...]]],
    ) -> None:
        self._groups = grouped(groups)
        grave, safe = Counter[str](), Counter[str]()
        many, few = 0, 0
        for text, pages in dangerous:
            grave.update(self._features(text, pages))
            few += 1
        for text, pages in harmless:
            safe.update(self._features(text, pages))
            many += 1
        base = log((many + 2 * SMOOTH) / (few + 2 * SMOOTH))
        self._weights = {
            feature: log((grave[feature] + SMOOTH) / (safe[feature] + SMOOTH)) + base
            for feature in sorted(grave.keys() | safe.keys())
        }

    def sounds(self, spelt: str, pages: tuple[str, ...] = ()) -> float:
        """Above 0: more like dangerous lines than like harmless ones. `pages`: signs found."""
        features = self._features(spelt, pages)
        total = sum([self._weights.get(feature, 0.0) for feature in features])
        return float(total / max(len(features), 1) ** LENGTH)

    def _features(self, spelt: str, pages: tuple[str, ...]) -> list[str]:
        stems = [stem(word) for word in spelt.split()]
        groups = [self._groups.get(word, ()) for word in stems]
        found: dict[str, None] = dict.fromkeys(stems)
        found.update((f"{a} {b}", None) for a, b in zip(["^", *stems], [*stems, "$"], strict=True))
        named = sorted({name for names in groups for name in names})
        found.update((f"={name}", None) for name in named)
        for place, name in enumerate(named):
            found.update((f"={name}&{other}", None) for other in named[place + 1 :])
        self._before(groups, found)
        if pages:
            found.update((f"!{name}", None) for name in ("", *named))
            found.update((f"!!{page}", None) for page in pages)
        return sorted(found)

    @staticmethod
    def _before(groups: list[tuple[str, ...]], found: dict[str, None]) -> None:
        told = [(place, names) for place, names in enumerate(groups) if names]
        for number, (place, names) in enumerate(told):
            for later, others in told[number + 1 :]:
                if later - place > REACH:
                    break
                for name in names:
                    found.update((f"{name}>{other}", None) for other in others if other != name)

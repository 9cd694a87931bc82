"""Words as they are compared: without endings, and with the names of their groups beside them."""

from collections.abc import Iterable
from functools import lru_cache

from dialogs.understanding.lexicon import Lexicon
from dialogs.words import normalise

SMALL = frozenset(
    (
        *("a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "it", "its", "is"),
        *("so", "just", "that", "this", "like", "really", "very", "well", "um", "hi", "oh"),
    )
)
"""Words that say nothing about what a text is about."""

_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ies", "ed", "es", "s", "ly")
_LEFT = 4


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, where enough of it is left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEFT - (ending == "s"):
            return word[: -len(ending)]
    return word


class Grouping:
    """Puts the groups that a text's words belong to beside the words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._one: dict[str, list[str]] = {}
        self._more: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for group, phrases in lexicon.like.items():
            for phrase in phrases:
                self._put(tuple(map(stem, normalise(phrase).split())), f"={group}")

    def _put(self, words: tuple[str, ...], group: str) -> None:
        if len(words) == 1:
            groups = self._one.setdefault(words[0], [])
            if group not in groups:
                groups.append(group)
        elif words:
            self._more.setdefault(words[0], []).append((words[1:], group))

    def words(self, spelt: str) -> tuple[str, ...]:
        """The telling words of a text, stemmed, then its groups, each once."""
        stems = [stem(word) for word in spelt.split()]
        groups: dict[str, None] = {}
        for place, word in enumerate(stems):
            groups.update(dict.fromkeys(self._one.get(word, ())))
            for rest, group in self._more.get(word, ()):
                if tuple(stems[place + 1 : place + 1 + len(rest)]) == rest:
                    groups[group] = None
        telling = [word for word in stems if word not in SMALL] or stems
        return (*telling, *groups)


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """All words of some texts."""
    return frozenset(word for text in texts for word in text.split())

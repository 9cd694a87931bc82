"""Groups of words that mean nearly the same, found in a text, and what they are signs of together.

The form of `hear/concepts/*.yaml`: each list is a group of words and phrases (`swell*` is any word
that begins so); in `signs.yaml` each list stands under a danger message, and each of its lines
names groups that are a sign of it when they stand near each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

NEAR = 14
"""Words within which groups belong together: about a sentence."""

REACH = 4
"""Words that a `no` reaches."""

SHORTEST = 3
"""Letters of the shortest beginning that stands for a word."""

NO = "neg"
"""The group of the words that take back what follows them."""

ENDS = frozenset(("but", "just", "only", "though", "although", "however", "except"))
"""Words at which a `no` ends."""

ALOOF = frozenset(("past", "over", "others", "fine", "joke", "idiom", "hypo", "elsewhere"))
"""Groups whose phrases hide the words in them: a sight for sore eyes is no eye that is sore."""

INSIDE = frozenset((NO, "fine", "past", "now", "hypo", "ask"))
"""Groups that are not looked for inside of a phrase."""

SOFTENING = ("past", "over", "others", "hypo", "joke", "idiom")
"""Groups of words that may mean that nothing is wrong here and now."""

LAST = 2
"""Words of the shortest phrase."""

COMMON = frozenset(("i", "it", "personal", "ask", "now", "in_my"))
"""Groups that stand in any text, so that they do not tell one from another."""

MOMENT, OUTWEIGHED = "moment", frozenset(("hypo", "others"))
"""The group of words of the present moment, and the softening ones it outweighs."""

_Phrase = tuple[tuple[str, ...], bool, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The words of a text, the groups found in it and where, the groups taken back, the signs."""

    words: list[list[str]]
    found: dict[str, list[int]]
    denied: set[str]
    signs: list[tuple[str, str]]

    @property
    def soft(self) -> list[str]:
        """The groups that may mean that nothing is wrong, less what the present outweighs."""
        found = [group for group in SOFTENING if group in self.found]
        return [] if MOMENT in self.found and OUTWEIGHED.issuperset(found) else found

    @property
    def marks(self) -> list[str]:
        """The groups, written so that they can be compared like words."""
        return [f"=.{group}" for group in sorted(self.found) if group not in COMMON]


class Concepts:
    """Learned once from the lists; the words of each text are looked up in them."""

    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        signs: Mapping[str, Iterable[str]],
        spelt: Callable[[str], str],
    ) -> None:
        self._one: dict[str, list[str]] = {}
        self._starts: dict[str, list[str]] = {}
        self._more: dict[str, dict[str, list[_Phrase]]] = {}
        self._open: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        for group, entries in groups.items():
            for entry in entries:
                self._put(group, tuple(spelt(entry.rstrip("*")).split()), entry.endswith("*"))
        self._signs: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
        for page, lines in signs.items():
            for line in lines:
                first, *others = line.split()
                self._signs.setdefault(first, []).append((page, line, tuple(others)))

    def _put(self, group: str, words: tuple[str, ...], begins: bool) -> None:
        if len(words) > 1:
            later = self._more.setdefault(words[0], {})
            if begins and len(words) == LAST:
                self._open.setdefault(words[0], []).append((words[1], group))
            else:
                later.setdefault(words[1], []).append((words[2:], begins, group))
        elif words:
            place = self._starts if begins else self._one
            place.setdefault(words[0], []).append(group)

    @property
    def vocabulary(self) -> frozenset[str]:
        """All whole words of the lists."""
        found = {*self._one, *self._more}
        for later in self._more.values():
            found.update(later)
            found.update(w for more in later.values() for words, _, _ in more for w in words)
        return frozenset(found)

    def see(self, parts: Iterable[str]) -> Seen:
        """What stands in a text spelt out, given by its parts between punctuation."""
        seen = Seen([], {}, set(), [])
        place = 0
        for part in parts:
            words = part.split()
            seen.words.append(words)
            self._look(words, place, seen)
            place += len(words) + 1
        for first, here in seen.found.items():
            for page, line, others in self._signs.get(first, ()):
                if _beside(here, others, seen.found):
                    seen.signs.append((page, line))
        return seen

    def _look(self, words: list[str], start: int, seen: Seen) -> None:
        place, no = 0, -REACH - 1
        while place < len(words):
            word = words[place]
            hidden = place - no <= REACH
            length, groups = self._phrase(words, place) if word in self._more else (1, ())
            for group in groups:
                _note(seen, group, start + place, hidden)
            if not groups:
                for group in self._groups(word):
                    _note(seen, group, start + place, hidden and group != NO)
                no = place if NO in self._groups(word) else no
            elif not ALOOF.intersection(groups):
                self._inside(words[place : place + length], start + place, seen, hidden)
            no = -REACH - 1 if word in ENDS else no
            place += length

    def _inside(self, words: list[str], start: int, seen: Seen, hidden: bool) -> None:
        """The groups of the words that a phrase is made of."""
        for place, word in enumerate(words, start):
            for group in self._groups(word):
                if group not in INSIDE:
                    _note(seen, group, place, hidden)

    def _phrase(self, words: list[str], place: int) -> tuple[int, tuple[str, ...]]:
        """The longest phrase that begins here: its length in words, and its groups."""
        best, groups = 1, tuple[str, ...]()
        second = words[place + 1] if place + 1 < len(words) else ""
        for start, group in self._open.get(words[place], ()):
            if second.startswith(start):
                best, groups = LAST, (*groups, group)
        for rest, begins, group in self._more[words[place]].get(second, ()):
            length = len(rest) + LAST
            if length < best or place + length > len(words):
                continue
            said = tuple(words[place + LAST : place + length])
            if said == rest or (
                begins and rest and said[:-1] == rest[:-1] and said[-1].startswith(rest[-1])
            ):
                groups = (*groups, group) if length == best else (group,)
                best = length
        return best, groups

    def _groups(self, word: str) -> tuple[str, ...]:
        if (known := self._known.get(word)) is None:
            found = dict.fromkeys(self._one.get(word, ()))
            for length in range(SHORTEST, len(word) + 1):
                found.update(dict.fromkeys(self._starts.get(word[:length], ())))
            if not found and len(word) > SHORTEST and word.endswith("s"):
                found.update(dict.fromkeys(self._one.get(word[:-1], ())))
            known = tuple(found)
            if len(self._known) < MANY:
                self._known[word] = known
        return known


MANY = 20_000
"""Words whose groups are remembered; other words are looked up each time."""


def _note(seen: Seen, group: str, place: int, hidden: bool) -> None:
    if hidden:
        seen.denied.add(group)
    else:
        seen.found.setdefault(group, []).append(place)


def _beside(here: list[int], others: tuple[str, ...], found: Mapping[str, list[int]]) -> bool:
    return all(group in found and near(here, found[group]) for group in others)


def near(places: list[int], others: list[int]) -> bool:
    """Whether one of some places is near one of others."""
    if len(places) == 1 == len(others):
        return -NEAR <= places[0] - others[0] <= NEAR
    return any(-NEAR <= place - other <= NEAR for place in places for other in others)

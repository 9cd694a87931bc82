"""Figures by word, in plain arrays: little room, quickly looked up, and the same in a file."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@lru_cache(maxsize=4096)
def key(word: str) -> int:
    """The number that stands for a word (or two, or a mark)."""
    return crc32(word.encode())


@dataclass(frozen=True, slots=True)
class Index:
    """Words by their numbers in order, how rare each is, and its entries one after another."""

    keys: array[int]
    rare: array[float]
    starts: array[int]
    places: array[int]
    values: array[float]

    def place(self, word: str | int) -> int | None:
        """Where a word is kept; None if it is unknown."""
        number = key(word) if isinstance(word, str) else word
        found = bisect_left(self.keys, number)
        if found < len(self.keys) and self.keys[found] == number:
            return found
        return None

    def entries(self, place: int) -> Iterator[tuple[int, float]]:
        """The entries of the word kept at a place."""
        start, end = self.starts[place], self.starts[place + 1]
        return zip(self.places[start:end], self.values[start:end], strict=True)


@dataclass(frozen=True, slots=True)
class Exact:
    """Whole texts by their numbers in order, and the name that each stands for."""

    keys: array[int]
    places: array[int]
    names: tuple[str, ...]

    def get(self, text: str) -> str | None:
        """What a text stands for, written just so; None if it is unknown."""
        number = _whole(text)
        found = bisect_left(self.keys, number)
        if found < len(self.keys) and self.keys[found] == number:
            return self.names[self.places[found]]
        return None


def exact(texts: Mapping[str, str]) -> Exact:
    """The names that texts stand for."""
    names = tuple(sorted(set(texts.values())))
    number = {name: place for place, name in enumerate(names)}
    found = sorted((_whole(text), number[name]) for text, name in texts.items())
    return Exact(array("Q", [k for k, _ in found]), array("H", [p for _, p in found]), names)


def _whole(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Table:
    """Entries as they come in, by word."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[array[int], array[float]]] = {}

    def add(self, word: int, place: int, value: float) -> None:
        """One entry of a word."""
        entries = self._found.get(word)
        if entries is None:
            entries = self._found[word] = (array("H"), array("f"))
        entries[0].append(place)
        entries[1].append(value)

    def index(self, rare: Mapping[int, float]) -> Index:
        """All words of `rare`, in order, with their entries."""
        keys = array("I", sorted(rare))
        starts, places, values = array("I", [0]), array("H"), array("f")
        for word in keys:
            if entries := self._found.get(word):
                places += entries[0]
                values += entries[1]
            starts.append(len(places))
        return Index(keys, array("f", [rare[word] for word in keys]), starts, places, values)

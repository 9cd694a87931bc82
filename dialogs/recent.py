"""A bounded memory for results that can be worked out again at any time."""

from typing import Generic, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """Keeps what was used lately: at least the newest `size` results, at most twice as many.

    Two dictionaries that take turns: when the young one is full, the old one is let go. Each step
    is one operation on a dictionary, so that turns on several threads may share a memory: a race
    can cost a result, and never gives a wrong one.
    """

    __slots__ = ("_old", "_size", "_young")

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[_K, _V] = {}
        self._old: dict[_K, _V] = {}

    def get(self, key: _K) -> _V | None:
        """What was kept for a key, if it still is."""
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.keep(key, found)
        return found

    def take(self, key: _K) -> _V | None:
        """The same for something that is needed only once more: it makes room."""
        found = self._young.pop(key, None)
        return self._old.pop(key, None) if found is None else found

    def keep(self, key: _K, value: _V) -> _V:
        """Remember a result, and give it back."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value
        return value

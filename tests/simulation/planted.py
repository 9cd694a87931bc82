"""Bugs that the simulation has to see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

PLANTS: dict[str, Callable[[], None]] = {}


@contextmanager
def plant(name: str) -> Iterator[None]:
    yield

"""The walk over all combinations of answers, on two processes."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from cards import Card, Cards, Said, Tried, every, representative
from invariants import INVARIANTS
from seeded import FAULTS

from dialogs.content import load
from dialogs.walking import walks

_T = TypeVar("_T")
PROCESSES = 2
SPLIT = 5
"""Questions answered before the work is divided."""

_ONLY_CARD = {
    name for name, check in INVARIANTS.items() if "_" in inspect.signature(check).parameters
}
"""Checks that look at the card alone: once a card is enough."""


@dataclass
class Found:
    """What a walk came to."""

    paths: int = 0
    longest: int = 0
    cards: int = 0
    two_messages: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Said] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        self.paths += other.paths
        self.longest = max(self.longest, other.longest)
        self.cards += other.cards
        self.two_messages += other.two_messages
        self.broken += other.broken
        self.examples = {**other.examples, **self.examples}


def violations(
    cards: Cards, tried: Tried, begin: Said | None = None
) -> Iterator[tuple[str, Said, Card]]:
    """Each walk that breaks an invariant, with the invariant's name; ("", ...) where none is."""
    known = cards.broken
    own = [(name, check) for name, check in INVARIANTS.items() if name not in _ONLY_CARD]
    for said, card in cards.walk(tried, begin):
        if id(card) not in known:
            known[id(card)] = tuple(n for n in _ONLY_CARD if not INVARIANTS[n](said, card))
        broken = (*known[id(card)], *(name for name, check in own if not check(said, card)))
        for name in broken or ("",):
            yield name, said, card


@cache
def _cards(root: Path) -> Cards:
    return Cards(load(root))


def _part(root: Path, tried: Tried, begin: Said) -> Found:
    found, cards = Found(), _cards(root)
    before = len(cards)
    last: Said | None = None
    for name, said, card in violations(cards, tried, begin):
        if said is not last:
            last = said
            found.paths += 1
            found.longest = max(found.longest, len(said))
            found.two_messages += len(card.messages) > 1
        if name:
            found.broken[name] += 1
            found.examples.setdefault(name, said)
    found.cards = len(cards) - before
    return found


def _pool() -> ProcessPoolExecutor:
    """Processes begun afresh: what measures coverage in this one would slow a copy of it down."""
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))


def apart(job: Callable[[Path], _T], root: Path) -> _T:
    """Do something long in a process of its own."""
    with _pool() as pool:
        return pool.submit(job, root).result()


def walked(root: Path, tried: Tried = every) -> Found:
    """Walk every combination and check every invariant on it."""
    total = Found()
    questions = load(root).flows["intake"]
    begins = list(dict.fromkeys(tuple(list(w.items())[:SPLIT]) for w in walks(questions, 1)))
    with _pool() as pool:
        jobs = [pool.submit(_part, root, tried, dict(begin)) for begin in begins]
        for job in jobs:
            total.add(job.result())
    return total


def _first(root: Path, fault: str) -> tuple[str, int]:
    """Walk content with a fault planted until its invariant is broken; gives the walks it took."""
    change, invariant = FAULTS[fault]
    cards = Cards(change(load(root)))
    for number, (name, _, _) in enumerate(violations(cards, representative)):
        if name == invariant:
            return name, number
    return "", 0


def caught(root: Path) -> dict[str, tuple[str, int]]:
    """Each seeded fault, and the invariant that caught it ("" where none did) after how much."""
    with _pool() as pool:
        jobs = {fault: pool.submit(_first, root, fault) for fault in FAULTS}
        return {fault: job.result() for fault, job in jobs.items()}

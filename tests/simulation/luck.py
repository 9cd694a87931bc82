"""All that is left to chance, thrown from one seed: what fails, how long things take."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")
RATES = {
    "statement": 0.001,
    "commit": 0.02,
    "doubt": 0.005,
    "error": 0.04,
    "time-out": 0.02,
    "lost answer": 0.05,
    "ban": 0.04,
    "ban of all": 0.3,
    "refused edit": 0.03,
    "wrong token": 0.004,
    "lost request": 0.05,
}
"""How often each thing fails, at a `level` of 1."""


class Luck:
    """The dice. With a level of 0 nothing fails any more; things take their time still."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.level = self.dice.choice((0.0, 0.3, 1.0, 1.0, 2.0))
        self.slow = self.dice.choice((0.0, 0.0, 0.01, 0.05))

    def has(self, what: str) -> bool:
        """Whether this fails now."""
        return self.level > 0 and self.dice.random() < RATES[what] * self.level

    def disk(self) -> float:
        """Give the seconds that a commit takes."""
        if self.level and self.dice.random() < self.slow:
            return self.dice.choice((0.5, 3.0, 12.0))
        return self.dice.choice((0.0, 0.0, 0.002))

    def way(self) -> float:
        """Give the seconds that one way to Telegram takes."""
        return self.dice.choice((0.0, 0.01, 0.03, 0.2))

    def ban(self) -> int:
        """Give the seconds that Telegram wants to hear nothing."""
        return self.dice.choice((1, 2, 2, 5, 30, 70, 300, 3600))

    def points(self) -> int | None:
        """Give the crash point at which the next process ends."""
        if not self.level or self.dice.random() < 0.3:
            return None
        return int(self.dice.expovariate(1 / self.dice.choice((20, 100, 400)))) + 1

    def one(self, choices: Sequence[_T]) -> _T:
        return self.dice.choice(choices)

"""A Telegram that fails at random: answers with 500, or carries a call out and hangs up."""

import random
from collections.abc import Mapping

from bot.playground.faults import Fault, Faults
from bot.playground.state import State

SPARED = frozenset({"getme"})
"""A bot that cannot learn its own name ends with one clear line, as it should."""


class Dice(Faults):
    """Spoils a share of all calls; `spoiled` collects the numbers of those carried out unheard."""

    def __init__(self, state: State, chance: random.Random, spoiled: set[int]) -> None:
        super().__init__()
        self._state, self._chance, self._spoiled = state, chance, spoiled
        self.refused = self.dropped = self.flooded = 0.0
        self.wait = 2
        self.methods: frozenset[str] | None = None

    def take(self, method: str, params: Mapping[str, str]) -> Fault | None:
        if found := super().take(method, params):
            return found
        if method in SPARED or (self.methods is not None and method not in self.methods):
            return None
        thrown = self._chance.random()
        if thrown < self.refused:
            self.fired["refused"] += 1
            return Fault("status", status=500)
        if thrown < self.refused + self.dropped:
            self.fired["dropped"] += 1
            self._spoiled.add(len(self._state.calls))
            return Fault("drop_after")
        if thrown < self.refused + self.dropped + self.flooded:
            self.fired["flooded"] += 1
            return Fault("flood", retry_after=self.wait)
        return None

    def calm(self) -> None:
        """Fail no more."""
        self.refused = self.dropped = self.flooded = 0.0
        self.methods = None

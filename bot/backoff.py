"""Waiting longer after each failure in a row, each time by chance a little more or less."""

import random

SHORTEST = 0.5
LONGEST = 30.0
"""Seconds."""


class Backoff:
    """How long to wait after a failure: 0.5 s, then twice as long each time, up to 30 s."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Count a failure; gives the seconds to wait, 50 to 100 % of the full time."""
        full = min(SHORTEST * 2.0 ** min(self._failures, 10), LONGEST)
        self._failures += 1
        return max(SHORTEST, full * random.uniform(0.5, 1))  # noqa: S311 - spreads load only

    def reset(self) -> None:
        """Forget the failures: something worked."""
        self._failures = 0

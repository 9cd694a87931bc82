"""One transaction at a time on a database that is open, and what o'clock it is."""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.store.driver import Connection, Driver, Result, run
from bot.store.outbox import stamp


class Transactions:
    """A database that jobs are given to, each run in one transaction.

    `shared`: other programs work on it too, and what waits for a chat may be theirs to send.
    """

    def __init__(self, driver: Driver, clock: Clock) -> None:
        self._driver, self._clock = driver, clock
        self.shared = driver.shared

    async def do(self, job: Callable[[Connection], Result]) -> Result:
        """Run anything in one transaction.

        Raises:
            Exception: the database's own errors; nothing is stored then.

        """
        return await run(self._driver, job)

    def claim_polling(self) -> bool:
        """Whether this process may poll: one at a time may."""
        return self._driver.claim_polling()

    def _now(self) -> str:
        return stamp(self._clock())

"""What the store asks of a database: plain SQL, in transactions, off the event loop."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.settings import SettingsError

Result = TypeVar("Result")
Value = str | int | None
Done = Callable[[Any, BaseException | None], None]
"""Hears on the event loop how a job ended: its result, or its error."""


class StoreError(SettingsError):
    """The database cannot be used; one line that names DATABASE_URL and says what to do."""


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        ...


class Connection(Protocol):
    """A connection inside a transaction. Statements have `?` for values on every database."""

    faults: tuple[type[Exception], ...]
    """The database's own errors: not the fault of what was being done, which is tried again."""

    def execute(self, query: str, values: Sequence[Value] = ()) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, query: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""
        ...

    def lock(self, chat_id: int) -> None:
        """Hold a chat until the end of the transaction, against other processes and threads."""
        ...


Job = Callable[[Connection], Result]
"""Something to do inside one transaction; run again from its beginning when that failed."""


class Driver(Protocol):
    """A database. `shared`: other processes work on it at the same time."""

    shared: bool
    busy: tuple[type[Exception], ...]
    """The errors that mean: somebody else has had this chat for too long."""

    def submit(self, job: Job[Any], done: Done, *, soon: bool = True) -> None:
        """Run a job in a transaction, at once or (not `soon`) with others; `done` hears after."""
        ...

    async def wipe(self) -> None:
        """Leave nothing of deleted rows in the files, as far as the database can."""
        ...

    def worker(self) -> int:
        """Give this process's number among those that share the database."""
        ...

    def dead(self, connection: Connection, worker: int) -> bool:
        """Whether the process of this number is gone."""
        ...

    def claim_polling(self) -> bool:
        """Whether this process may poll; false while another that shares the database does."""
        ...

    def be_present(self) -> None:
        """Show those that share the database that this process is there; may take a while."""
        ...

    async def close(self) -> None:
        """Finish the jobs under way and let go of the database."""
        ...


async def run(driver: Driver, job: Job[Result]) -> Result:
    """Wait for a job; gives its result.

    Raises:
        Exception: what the job or its commit raised; nothing of it is stored then.

    """
    future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    driver.submit(job, partial(_resolve, future))
    return await future


def _resolve(future: "asyncio.Future[Result]", result: Any, error: BaseException | None) -> None:
    if future.done():  # whoever waited was cancelled
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)

"""A PostgreSQL that was away for long is found again soon after it is back."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from faults.postgres import Postgres as Server
from psycopg_pool import PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from bot.store.driver import Connection, run
from bot.store.postgres import Postgres


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def one(db: Connection) -> int:
    return int(db.execute("SELECT 1").fetchone()[0])


@pytest.mark.asyncio
async def test_however_long_the_pool_would_wait_by_now(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after an outage of many minutes, without the minutes.
    monkeypatch.setattr(AttemptWithBackoff, "DELAY_BACKOFF", 1000.0)
    monkeypatch.setattr("bot.store.postgres.WITHIN", 1.5)
    driver = await Postgres.open(server.database())
    try:
        assert await run(driver, one) == 1
        await asyncio.to_thread(server.stop)
        error: psycopg.OperationalError | None = None
        while not isinstance(error, PoolTimeout):  # first the connections are found to be lost
            with pytest.raises(psycopg.OperationalError) as found:
                await run(driver, one)
            error = found.value
        await asyncio.to_thread(server.start)
        assert await run(driver, one) == 1
    finally:
        await driver.close()

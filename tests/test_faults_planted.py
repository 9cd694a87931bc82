"""A check that finds nothing proves nothing: twelve planted bugs are each found by name."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from faults.postgres import Postgres
from faults.runs import Place, tried
from faults.starting import Forked
from faults.trials import TRIALS

from dialogs.content import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(content: Content) -> AsyncIterator[Place]:
    async with Forked() as starter:
        yield Place(content, starter, Postgres())  # never started: these need none


@pytest.mark.parametrize("name", TRIALS)
async def test_this_planted_bug_is_found(place: Place, name: str) -> None:
    account = await tried(place, name, planted=True)
    assert account.faults.keys() & set(TRIALS[name].tells), account.line


async def test_there_are_twelve() -> None:
    assert len(TRIALS) == 12

"""Killed at random times and at chosen statements: nothing that people said is lost."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from faults import points
from faults.runs import ALL, POLLED, Place, placed, ran

from dialogs.content import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(content: Content) -> AsyncIterator[Place]:
    async with placed(content) as found:
        yield found


@pytest.mark.parametrize("on", ALL)
async def test_no_answer_is_lost_when_the_bot_is_killed_at_random_times(
    place: Place, on: str
) -> None:
    account = await ran(place, "quick-kills", on, thinking=0.2)
    assert account.faults == {}, account.line
    assert account.kills == 4
    assert account.answers > 20


@pytest.mark.parametrize("on", POLLED)
async def test_no_answer_is_lost_when_the_bot_dies_around_a_commit_or_a_call(
    place: Place, on: str
) -> None:
    account = await ran(place, "core-hooks", on)
    assert account.faults == {}, account.line
    assert len(account.fired) == 2 * len(points.CORE)


@pytest.mark.parametrize("on", ALL)
async def test_every_statement_and_call_of_a_turn_has_a_hook(place: Place, on: str) -> None:
    account = await ran(place, "trail", on)
    assert account.faults == {}, account.line

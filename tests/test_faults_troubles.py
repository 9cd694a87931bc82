"""Outages, errors, bans, full disks, rivals, poison: nothing that people said is lost."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from faults.runs import Place, placed, ran

from dialogs.content import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(content: Content) -> AsyncIterator[Place]:
    async with placed(content) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("outages", "polling/sqlite"),
        ("errors", "webhook/postgres"),
        ("storm", "polling/postgres"),
        ("ban-60", "polling/sqlite"),
        ("ban-3600", "polling/postgres"),
        ("rival", "polling/sqlite"),
        ("second", "polling/sqlite"),
        ("second", "polling/postgres"),
        ("stops", "polling/postgres"),
        ("full", "polling/sqlite"),
        ("limited", "polling/sqlite"),
        ("readonly", "polling/sqlite"),
        ("damaged", "polling/sqlite"),
        ("power", "polling/postgres"),
        ("clock", "polling/sqlite"),
        ("workers", "webhook/postgres"),
        ("poison", "polling/sqlite"),
        ("poison", "polling/postgres"),
        ("sour", "polling/sqlite"),
    ],
)
async def test_no_answer_is_lost_in(place: Place, name: str, on: str) -> None:
    account = await ran(place, name, on, size=1, chats=min(20, RUN_CHATS.get(name, 20)))
    assert account.faults == {}, account.line
    assert account.answers > 0


RUN_CHATS = {"ban-60": 0, "ban-3600": 0}
"""Where a few people who do exactly as they are told are enough."""

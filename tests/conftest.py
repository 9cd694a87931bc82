"""What several tests stand on: the real content, and a conversation about it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from postgres import emptied, running
from standin import NOON, Server, client
from toy import REAL

from dialogs.content import Content, load
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.speaking import Operator

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPERATOR = Operator("Test Clinic", "help@clinic.example", "privacy@clinic.example")


@pytest.fixture(scope="session")
def content() -> Content:
    return load(REAL)


@pytest.fixture(scope="session")
def conversation(content: Content) -> Conversation:
    return Conversation(content, OPERATOR)


@pytest.fixture
def player(conversation: Conversation) -> Player:
    return Player(conversation, NOW)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL for all tests of one run."""
    with running() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'milia.db'}"
    return emptied(request.getfixturevalue("postgres"))


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(clock=lambda: NOON) as running, client() as running.http:
        yield running

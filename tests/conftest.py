"""What several tests stand on: the real content, and a conversation about it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
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


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(clock=lambda: NOON) as running, client() as running.http:
        yield running

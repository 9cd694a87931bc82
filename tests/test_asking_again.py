"""After an outage the open question comes once more, once, and only to those mid-talk."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from updates import ANN, BOB, Clock, count, sorry, typed

from bot.outgoing import Outgoing
from bot.store import Store
from dialogs.chat import Chat

pytestmark = pytest.mark.asyncio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def store(address: str, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.at(address, clock)
    yield opened
    await opened.close()


def ask(chat: Chat | None) -> tuple[Outgoing, ...]:
    assert chat is not None
    return (Outgoing(f"again {chat.misses}", kind="prompt"),)


async def talked(store: Store, update: int, person: int = ANN) -> None:
    """Somebody writes, and gets the reply."""
    await store.apply([typed(update, "x", person)], count, sorry)
    await asyncio.gather(*store._beside)  # the heartbeat is noted beside the turn
    for row in await store.rows(person):
        await store.drop(row, "refused")


async def waiting(store: Store, person: int = ANN) -> list[Any]:
    query = "SELECT body, kind FROM outbox WHERE chat_id=?"
    rows = await store.do(lambda db: db.execute(query, (person,)).fetchall())
    return [(Outgoing.read(body).text, kind) for body, kind in rows]


async def test_who_was_mid_talk_is_asked_once_more(store: Store, clock: Clock) -> None:
    await talked(store, 1)
    clock.move(seconds=151)
    assert await store.ask_again(ask, {}) == [ANN]
    assert await waiting(store) == [("again 1", "prompt")]


async def test_after_a_short_gap_nobody_is_asked(store: Store, clock: Clock) -> None:
    assert await store.ask_again(ask, {}) == []
    await talked(store, 1)
    clock.move(seconds=150)
    assert await store.ask_again(ask, {}) == []


async def test_the_next_starts_do_not_ask_again_until_something_was_written(
    store: Store, clock: Clock
) -> None:
    await talked(store, 1)
    clock.move(minutes=5)
    await store.ask_again(ask, {})
    (row,) = await store.rows(ANN)
    await store.drop(row, "refused")
    assert await store.ask_again(ask, {}) == []
    await store.apply([], count, sorry)
    clock.move(minutes=5)
    assert await store.ask_again(ask, {}) == []
    await talked(store, 2)
    clock.move(minutes=5)
    assert await store.ask_again(ask, {}) == [ANN]


async def test_only_who_was_active_within_the_hour_before_is_asked(
    store: Store, clock: Clock
) -> None:
    await talked(store, 1)
    clock.move(minutes=61)
    await talked(store, 2, BOB)
    clock.move(minutes=30)
    assert await store.ask_again(ask, {}) == [BOB]


async def test_after_more_than_a_day_nobody_is_asked(store: Store, clock: Clock) -> None:
    await talked(store, 1)
    clock.move(hours=25)
    assert await store.ask_again(ask, {}) == []


async def test_who_gets_a_reply_anyway_is_not_asked(store: Store, clock: Clock) -> None:
    await store.apply([typed(1, "a")], count, sorry)
    await talked(store, 2, BOB)
    clock.move(minutes=5)
    assert await store.ask_again(ask, {3: BOB}) == []
    assert await store.ask_again(ask, {2: BOB}) == [BOB]


async def test_who_is_not_mid_talk_and_a_damaged_chat_stop_nobody(
    store: Store, clock: Clock
) -> None:
    await talked(store, 1)
    await store.do(lambda db: db.execute("UPDATE chats SET state='{'"))
    await talked(store, 2, BOB)
    clock.move(minutes=5)
    assert await store.ask_again(lambda _: (), {}) == []
    assert await store.ask_again(ask, {}) == [BOB]

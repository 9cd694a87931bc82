"""The stand-in queues and confirms updates the way Telegram's own server does."""

import asyncio
from typing import Any

import httpx
import pytest
from standin import ANN, Server, client, waiting

from bot.playground import updates

pytestmark = pytest.mark.asyncio


async def test_update_ids_follow_each_other(server: Server) -> None:
    for text in "abc":
        server.say(ANN, text)
    first, *rest = await server.ids()
    assert rest == [first + 1, first + 2]


async def test_updates_come_again_until_an_offset_confirms_them(server: Server) -> None:
    server.say(ANN, "a")
    server.say(ANN, "b")
    first, second = await server.ids()
    assert await server.ids() == [first, second]
    assert await server.ids(offset=second) == [second]
    assert await server.ids(offset=first) == [second]
    assert await server.ids(offset=second + 1) == []
    assert server.overview()["pending"] == []


async def test_a_negative_offset_keeps_only_the_last(server: Server) -> None:
    for text in "abc":
        server.say(ANN, text)
    last = (await server.ids())[-1]
    assert await server.ids(offset=-1) == [last]
    assert await server.ids() == [last]


async def test_an_offset_far_ahead_confirms_nothing(server: Server) -> None:
    server.say(ANN, "a")
    (first,) = await server.ids()
    assert await server.ids(offset=first + 50) == [first]


async def test_a_call_gives_a_hundred_updates_at_most(server: Server) -> None:
    for number in range(120):
        server.say(ANN, str(number))
    assert len(await server.ids()) == 100
    assert len(await server.ids(limit=1000)) == 100
    assert len(await server.ids(limit=3)) == 3
    assert len(await server.ids(limit=0)) == 1


async def test_a_waiting_poll_ends_with_the_next_update(server: Server) -> None:
    poll = asyncio.create_task(server.ids(timeout=50))
    await waiting(server, 1)
    assert not poll.done()
    server.say(ANN, "a")
    assert len(await poll) == 1


async def test_no_poll_waits_longer_than_50_seconds(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    async def poll(_offset: int, _limit: int, seconds: int) -> list[Any]:
        waits.append(seconds)
        return []

    monkeypatch.setattr(server.state.updates, "poll", poll)
    for wanted in (-1, 49, 600):
        await server.ids(timeout=wanted)
    assert waits == [0, 49, 50]


async def test_a_newer_poll_ends_the_one_that_waits(server: Server) -> None:
    older = asyncio.create_task(server.refusal("getUpdates", timeout=50))
    await waiting(server, 1)
    newer = asyncio.create_task(server.ids(timeout=50))
    code, said = await older
    assert code == 409
    assert said == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    server.say(ANN, "a")
    assert len(await newer) == 1


async def test_a_poll_that_does_not_wait_ends_no_other(server: Server) -> None:
    older = asyncio.create_task(server.ids(timeout=50))
    await waiting(server, 1)
    assert await server.ids() == []
    server.say(ANN, "a")
    assert len(await older) == 1


async def test_allowed_updates_are_remembered_and_count_when_an_update_is_made(
    server: Server,
) -> None:
    server.say(ANN, "before")
    await server.ask("getUpdates", allowed_updates=["callback_query"])
    server.say(ANN, "after")
    await server.ask("getUpdates")
    server.say(ANN, "still")
    texts = [update["message"]["text"] for update in await server.ask("getUpdates")]
    assert texts == ["before"]
    await server.ask("getUpdates", allowed_updates=[])
    server.say(ANN, "again")
    assert len(await server.ids()) == 2
    assert "chat_member" not in server.overview()["allowed_updates"]


@pytest.mark.parametrize("odd", ["[", "{}", "[1]"])
async def test_allowed_updates_that_cannot_be_read_change_nothing(server: Server, odd: str) -> None:
    await server.ask("getUpdates", allowed_updates=["message"])
    await server.ask("getUpdates", allowed_updates=odd)
    assert server.overview()["allowed_updates"] == ["message"]


async def test_messages_wait_a_day_and_taps_150_seconds(server: Server) -> None:
    await server.tapped()
    server.say(ANN, "a")
    server.advance(149)
    assert len(await server.ids()) == 2
    server.advance(2)
    assert len(await server.ids()) == 1
    server.advance(24 * 3600 - 152)
    assert len(await server.ids()) == 1
    server.advance(2)
    assert await server.ids() == []


async def test_numbers_start_elsewhere_after_a_week_of_silence(server: Server) -> None:
    server.say(ANN, "a")
    (first,) = await server.ids()
    server.advance(7 * 24 * 3600 - 60)
    server.say(ANN, "b")
    assert await server.ids() == [first + 1]
    await server.ids(offset=first + 2)
    server.advance(7 * 24 * 3600 + 1)
    server.say(ANN, "c")
    (third,) = await server.ids(offset=first + 2)
    assert abs(third - first) > 10


async def test_conflicts_close_to_each_other_are_told_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(updates, "HOLD", 0.2)
    async with Server(holds=True) as server, client() as server.http:
        loop = asyncio.get_running_loop()
        told = []

        async def poll() -> None:
            await server.refusal("getUpdates", timeout=50)
            told.append(loop.time())

        polls = [asyncio.create_task(poll())]
        for number in (1, 2):
            await waiting(server, number)
            polls.append(asyncio.create_task(poll()))
        await asyncio.wait(polls[:2])
        server.state.updates.stop()
        await polls[2]
        assert told[1] - told[0] >= 0.2


async def test_delete_webhook_drops_what_is_pending_only_when_told(server: Server) -> None:
    server.say(ANN, "a")
    await server.ask("deleteWebhook")
    assert len(await server.ids()) == 1
    await server.ask("deleteWebhook", drop_pending_updates=True)
    assert await server.ids() == []


async def test_with_holds_a_hasty_poll_gets_one_update_or_waits() -> None:
    async with Server(holds=True) as server, client() as server.http:
        server.say(ANN, "a")
        server.say(ANN, "b")
        first, second = await server.ids()
        assert await server.ids() == [first]
        assert await server.ids(offset=second + 1) == []
        held = asyncio.create_task(server.ids(offset=second + 1))
        await waiting(server, 4)
        assert not held.done()
        server.say(ANN, "c")
        assert len(await held) == 1


async def test_the_same_port_and_memory_serve_again_after_an_outage(server: Server) -> None:
    poll = asyncio.create_task(server.refusal("getUpdates", timeout=50))
    await waiting(server, 1)
    port = server.port
    await server.__aexit__(None, None, None)
    assert await poll == (500, "Internal Server Error: restart")
    server.say(ANN, "a")
    with pytest.raises(httpx.TransportError):
        await server.ids()
    await server.__aenter__()
    assert server.port == port
    assert len(await server.ids()) == 1

"""Everything that goes wrong on the way to Telegram can be asked for, and is counted."""

import asyncio
from typing import Any

import httpx
import pytest
from standin import ANN, BOB, FAMILY, Server
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.playground import flooding
from bot.playground.faults import KINDS

pytestmark = pytest.mark.asyncio

SEEN: dict[str, tuple[dict[str, Any], type[Exception], int]] = {
    "status": ({"status": 403, "description": "Forbidden: bot was kicked"}, Forbidden, 0),
    "flood": ({"retry_after": 7}, RetryAfter, 0),
    "migrate": ({"chat": -500}, ChatMigrated, 0),
    "html": ({"status": 502}, NetworkError, 0),
    "garbage": ({}, TelegramError, 0),
    "drop": ({}, NetworkError, 0),
    "drop_after": ({}, NetworkError, 1),
    "refuse_after": ({"status": 500}, NetworkError, 1),
    "delay": ({"seconds": 0.6}, TimedOut, 1),
}
"""By kind: the fault, what python-telegram-bot makes of it, and messages that went out."""


@pytest.fixture(autouse=True)
def timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the library's times as it will give them in its next version."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def sending(server: Server, text: str = "a") -> None:
    hasty = HTTPXRequest(read_timeout=0.3)
    async with Bot(server.token, base_url=server.base_url, request=hasty) as bot:
        await bot.send_message(ANN, text)


async def test_every_kind_has_its_example() -> None:
    assert set(SEEN) == KINDS


@pytest.mark.parametrize("kind", SEEN)
async def test_a_fault_of_each_kind_fires_once_and_is_counted(server: Server, kind: str) -> None:
    server.person(ANN, started=True)
    about, error, gone_out = SEEN[kind]
    fault = server.fault(kind, "sendMessage", **about)
    with pytest.raises(error) as caught:
        await sending(server)
    assert type(caught.value) is error
    assert (fault.fired, server.fired()) == (1, {kind: 1})
    if kind == "delay":
        await server.wait(1)
    assert len(server.transcript(ANN)) == gone_out
    await sending(server)
    assert (fault.fired, len(server.transcript(ANN))) == (1, gone_out + 1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (404, InvalidToken),
        (409, Conflict),
        (500, NetworkError),
        (502, NetworkError),
    ],
)
async def test_any_status_can_be_told(server: Server, status: int, error: type[Exception]) -> None:
    server.fault("status", status=status)
    with pytest.raises(error) as caught:
        await sending(server)
    assert type(caught.value) is error


async def test_a_flood_says_how_long_to_wait_in_the_body_and_the_head(server: Server) -> None:
    server.fault("flood", retry_after=7)
    answer = await server.post("sendMessage")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }


async def test_a_gateways_page_is_no_json(server: Server) -> None:
    server.fault("html", status=502)
    server.fault("html", status=504, body="<p>late</p>")
    first, second = [await server.post("getMe") for _ in range(2)]
    assert (first.status_code, first.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "<h1>502 Bad Gateway</h1>" in first.text
    assert (second.status_code, second.text) == (504, "<p>late</p>")
    assert [call.status for call in server.calls()] == [502, 504]


async def test_a_dropped_call_hears_nothing_at_all(server: Server) -> None:
    for kind in ("drop", "drop_after"):
        server.fault(kind)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            await server.post("getMe")
    assert [call.status for call in server.calls()] == [0, 200]
    assert (await server.ask("getMe"))["is_bot"]


async def test_a_fault_waits_for_its_method_and_for_what_the_call_says(server: Server) -> None:
    for person in (ANN, BOB):
        server.person(person, started=True)
    server.fault("status", "SENDMESSAGE", match={"chat_id": BOB, "text": "b"}, count=2)
    await server.ask("getMe")
    await server.ask("sendMessage", chat_id=ANN, text="b")
    await server.ask("sendMessage", chat_id=BOB, text="a")
    for _ in range(2):
        code, _said = await server.refusal("sendMessage", chat_id=BOB, text="b")
        assert code == 500
    await server.ask("sendMessage", chat_id=BOB, text="b")


async def test_a_fault_can_stay_until_it_is_mended(server: Server) -> None:
    fault = server.fault("status", count=None)
    for _ in range(3):
        assert await server.refusal("getMe") == (500, "Internal Server Error: restart")
    server.mend()
    await server.ask("getMe")
    assert fault.fired == 3


async def test_polls_can_be_spoiled_too(server: Server) -> None:
    server.say(ANN, "a")
    server.fault("drop_after", "getUpdates")
    with pytest.raises(httpx.RemoteProtocolError):
        await server.ids()
    assert len(await server.ids()) == 1


async def test_a_fault_nobody_knows_is_refused(server: Server) -> None:
    with pytest.raises(ValueError, match="no fault earthquake"):
        server.fault("earthquake")
    answer = await server.http.post(f"{server.url}/driver/fault", json={"kind": "flood"})
    assert answer.json()["result"]["retry_after"] == 1
    assert (await server.refusal("getMe"))[0] == 429


async def test_a_group_that_became_a_supergroup_tells_its_new_id(server: Server) -> None:
    server.group(FAMILY)
    server.migrate(FAMILY, -500)
    answer = (await server.post("sendMessage", chat_id=FAMILY, text="a")).json()
    assert answer["error_code"] == 400
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": -500}
    await server.ask("sendMessage", chat_id=-500, text="a")


async def flooded(server: Server, chat: int, count: int, text: str = "a") -> list[int]:
    """Send so many messages; the seconds to wait that each was told, 0 if it went out."""
    answers = [await server.post("sendMessage", chat_id=chat, text=text) for _ in range(count)]
    return [answer.json().get("parameters", {}).get("retry_after", 0) for answer in answers]


async def test_nobody_is_flooded_unless_it_is_asked_for(server: Server) -> None:
    server.person(ANN, started=True)
    assert await flooded(server, ANN, 40) == [0] * 40
    server.flood(on=True)
    assert await flooded(server, ANN, 6) == [0] * 5 + [1]


async def test_a_chat_takes_a_short_burst_and_then_one_message_a_second(server: Server) -> None:
    server.person(ANN, started=True)
    server.flood(on=True)
    assert await flooded(server, ANN, 7) == [0] * 5 + [1, 1]
    server.advance(1)
    assert await flooded(server, ANN, 2) == [0, 1]
    server.advance(60)
    assert await flooded(server, ANN, 2, "a" * 2049) == [0, 1]
    await server.ask("sendChatAction", chat_id=ANN, action="typing")


async def test_a_group_takes_20_messages_a_minute(server: Server) -> None:
    server.group(FAMILY)
    server.flood(on=True)
    assert await flooded(server, FAMILY, 21) == [0] * 20 + [3]
    server.advance(60)
    assert await flooded(server, FAMILY, 21) == [0] * 20 + [3]


async def test_all_chats_together_take_30_messages_a_second(server: Server) -> None:
    server.flood(on=True)
    told = []
    for person in range(1, 9):
        server.person(person, started=True)
        told += await flooded(server, person, 4)
    assert told == [0] * 30 + [1, 1]


async def test_more_than_310_unsent_messages_are_held_and_then_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (flooding.UNSENT, flooding.HELD) == (310, 3.0)
    monkeypatch.setattr(flooding, "UNSENT", 3)
    monkeypatch.setattr(flooding, "HELD", 0.01)
    server.person(ANN, started=True)
    server.flood(on=True)
    server.fault("delay", seconds=0.2, count=3)
    slow = [asyncio.create_task(server.post("sendMessage", chat_id=ANN, text="a")) for _ in "abc"]
    async with asyncio.timeout(2):
        while server.state.floods.unsent[str(ANN)] < 3:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.001)
    assert await flooded(server, ANN, 1) == [60]
    assert [(await call).status_code for call in slow] == [200] * 3

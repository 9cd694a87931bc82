"""The webhook says 200 only for what is on disk, and nothing at all to those without the secret."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from standin import client
from updates import ANN, BOB, message, tap

from bot import webhook
from bot.handlers import Reader
from bot.incoming import Incoming
from bot.listening import serving
from bot.receiving import tap_answer
from bot.settings import SettingsError
from bot.store.outcomes import Applied
from bot.webhook import LARGEST, Endpoint
from dialogs.turns import Tapped, Typed

pytestmark = pytest.mark.asyncio
SECRET = "s" * 20
HEAD = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "content-type": "application/json"}


class Shelf:
    """Stands in for the store."""

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.error: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def apply(self, batch: list[Incoming]) -> list[Applied]:
        await self.go.wait()
        if self.error:
            raise self.error
        self.taken += batch
        return [Applied(incoming, toast="noted") for incoming in batch]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest_asyncio.fixture
async def http(shelf: Shelf, unused_tcp_port: int) -> AsyncIterator[Any]:
    def answer(done: Applied) -> dict[str, str] | None:
        return tap_answer(done, "not yours")

    endpoint = Endpoint("/hook", SECRET, Reader("bot", ()), shelf.apply, answer)
    async with (
        serving(endpoint, "127.0.0.1", unused_tcp_port),
        client(f"http://127.0.0.1:{unused_tcp_port}") as made,
    ):
        yield made


def body(raw: Any) -> str:
    return json.dumps(raw)


async def test_an_update_is_taken_and_then_confirmed(http: Any, shelf: Shelf) -> None:
    answer = await http.post("/hook", content=body(message(text="hello")), headers=HEAD)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [incoming.event for incoming in shelf.taken] == [Typed("hello", 50)]


async def test_nothing_is_confirmed_before_it_is_on_disk(http: Any, shelf: Shelf) -> None:
    shelf.go.clear()
    asking = asyncio.create_task(
        http.post("/hook", content=body(message(text="hello")), headers=HEAD)
    )
    await asyncio.sleep(0.05)
    assert not asking.done()
    shelf.go.set()
    assert (await asking).status_code == 200


async def test_the_answer_to_a_tap_rides_in_the_response(http: Any, shelf: Shelf) -> None:
    answer = await http.post("/hook", content=body(tap(data="1:x")), headers=HEAD)
    assert answer.json() == {
        "method": "answerCallbackQuery",
        "callback_query_id": "99",
        "text": "noted",
    }
    assert [incoming.event for incoming in shelf.taken] == [Tapped("1:x", 50)]


@pytest.mark.parametrize("secret", [None, "", "s" * 19, "t" * 20, "s" * 21])
async def test_without_the_secret_nothing_is_touched(
    http: Any, shelf: Shelf, secret: str | None
) -> None:
    head = {"content-type": "application/json"}
    head |= {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    answer = await http.post("/hook", content=body(message(text="hello")), headers=head)
    assert answer.status_code == 401
    assert shelf.taken == []


async def test_the_disks_fault_brings_the_update_again_and_is_seen_in_the_health(
    http: Any, shelf: Shelf
) -> None:
    shelf.error = OSError("full")
    answer = await http.post("/hook", content=body(message(text="a")), headers=HEAD)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await http.get("/health")).status_code == 503
    shelf.error = None
    answer = await http.post("/hook", content=body(message(text="a")), headers=HEAD)
    assert answer.status_code == 200
    assert (await http.get("/health")).status_code == 200


async def test_a_turn_that_takes_too_long_goes_on_and_is_brought_again(
    http: Any, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "WITHIN", 0.05)
    shelf.go.clear()
    answer = await http.post("/hook", content=body(message(text="a")), headers=HEAD)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    shelf.go.set()
    async with asyncio.timeout(2):
        while not shelf.taken:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.002)


@pytest.mark.parametrize(
    ("method", "path", "head", "content", "status"),
    [
        ("POST", "/other", {}, "{}", 404),
        ("GET", "/hook", {}, "", 405),
        ("POST", "/hook", {"content-type": "text/plain"}, "{}", 415),
        ("POST", "/hook", {}, "x" * (LARGEST + 1), 413),
        ("POST", "/hook", {}, "{", 400),
        ("POST", "/hook", {}, "[" * 100_000, 400),
        ("POST", "/hook", {}, '{"update_id": "x"}', 400),
    ],
)
async def test_what_is_no_delivery_of_telegrams_is_refused(
    http: Any,
    shelf: Shelf,
    method: str,
    path: str,
    head: dict[str, str],
    content: str,
    status: int,
) -> None:
    answer = await http.request(method, path, content=content, headers=HEAD | head)
    assert answer.status_code == status
    assert shelf.taken == []


async def test_a_genuine_update_of_any_odd_kind_is_confirmed(http: Any, shelf: Shelf) -> None:
    for raw in ({"update_id": 1}, {"update_id": 2, "poll": {}}, {"update_id": 3, "message": 1}):
        answer = await http.post("/hook", content=body(raw), headers=HEAD)
        assert answer.status_code == 200
    assert [incoming.update_id for incoming in shelf.taken] == [1, 2, 3]


async def test_deliveries_come_side_by_side(http: Any, shelf: Shelf) -> None:
    chats = [ANN, BOB] * 20
    posts = [
        http.post("/hook", content=body(message(number, text=str(number))), headers=HEAD)
        for number, _ in enumerate(chats)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {200}
    assert sorted(incoming.update_id for incoming in shelf.taken) == list(range(40))


async def test_a_port_that_cannot_be_had_is_one_line_with_the_variable() -> None:
    with pytest.raises(SettingsError, match=r"^WEBHOOK_LISTEN: 192\.0\.2\.1:9 ") as caught:
        async with serving(None, "192.0.2.1", 9):
            pass
    assert len(str(caught.value).splitlines()) == 1

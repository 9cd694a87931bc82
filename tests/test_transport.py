"""Whatever the network does, a call ends, with its own answer or an error; over each transport."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from raw_server import Exchange, RawServer, http, raw_server
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

from bot import transport
from bot.transport import Api, Transport

TOKEN = "7654321:AAcanary-canary_canary0123456789abc"  # noqa: S105
PEM = Path(__file__).parent / "self_signed.pem"
pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(30)]


@pytest.fixture(params=["curl", "httpx"])
def way(request: pytest.FixtureRequest) -> Transport:
    found: Transport = request.param
    return found


@pytest_asyncio.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as running:
        yield running


@pytest_asyncio.fixture
async def api(server: RawServer, way: Transport) -> AsyncIterator[Api]:
    made = Api(TOKEN, server.url, way)
    yield made
    await made.close()


async def fine(exchange: Exchange) -> None:
    await exchange.result("fine")


async def echo(exchange: Exchange) -> None:
    await exchange.result(int(exchange.asked["number"]))


async def failed(api: Api, kind: type[TelegramError], **parameters: Any) -> TelegramError:
    """Call, and be refused; whatever it says, it does not tell the token."""
    with pytest.raises(kind) as caught:
        await asyncio.wait_for(api.call("SendMessage", parameters), 10)
    error: BaseException | None = caught.value
    while error is not None:
        assert "canary" not in f"{error!r} {error}"
        error = error.__cause__
    return caught.value


async def test_a_result_comes_back_as_plain_data(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.result({"message_id": 5, "text": "grüße 🙂"})

    server.acts = [answer]
    found = await api.call("SendMessage", {"chat_id": 7, "text": "x", "gone": None})
    assert found == {"message_id": 5, "text": "grüße 🙂"}
    assert {name: str(value) for name, value in server.requests[0].asked.items()} == {
        "chat_id": "7",
        "text": "x",
    }


async def test_a_body_that_is_json_already_is_sent_as_it_is(server: RawServer, api: Api) -> None:
    server.acts = [echo]
    assert await api.raw("SendMessage", b'{"number":12}') == 12


async def test_calls_one_after_the_other_share_a_connection(server: RawServer, api: Api) -> None:
    server.acts = [echo]
    assert [await api.call("SendMessage", {"number": n}) for n in range(5)] == list(range(5))
    assert server.connections == 1


async def test_a_hundred_calls_at_once_each_get_their_own_answer(
    server: RawServer, api: Api
) -> None:
    server.acts = [echo]
    calls = (api.call("SendMessage", {"number": number}) for number in range(100))
    assert await asyncio.gather(*calls) == list(range(100))
    assert server.connections <= transport.CONNECTIONS


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (404, InvalidToken),
        (409, Conflict),
        (413, NetworkError),
        (500, NetworkError),
        (502, NetworkError),
    ],
)
async def test_a_refusal_is_the_error_of_its_code(
    server: RawServer, api: Api, code: int, kind: type[TelegramError]
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.refuse(code, "Bad Request: what is wrong")

    server.acts = [answer, fine]
    assert type(await failed(api, kind)) is kind
    assert await api.call("SendMessage") == "fine"
    assert server.connections == 1


async def test_a_flood_tells_how_long_to_wait(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.refuse(429, "Too Many Requests", retry_after=31)

    server.acts = [answer]
    error = await failed(api, RetryAfter)
    assert isinstance(error, RetryAfter)
    assert error.retry_after == timedelta(seconds=31)
    assert transport.ban(error) == 31


async def test_a_group_that_moved_tells_where(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.refuse(400, "Bad Request: moved", migrate_to_chat_id=-100)

    server.acts = [answer]
    error = await failed(api, ChatMigrated)
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == -100


@pytest.mark.parametrize("status", ["500 Oh", "502 Bad Gateway", "504 Gateway Timeout"])
async def test_a_page_of_a_broken_gateway_is_a_network_error(
    server: RawServer, api: Api, status: str
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.say(b"<html><h1>502</h1></html>", status)

    server.acts = [answer, fine]
    await failed(api, NetworkError)
    assert await api.call("SendMessage") == "fine"


@pytest.mark.parametrize(
    "body",
    [b"<html>log in</html>", b"", b"[]", b"null", b'{"ok":true}', b'{"ok":', b"[" * 100_000],
)
async def test_an_answer_of_another_shape_is_an_error(
    server: RawServer, api: Api, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.say(body)

    server.acts = [answer, fine]
    await failed(api, TelegramError)
    assert await api.call("SendMessage") == "fine"
    assert "log in" not in caplog.text


@pytest.mark.parametrize("text", [b"\xff", rb"\ud83d", rb"\u0000"])
async def test_an_odd_character_does_not_hold_up_an_answer(
    server: RawServer, api: Api, text: bytes
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.say(b'{"ok":true,"result":[1,"' + text + b'"]}')

    server.acts = [answer]
    assert (await api.call("GetUpdates"))[0] == 1


async def test_half_a_character_is_sent_or_a_plain_error(
    server: RawServer, api: Api, way: Transport
) -> None:
    server.acts = [fine]
    if way == "httpx":  # the forms of the library's own transport cannot hold it
        await failed(api, TelegramError, text="\ud83d")
    else:
        assert await api.call("SendMessage", {"text": "\ud83d"}) == "fine"
        assert server.requests[0].asked == {"text": "\ud83d"}


async def test_an_answer_in_chunks_is_put_together(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for part in (b'{"ok":tr', b'ue,"result"', b":[1,2]}"):
            await exchange.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await exchange.write(b"0\r\n\r\n")

    server.acts = [answer, fine]
    assert await api.call("GetUpdates") == [1, 2]
    assert await api.call("SendMessage") == "fine"
    assert server.connections == 1


async def test_an_answer_in_single_bytes_is_put_together(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        for byte in http(b'{"ok":true,"result":"slow"}'):
            await exchange.write(bytes((byte,)))
            await asyncio.sleep(0)

    server.acts = [answer]
    assert await api.call("SendMessage") == "slow"


async def test_an_answer_that_ends_with_its_connection_counts(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.write(b'HTTP/1.1 200 OK\r\n\r\n{"ok":true,"result":1}')
        exchange.writer.close()

    server.acts = [answer, fine]
    assert await api.call("SendMessage") == 1
    assert await api.call("SendMessage") == "fine"


async def test_huge_bodies_go_both_ways(server: RawServer, api: Api) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.result(exchange.asked["text"])

    server.acts = [answer]
    text = "x" * 5_000_000
    assert await api.call("SendMessage", {"text": text}) == text


@pytest.mark.parametrize(
    "sent",
    [b"", b"HTTP/1.1 200 OK\r\ncont", http(b'{"ok":true,"result":1}')[:-5], b"SSH-2.0-x\r\n"],
)
@pytest.mark.parametrize("resets", [True, False])
async def test_a_connection_that_breaks_off_is_an_error_to_wait_out(
    server: RawServer, api: Api, sent: bytes, resets: bool
) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.write(sent)
        if resets:
            exchange.reset()
        else:
            exchange.writer.close()

    server.acts = [answer, fine]
    error = await failed(api, TelegramError)
    # libcurl takes a head that was cut for a whole one; what is missing then is the JSON.
    assert type(error) in (NetworkError, TelegramError)
    assert await api.call("SendMessage") == "fine"


async def test_a_half_closed_connection_still_brings_its_answer(
    server: RawServer, api: Api
) -> None:
    async def answer(exchange: Exchange) -> None:
        exchange.writer.write(http(b'{"ok":true,"result":1}', head="connection: close\r\n"))
        exchange.writer.write_eof()
        await exchange.writer.drain()

    server.acts = [answer, fine]
    assert await api.call("SendMessage") == 1
    assert await api.call("SendMessage") == "fine"
    assert server.connections == 2


@pytest.mark.parametrize("resets", [True, False])
async def test_a_connection_closed_while_idle_is_replaced(
    server: RawServer, api: Api, resets: bool
) -> None:
    server.acts = [fine]
    assert await api.call("SendMessage") == "fine"
    for writer in tuple(server.open):
        if resets:
            writer.transport.abort()
        else:
            writer.close()
    async with asyncio.timeout(5):
        while server.open:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)
    assert await asyncio.wait_for(api.call("SendMessage"), 5) == "fine"


async def test_a_stale_connection_that_fails_at_its_next_request_never_hangs(
    server: RawServer, api: Api
) -> None:
    async def cut(exchange: Exchange) -> None:
        exchange.reset()

    server.acts = [fine, cut, fine]
    assert await api.call("SendMessage") == "fine"
    try:
        assert await asyncio.wait_for(api.call("SendMessage"), 5) == "fine"
    except NetworkError:
        assert await api.call("SendMessage") == "fine"


async def test_no_answer_in_time_is_a_time_out(
    server: RawServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def silent(_: Exchange) -> None:
        asked.set()
        await asyncio.Event().wait()

    server.acts = [silent, fine]
    monkeypatch.setattr(transport, "ANSWER_WITHIN", 0.1)
    await failed(api, TimedOut)
    assert asked.is_set()
    monkeypatch.undo()
    assert await api.call("SendMessage") == "fine"
    assert server.requests[0].connection != server.requests[1].connection


async def test_a_cancelled_call_leaves_its_late_answer_to_nobody(
    server: RawServer, api: Api
) -> None:
    asked, late = asyncio.Event(), asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        asked.set()
        await late.wait()
        await exchange.result("another's")

    server.acts = [fine, answer, echo]
    assert await api.call("SendMessage") == "fine"
    call = asyncio.create_task(api.call("SendMessage"))
    await asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    late.set()
    assert [await api.call("SendMessage", {"number": n}) for n in range(20)] == list(range(20))


async def test_calls_cancelled_in_any_moment_confuse_nobody(server: RawServer, api: Api) -> None:
    async def echo_late(exchange: Exchange) -> None:
        await asyncio.sleep(0)
        await exchange.write(http(b'{"ok":true,"result":%d}' % int(exchange.asked["number"]))[:60])
        await asyncio.sleep(0)
        await exchange.write(http(b'{"ok":true,"result":%d}' % int(exchange.asked["number"]))[60:])

    async def cut_off(number: int) -> Any:
        task = asyncio.create_task(api.call("SendMessage", {"number": number}))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        if number % 2:
            task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    server.acts = [echo_late]
    found = await asyncio.gather(*(cut_off(number) for number in range(200)))
    for number, (answer,) in enumerate(found):
        assert answer == number or (number % 2 and isinstance(answer, asyncio.CancelledError))
    assert await api.call("SendMessage", {"number": 999}) == 999


async def test_a_port_nobody_listens_at_is_a_network_error(way: Transport) -> None:
    api = Api(TOKEN, "http://127.0.0.1:1", way)
    await failed(api, NetworkError)
    await api.close()


async def test_closing_ends_what_is_under_way(server: RawServer, api: Api) -> None:
    asked = asyncio.Event()

    async def silent(_: Exchange) -> None:
        asked.set()
        await asyncio.Event().wait()

    server.acts = [silent]
    call = asyncio.create_task(api.call("GetUpdates"))
    await asked.wait()
    await api.close()
    done, _ = await asyncio.wait({call}, timeout=5)
    assert done
    assert isinstance(call.exception(), TelegramError)
    with pytest.raises(TelegramError):
        await api.call("GetMe")


def context() -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(PEM)
    return tls


async def test_a_certificate_nobody_vouches_for_is_refused(way: Transport) -> None:
    async with raw_server(context()) as server:
        server.acts = [fine]
        api = Api(TOKEN, server.url, way)
        await failed(api, NetworkError)
        await api.close()
        assert server.requests == []


async def test_a_certificate_the_operator_vouches_for_is_taken(
    way: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    async with raw_server(context()) as server:
        server.acts = [echo]
        api = Api(TOKEN, server.url, way)
        calls = (api.call("SendMessage", {"number": number}) for number in range(10))
        assert await asyncio.gather(*calls) == list(range(10))
        assert await api.call("SendMessage", {"number": 99}) == 99
        await api.close()


async def test_the_token_is_in_no_line_of_the_log(
    server: RawServer, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    async def cut(exchange: Exchange) -> None:
        exchange.reset()

    for name in ("httpx", "httpcore", "telegram"):  # as `logs.set_up` does
        caplog.set_level(logging.WARNING, name)
    caplog.set_level(logging.DEBUG)
    server.acts = [fine]
    await api.call("SendMessage", {"text": "canary"})
    server.acts = [cut]
    await failed(api, NetworkError)
    assert "canary" not in caplog.text

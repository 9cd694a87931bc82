"""The stand-in sends updates to a webhook the way Telegram's own server does."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from receiver import Answer, Receiver, receiving
from standin import ANN, BOB, FAMILY, Server, keyboard, waiting

from bot.playground import webhooks

pytestmark = pytest.mark.asyncio
BAD: Answer = (500, "", "")
SECRET = "A-b_9"  # noqa: S105 - it opens nothing


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def hook(server: Server, bot: Receiver, **params: Any) -> None:
    assert await server.ask("setWebhook", url=bot.url, **params) is True


async def emptied(server: Server) -> None:
    """Give the loop time until nothing is pending."""
    async with asyncio.timeout(5):
        while server.state.updates.pending:  # noqa: ASYNC110 - the queue tells nobody
            await asyncio.sleep(0.001)


async def failed(server: Server, times: int) -> None:
    """Wait until so many tries have failed; the next one is then set to its time."""
    async with asyncio.timeout(5):
        while server.state.webhook.failures < times:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.005)  # room for a try that must not come
    assert server.state.webhook.failures == times


async def test_every_request_carries_the_secret_and_one_update(
    server: Server, bot: Receiver
) -> None:
    server.say(ANN, "before")
    await hook(server, bot, secret_token=SECRET)
    server.say(ANN, "after")
    await emptied(server)
    assert bot.texts == ["before", "after"]
    for headers, update in bot.came:
        assert headers["x-telegram-bot-api-secret-token"] == SECRET
        assert headers["content-type"] == "application/json"
        assert set(update) == {"update_id", "message"}


@pytest.mark.parametrize("status", [300, 302, 400, 403, 404, 500, 502, 0])
async def test_anything_but_2xx_is_tried_again_at_once(
    server: Server, bot: Receiver, status: int
) -> None:
    bot.answers = [(status, "", "")]
    await hook(server, bot)
    server.say(ANN, "a")
    await emptied(server)
    assert bot.texts == ["a", "a"]
    told = (await server.ask("getWebhookInfo"))["last_error_message"]
    so = f"Wrong response from the webhook: {status} So" if status else "Webhook connection closed"
    assert told == so


async def test_later_tries_come_after_2_4_8_seconds_and_at_most_2_minutes(
    server: Server, bot: Receiver
) -> None:
    bot.answers = [BAD] * 20
    await hook(server, bot)
    server.say(ANN, "a")
    await failed(server, 2)
    for tries, seconds in enumerate((2, 4, 8, 16, 32), start=2):
        server.advance(seconds - 0.5)
        await failed(server, tries)
        assert len(bot.came) == tries
        server.advance(0.5)
        await failed(server, tries + 1)
    for tries in range(7, 10):
        server.advance(59)
        await failed(server, tries)
        assert len(bot.came) == tries
        server.advance(61)
        await failed(server, tries + 1)


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("90000", 3600)])
async def test_a_bot_says_itself_how_long_it_wants_to_be_left_alone(
    server: Server, bot: Receiver, told: str, seconds: int
) -> None:
    bot.answers = [(429, f"retry-after: {told}\r\n", "")]
    await hook(server, bot)
    server.say(ANN, "a")
    await failed(server, 1)
    server.advance(seconds - 1)
    await failed(server, 1)
    assert len(bot.came) == 1
    server.advance(1)
    await emptied(server)
    assert len(bot.came) == 2


async def test_an_update_is_given_up_when_it_expires(server: Server, bot: Receiver) -> None:
    bot.answers = [BAD] * 9
    await server.tapped()
    await hook(server, bot)
    await failed(server, 2)
    for count in range(3, 9):
        server.advance(2 ** (count - 2))
        if not server.overview()["pending"]:
            break
        await failed(server, count)
    await emptied(server)
    assert len(bot.came) == 8


async def test_one_persons_updates_stay_in_order_and_hold_up_nobody_else(
    server: Server, bot: Receiver
) -> None:
    bot.answers = [(500, "retry-after: 9\r\n", "")]
    await hook(server, bot)
    server.say(ANN, "1")
    await failed(server, 1)
    server.say(ANN, "2")
    server.say(BOB, "b")
    await bot.wait(2)
    await asyncio.sleep(0.02)  # room for what must not come
    assert bot.texts == ["1", "b"]
    server.advance(9)
    await emptied(server)
    assert bot.texts == ["1", "b", "1", "2"]


async def test_one_persons_taps_hold_up_nobody_elses(server: Server, bot: Receiver) -> None:
    server.group(FAMILY)
    await server.ask("sendMessage", chat_id=FAMILY, text="?", reply_markup=keyboard())
    bot.answers = [(500, "retry-after: 9\r\n", "")]
    await hook(server, bot)
    server.tap(ANN, "Yes", chat=FAMILY)
    await failed(server, 1)
    for person in (ANN, BOB):
        server.tap(person, "Yes", chat=FAMILY)
    await bot.wait(2)
    await asyncio.sleep(0.02)  # as above
    assert [update["callback_query"]["from"]["id"] for _, update in bot.came] == [ANN, BOB]


async def test_a_tap_overtakes_a_text_that_cannot_be_delivered(
    server: Server, bot: Receiver
) -> None:
    server.person(ANN, started=True)
    await server.ask("sendMessage", chat_id=ANN, text="?", reply_markup=keyboard())
    bot.answers = [(500, "retry-after: 9\r\n", "")]
    await hook(server, bot)
    server.say(ANN, "text")
    await failed(server, 1)
    server.tap(ANN, "Yes")
    await bot.wait(2)
    assert bot.texts == ["text", "yes"]


async def test_only_so_many_updates_are_under_way_at_once(server: Server, bot: Receiver) -> None:
    await hook(server, bot, max_connections=2)
    bot.gate.clear()
    for person in range(1, 6):
        server.say(person, "a")
    await bot.wait(2)
    await asyncio.sleep(0.01)
    assert bot.under_way == 2
    bot.gate.set()
    await emptied(server)
    assert (len(bot.came), bot.most_at_once) == (5, 2)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_an_answer_may_call_one_method(server: Server, bot: Receiver, kind: str) -> None:
    body = "method=sendMessage&chat_id=7&text=so"
    if kind == "application/json":
        body = json.dumps({"method": "sendMessage", "chat_id": ANN, "text": "so"})
    bot.answers = [(200, f"content-type: {kind}\r\n", body)]
    await hook(server, bot)
    server.say(ANN, "a")
    (sent,) = await server.wait()
    assert sent["text"] == "so"


@pytest.mark.parametrize("method", ["getMe", "setWebhook", "deleteWebhook", "close", "nonsense"])
async def test_an_answer_cannot_call_just_any_method(
    server: Server, bot: Receiver, method: str
) -> None:
    body = json.dumps({"method": method})
    bot.answers = [
        (200, "content-type: application/json\r\n", body),
        (200, "content-type: application/json\r\n", "{"),
    ]
    await hook(server, bot)
    server.say(ANN, "a")
    server.say(ANN, "b")
    await emptied(server)
    called = [call for call in server.calls()[1:] if call.status == 200]
    assert called == []
    assert server.state.webhook.target


async def test_410_for_23_hours_takes_the_webhook_away(server: Server, bot: Receiver) -> None:
    bot.answers = [(410, "retry-after: 3600\r\n", "")] * 3
    await hook(server, bot)
    server.say(ANN, "a")
    await failed(server, 1)
    server.advance(23 * 3600)
    await failed(server, 2)
    assert server.state.webhook.target
    server.advance(1)
    server.say(BOB, "b")
    await bot.wait(3)
    async with asyncio.timeout(5):
        while (await server.ask("getWebhookInfo"))["url"]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
    assert len(await server.ask("getUpdates")) == 2


async def test_another_answer_in_between_starts_the_23_hours_anew(
    server: Server, bot: Receiver
) -> None:
    hour = "retry-after: 3600\r\n"
    bot.answers = [(410, hour, ""), (500, hour, ""), (410, hour, ""), (410, hour, "")]
    await hook(server, bot)
    server.say(ANN, "a")
    for tries, hours in ((1, 12), (2, 11)):
        await failed(server, tries)
        server.advance(hours * 3600)
    await failed(server, 3)
    server.advance(1)
    server.say(BOB, "b")
    await bot.wait(4)
    await failed(server, 4)
    assert server.state.webhook.target


async def test_there_is_no_polling_while_a_webhook_is_set(server: Server, bot: Receiver) -> None:
    poll = asyncio.create_task(server.refusal("getUpdates", timeout=50))
    await waiting(server, 1)
    await hook(server, bot)
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    said = (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    assert await server.refusal("getUpdates") == (409, said)
    await server.ask("deleteWebhook")
    assert await server.ask("getUpdates") == []


async def test_setting_it_again_within_a_second_is_too_much(server: Server, bot: Receiver) -> None:
    await hook(server, bot)
    answer = await server.post("setWebhook", url=bot.url)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.json()["parameters"] == {"retry_after": 1}
    server.advance(1)
    answer = await server.post("setWebhook", url=bot.url)
    assert answer.json() == {"ok": True, "result": True, "description": "Webhook is already set"}
    words = [(await server.post("deleteWebhook")).json()["description"] for _ in range(2)]
    assert words == ["Webhook was deleted", "Webhook is already deleted"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"secret_token": "a" * 257}, "secret token is too long"),
        ({"secret_token": "ä b"}, "secret token contains unallowed characters"),
        ({"url": "ftp://a.org"}, "invalid webhook URL specified"),
        ({"url": "http://127.0.0.1:x"}, "invalid webhook URL specified"),
        ({"url": "http://a.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "a.org:444"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            {"url": "https://a.org:8443"},
            "bad webhook: Playground: only 127.0.0.1 can be reached from here",
        ),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(
    server: Server, bot: Receiver, params: dict[str, str], words: str
) -> None:
    found = await server.refusal("setWebhook", **{"url": bot.url} | params)
    assert found == (400, f"Bad Request: {words}")
    assert server.state.webhook.target is None


async def test_a_certificate_must_be_one(server: Server, bot: Receiver) -> None:
    url = f"{server.url}/bot{server.token}/setWebhook"
    for data in (b"no certificate", b"\xff"):
        answer = await server.http.post(
            url, data={"url": bot.url}, files={"certificate": ("a.pem", data)}
        )
        words = "Bad Request: bad webhook: can't read the certificate"
        assert (answer.status_code, answer.json()["description"]) == (400, words)
        server.advance(1)


async def test_a_secret_of_256_fits(server: Server, bot: Receiver) -> None:
    await hook(server, bot, secret_token="aZ0_-" * 51 + "a")
    server.say(ANN, "a")
    await emptied(server)
    assert len(bot.came[0][0]["x-telegram-bot-api-secret-token"]) == 256


async def test_the_webhook_is_told_about(server: Server, bot: Receiver) -> None:
    assert (await server.ask("getWebhookInfo"))["pending_update_count"] == 0
    server.say(ANN, "old")
    await hook(server, bot, allowed_updates=["message"], drop_pending_updates=True)
    about = await server.ask("getWebhookInfo")
    assert about == {
        "url": bot.url,
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 40,
        "ip_address": "127.0.0.1",
        "allowed_updates": ["message"],
    }
    assert bot.came == []


async def test_an_outage_of_the_stand_in_leaves_the_webhook_set(
    server: Server, bot: Receiver
) -> None:
    await hook(server, bot)
    await server.__aexit__(None, None, None)
    server.say(ANN, "a")
    await server.__aenter__()
    await emptied(server)
    assert bot.texts == ["a"]


async def test_a_bot_that_is_not_there_yet_is_tried_until_it_is(server: Server) -> None:
    async with receiving() as gone:
        url = gone.url
    await server.ask("setWebhook", url=url)
    server.say(ANN, "a")
    await failed(server, 2)
    info = await server.ask("getWebhookInfo")
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    assert webhooks.PATIENCE == 60

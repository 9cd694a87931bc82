"""The stand-in sets, tells about and keeps a webhook the way Telegram's own server does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from receiver import Receiver, emptied, failed, hook, receiving
from standin import ANN, Server, waiting

from bot.playground import webhooks

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


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

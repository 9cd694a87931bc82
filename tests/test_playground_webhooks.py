"""The stand-in sends updates to a webhook the way Telegram's own server does."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from receiver import Answer, Receiver, emptied, failed, hook, receiving
from standin import ANN, BOB, FAMILY, Server, keyboard

pytestmark = pytest.mark.asyncio
BAD: Answer = (500, "", "")
SECRET = "A-b_9"  # noqa: S105 - it opens nothing


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


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

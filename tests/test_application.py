"""The bot starts with one clear line or at all, tells nobody's secrets, and stops in order."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from calls import until
from people import Bot, asked, buttons, choose
from serving import settings_for
from telegram.error import TelegramError
from updates import ANN, BOB

from bot import logs
from bot.application import read, run
from bot.clock import utc_now
from bot.playground import Playground
from bot.running import StartError, serve
from bot.settings import Settings, SettingsError
from bot.store import Store, StoreError
from bot.transport import Api
from dialogs.content import Content
from dialogs.conversation import Conversation

TOKEN = "7654321:AAcanary-canary_canary0123456789abc"  # noqa: S105


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave the logging as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground(TOKEN) as running:
        yield running


@pytest.fixture
def settings(server: Playground, tmp_path: Path) -> Settings:
    return settings_for(server, tmp_path)


def serving(settings: Settings, content: Content) -> asyncio.Task[None]:
    return asyncio.create_task(serve(settings, lambda: read(settings), utc_now))


async def stopped(task: asyncio.Task[None]) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 6)


@pytest.mark.asyncio
async def test_the_webhook_goes_first_the_menu_never_delays_the_first_poll(
    server: Playground, settings: Settings, content: Content
) -> None:
    task = serving(settings, content)
    await until(lambda: len(server.calls()) >= 6)
    methods = [call.method for call in server.calls()]
    assert set(methods[:2]) == {"getme", "deletewebhook"}
    assert "getupdates" in methods[2:4]
    assert "drop_pending_updates" not in server.calls()[methods.index("deletewebhook")].params
    menu = [command["command"] for command in server.overview()["commands"]["default"]]
    assert menu == list(content.commands)
    await stopped(task)


@pytest.mark.asyncio
async def test_a_talk_over_real_sockets_goes_from_welcome_to_question(
    server: Playground, settings: Settings, content: Content
) -> None:
    task = serving(settings, content)
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    choose(server, ANN, "consent")
    first = next(iter(content.questions))
    await until(lambda: asked(server, ANN) == first)
    option = next(iter(content.questions[first].options))
    choose(server, ANN, option)
    await until(lambda: asked(server, ANN) not in ("", first))
    assert server.toasts(ANN)
    await stopped(task)


@pytest.mark.asyncio
async def test_a_forged_tap_in_another_chat_changes_nothing_there(
    server: Playground, settings: Settings, content: Content, tmp_path: Path
) -> None:
    task = serving(settings, content)
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    here = server.transcript(ANN)[-1]
    server.person(BOB, started=True)
    query = server.tap(BOB, data="1:~::0:@consent", message_id=1, force=True)
    await until(lambda: len(server.transcript(BOB)) > 0)
    server.inject({"callback_query": query | {"message": here, "data": "1:~::0:@consent"}})
    await until(lambda: content.messages["foreign"].text in server.toasts(BOB))
    assert server.transcript(ANN)[-1] == here
    await stopped(task)


@pytest.mark.asyncio
async def test_a_damaged_talk_is_told_and_begins_again(
    server: Playground, settings: Settings, content: Content
) -> None:
    store = await Store.open(Path(settings.database_url.removeprefix("sqlite:///")), utc_now)
    values = (ANN, '{"schema_version": 77}', 77, "2026-01-01")
    await store.do(lambda db: db.execute("INSERT INTO chats VALUES (?,?,?,?)", values))
    await store.close()
    task = serving(settings, content)
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    assert server.transcript(ANN)[1]["text"] == content.messages["damaged"].text
    await stopped(task)


def settled_again(server: Playground, known: int) -> bool:
    """Whether a start after those known has come to the last thing it does."""
    return server.counts().get("setmyshortdescription", 0) > known


async def not_heard_for(settings: Settings, seconds: float) -> None:
    store = await Store.open(Path(settings.database_url.removeprefix("sqlite:///")), utc_now)
    heard = (utc_now() - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    await store.do(lambda db: db.execute("UPDATE heartbeat SET at=?", (heard,)))
    await store.close()


@pytest.mark.asyncio
async def test_after_an_outage_the_open_question_comes_once_more_at_the_start_and_not_again(
    server: Playground, settings: Settings, content: Content
) -> None:
    task = serving(settings, content)
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    choose(server, ANN, "consent")
    first = next(iter(content.questions))
    await until(lambda: asked(server, ANN) == first)
    await until(partial(settled_again, server, 0))
    await stopped(task)

    def times_asked_again() -> int:
        said = content.messages["asked-again"].text
        return sum(said in message["text"] for message in server.transcript(ANN))

    for _ in range(2):
        await not_heard_for(settings, seconds=200)
        known = server.counts()["setmyshortdescription"]
        task = serving(settings, content)
        await until(partial(settled_again, server, known))
        await until(lambda: times_asked_again() == 1)
        await stopped(task)
    assert times_asked_again() == 1
    assert asked(server, ANN) == first


@pytest.mark.asyncio
async def test_a_failing_conversation_apologises_and_goes_on(
    server: Playground,
    settings: Settings,
    content: Content,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = Conversation.turn

    def turn(self: Conversation, chat: Any, event: Any, now: Any) -> Any:
        if getattr(event, "text", "") == "my canary hurts":
            raise ValueError(event.text)
        return real(self, chat, event, now)

    monkeypatch.setattr(Conversation, "turn", turn)
    task = serving(settings, content)
    server.say(ANN, "my canary hurts")
    server.say(BOB, "/start")
    await until(lambda: bool(buttons(server, BOB)))
    await until(lambda: len(server.transcript(ANN)) == 2)
    assert content.messages["apology"].text in server.transcript(ANN)[1]["text"]
    await stopped(task)
    assert "ValueError" in caplog.text
    assert "canary hurts" not in caplog.text
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    assert b"canary hurts" not in path.read_bytes()  # noqa: ASYNC240 - a small file


@pytest.mark.asyncio
async def test_a_wrong_token_ends_the_start_with_a_line(
    server: Playground, settings: Settings, content: Content
) -> None:
    server.state.token = "1:other"  # noqa: S105
    with pytest.raises(StartError, match=r"^TELEGRAM_BOT_TOKEN: ") as caught:
        await serving(settings, content)
    assert TOKEN not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no.such.host.invalid"])
async def test_an_address_nobody_answers_at_ends_the_start_with_a_line(
    settings: Settings, content: Content, address: str
) -> None:
    changed = settings.model_copy(update={"telegram_api_url": address})
    with pytest.raises(StartError, match=f"^TELEGRAM_API_URL: {address} cannot be reached"):
        await serving(changed, content)


@pytest.mark.asyncio
@pytest.mark.parametrize("answer", [{"ok": True}, [], TelegramError("unreadable answer")])
async def test_an_address_that_is_no_bot_api_ends_the_start_with_a_line(
    settings: Settings, content: Content, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    async def call(*_: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Api, "call", call)
    with pytest.raises(StartError, match=r"^TELEGRAM_API_URL: "):
        await serving(settings, content)


@pytest.mark.asyncio
async def test_a_second_bot_is_refused_before_it_says_a_word(
    server: Playground, settings: Settings, content: Content
) -> None:
    task = serving(settings, content)
    await until(lambda: "getupdates" in server.counts())
    with pytest.raises(StoreError, match="another process"):
        await serving(settings, content)
    assert server.counts()["getme"] == 1
    await stopped(task)


def test_without_a_token_nothing_runs() -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
        run(Settings(_env_file=None, telegram_bot_token=None))  # type: ignore[call-arg]


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_in_order(
    server: Playground, tmp_path: Path, number: signal.Signals
) -> None:
    bot = Bot(server, tmp_path)
    await bot.start()
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)), 20)
    assert await asyncio.wait_for(bot.end(number), 6) == 0
    assert bot.rows("outbox") == 0


@pytest.mark.asyncio
async def test_a_start_that_fails_is_one_line_and_code_1_without_the_token(
    server: Playground, tmp_path: Path
) -> None:
    server.state.token = "1:other"  # noqa: S105
    bot = Bot(server, tmp_path, LOG_LEVEL="DEBUG")
    await bot.start()
    assert bot.process is not None
    assert await asyncio.wait_for(bot.process.wait(), 20) == 1
    told = bot.log.read_text()
    assert told.splitlines()[-1].startswith("TELEGRAM_BOT_TOKEN: ")
    assert "Traceback" not in told
    assert TOKEN not in told


@pytest.mark.asyncio
async def test_nothing_secret_is_ever_logged(server: Playground, tmp_path: Path) -> None:
    """Token, words, names and numbers of people at the most talkative level."""
    bot = Bot(server, tmp_path, LOG_LEVEL="DEBUG")
    await bot.start()
    person = 424_242_424
    server.person(person, "Canaryann", started=True)
    server.say(person, "/start canary words")
    await until(lambda: bool(buttons(server, person)), 20)
    server.send(person, "photo", "canary caption")
    server.inject({"message": {"text": ["canary odd"], "chat": {"id": person}}})
    server.tap(person, data="1:canary", message_id=3, force=True)
    server.block(BOB)
    wanted = len(server.transcript(person)) + 1
    await until(lambda: len(server.transcript(person)) >= wanted, 10)
    await bot.end(signal.SIGTERM)
    told = bot.log.read_text()
    assert "is at work" in told
    secrets = (
        TOKEN,
        TOKEN.split(":")[1],
        "anary words",
        "Canaryann",
        "caption",
        "odd",
        str(person),
    )
    assert [secret for secret in secrets if secret in told] == []


def test_the_token_is_taken_out_of_every_line_even_of_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("INFO", "1:short")
    words = f"my {'can'}ary at {TOKEN}"
    try:
        raise ValueError(words)  # noqa: TRY301 - it has to come from somewhere
    except ValueError:
        logging.getLogger("x").exception("at %s and %s", f"https://a/bot{TOKEN}/getMe", "1:short")
    told = capsys.readouterr().err
    assert "https://a/bot<token>/getMe and <token>" in told
    assert "ValueError" in told
    assert "canary" not in told


def test_chats_are_named_in_the_log_without_their_numbers() -> None:
    assert logs.short(ANN) == logs.short(ANN) != logs.short(BOB)
    assert len(logs.short(ANN)) == 8


def test_the_log_does_not_follow_anybody_from_question_to_question() -> None:
    logs.set_up("INFO", TOKEN)
    assert not logging.getLogger("transitions.core").isEnabledFor(logging.INFO)


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"status": "login required"}'])
async def test_an_answer_of_an_odd_shape_is_an_error_that_can_be_waited_out(body: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as odd:
        port = odd.sockets[0].getsockname()[1]
        api = Api(TOKEN, f"http://127.0.0.1:{port}")
        with pytest.raises(TelegramError):
            await api.call("GetUpdates", {"timeout": 0})
        await api.close()

"""Bots written as two libraries' manuals teach it, unchanged, cannot tell it from Telegram."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from people import until
from standin import ANN, BOB

from bot.playground import Playground

pytestmark = pytest.mark.asyncio
STOCK = Path(__file__).parent / "stock"
SECRET = "A-b_9"  # noqa: S105 - it opens nothing
WAYS = [(name, way) for name in ("ptb_bot", "aiogram_bot") for way in ("polling", "webhook")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(server: Playground, name: str, way: str, log: Path) -> AsyncIterator[None]:
    """The bot as a process; it must go in order when it is told to."""
    about = {"SERVER": server.url, "TOKEN": server.token, "SECRET": SECRET}
    if way == "webhook":
        about["HOOK"] = str(free_port())
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(STOCK / f"{name}.py")),
            env={**os.environ, **about},
            stdout=out,
            stderr=out,
        )
    try:
        yield
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def last(server: Playground, person: int) -> str:
    message = server.transcript(person)[-1] if server.transcript(person) else {}
    return str(message.get("text", "")) if message.get("from", {}).get("is_bot") else ""


async def says(server: Playground, person: int, text: str) -> None:
    await until(lambda: last(server, person) == text, 15)


@pytest.mark.parametrize(("name", "way"), WAYS)
async def test_a_stock_bot_runs_unchanged(name: str, way: str, tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    async with Playground() as server:
        async with running(server, name, way, log):
            server.say(ANN, "/start")
            await says(server, ANN, "Hi Ann!")
            for text in "abc":
                server.say(BOB, f"{text} < & 🙂")
            await until(lambda: len(server.transcript(BOB)) == 6)
            await buttons(server)
            await form(server)
            expected = ["getupdates", "setwebhook"]
            assert [server.counts().get(method, 0) > 0 for method in expected] == [
                way == "polling",
                way == "webhook",
            ]
        menu = [command["command"] for command in server.overview()["commands"]["default"]]
        assert menu == ["start", "choose"]
        refused = [call for call in server.calls() if call.status not in (0, 200)]
        assert refused == [], log.read_text()
        assert server.state.updates.pending == []
    assert "Traceback" not in log.read_text()


async def buttons(server: Playground) -> None:
    server.say(ANN, "/choose")
    await says(server, ANN, "Please choose:")
    assert server.buttons(ANN) == [["Option 1", "Option 2"], ["Option 3"]]
    query = server.tap(ANN, "Option 2")
    await says(server, ANN, "Selected option: 2")
    assert server.buttons(ANN) == []
    asked = [call.params for call in server.calls() if call.method == "answercallbackquery"]
    assert [params["callback_query_id"] for params in asked] == [query["id"]]


async def form(server: Playground) -> None:
    server.say(ANN, "/talk")
    await says(server, ANN, "Which colour?")
    assert server.keyboard(ANN) == [["Red", "Blue"]]
    server.say(ANN, "Blue")
    await says(server, ANN, "Now a photo.")
    assert server.keyboard(ANN) == []
    sent = server.file(server.send(ANN, "photo")["photo"][-1]["file_id"]) or b""
    await until(partial(has_document, server))
    photo, document = server.transcript(ANN)[-2:]
    assert server.file(photo["photo"][-1]["file_id"]) == sent
    assert photo["caption"] == f"Blue, {len(sent)} bytes"
    assert [entity["type"] for entity in photo["caption_entities"]] == ["bold"]
    assert document["document"]["file_name"] == "same.png"


def has_document(server: Playground) -> bool:
    return "document" in server.transcript(ANN)[-1]

"""Without libcurl, uvloop or orjson the bot works too, and says at start what it uses."""

import asyncio
import signal
from pathlib import Path

import pytest
import uvloop
from people import Bot, buttons, until
from raw_server import Exchange, raw_server
from updates import ANN

from bot import coding
from bot.playground import Playground
from bot.transport import Api, Transport

EXTRAS = {"pycurl": "transport", "uvloop": "loop", "orjson": "json"}
FULL = {"transport": "curl", "loop": "uvloop", "json": "orjson"}
PLAIN = {"transport": "httpx", "loop": "asyncio", "json": "json"}


@pytest.mark.asyncio
@pytest.mark.parametrize("missing", [(), *((name,) for name in EXTRAS), tuple(EXTRAS)])
async def test_what_is_missing_is_done_without_and_said_at_start(
    tmp_path: Path, missing: tuple[str, ...]
) -> None:
    for name in missing:
        (tmp_path / f"{name}.py").write_text("raise ImportError")
    async with Playground() as server:
        bot = Bot(server, tmp_path, PYTHONPATH=str(tmp_path))
        await bot.start()
        server.say(ANN, "/start")
        await until(lambda: bool(buttons(server, ANN)))
        assert await asyncio.wait_for(bot.end(signal.SIGTERM), 6) == 0
    used = FULL | {EXTRAS[name]: PLAIN[EXTRAS[name]] for name in missing}
    line = ", ".join(f"{part} {name}" for part, name in used.items())
    assert bot.log.read_text().count(f": {line}\n") == 1


@pytest.mark.parametrize("way", ["curl", "httpx"])
def test_every_transport_works_on_uvloop(way: Transport) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_talk(way))


async def _talk(way: Transport) -> None:
    async with raw_server() as server:
        server.acts = [_echo]
        api = Api("1:a", server.url, way)
        calls = (api.call("SendMessage", {"number": number}) for number in range(100))
        assert await asyncio.gather(*calls) == list(range(100))
        task = asyncio.create_task(api.call("SendMessage", {"number": 1}))
        await asyncio.sleep(0)
        task.cancel()
        assert await api.call("SendMessage", {"number": 2}) == 2
        await api.close()


async def _echo(exchange: Exchange) -> None:
    await exchange.result(int(exchange.asked["number"]))


@pytest.mark.parametrize("quick", [True, False])
def test_parameters_are_written_the_same_by_either(
    quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not quick:
        monkeypatch.setattr(coding, "orjson", None)
    given = {"kinds": ("a", "b"), "none": None, "text": "grüße \ud83d", "id": -(10**12)}
    wanted = {"kinds": ["a", "b"], "text": "grüße \ud83d", "id": -(10**12)}
    assert coding.loaded(coding.dumped(given)) == wanted

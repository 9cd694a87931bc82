"""`milia-bot` without a token: one command, an address, a clean end, and plain words when not."""

import asyncio
import socket
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from browser import local_bot
from standin import client

from bot import local
from bot.__main__ import main
from bot.local import PORT
from bot.playground.server import TOKEN

SETTINGS = ("TELEGRAM_BOT_TOKEN", "PORT", "CONTENT_DIR")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def _left(folder: Path, names: str) -> list[Path]:
    return list(folder.glob(names))


@pytest.mark.asyncio
async def test_it_prints_the_address_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    async with local_bot(TMPDIR=str(tmp_path), LOG_LEVEL="INFO") as bot:
        assert "TELEGRAM_BOT_TOKEN" in bot.told[0]
        assert bot.url.startswith("http://127.0.0.1:")
        while "is at work" not in await bot.line():
            pass
        assert _left(tmp_path, "milia-*/milia.db")
        began = monotonic()
        assert await bot.end() == 0
        assert monotonic() - began < 3
        assert [line for line in bot.told if "Traceback" in line or "WARNING" in line] == []
        assert bot.told[-1].endswith("stopped")
    assert _left(tmp_path, "milia-*") == []


@pytest.mark.asyncio
async def test_ctrl_c_while_it_still_starts_ends_it_too(tmp_path: Path) -> None:
    async with local_bot(TMPDIR=str(tmp_path)) as bot:
        assert await bot.end() == 0
        assert not any("Traceback" in line for line in bot.told)
    assert _left(tmp_path, "milia-*") == []


@pytest.mark.asyncio
async def test_no_other_program_can_be_the_bot_or_its_people() -> None:
    async with local_bot() as bot, client() as http:
        place = bot.url.partition("/chat/")[0]
        assert (await http.get(f"{place}/bot{TOKEN}/getMe")).status_code == 401
        assert (await http.post(f"{place}/driver/overview")).status_code == 404


@pytest.mark.asyncio
async def test_two_can_run_at_once() -> None:
    async with local_bot() as one, local_bot() as other:
        assert one.url != other.url


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_one_line_that_says_what_to_do(taken: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot"),
        env={"PATH": "", "PORT": str(taken)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    told = err.decode().splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"PORT: {taken} cannot be used (Address already in use); set another")


@pytest.mark.asyncio
async def test_the_usual_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", PORT))
            other.listen()
        except OSError:
            pass  # somebody here has it already, which is just as well
        async with local_bot(PORT="") as bot:
            assert f"Port {PORT} is taken" in bot.told[0]
            assert f":{PORT}/" not in bot.url


def test_a_port_that_is_no_port_is_one_line(
    plain: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain.setenv("PORT", "70000")
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("PORT: ")


def test_faults_of_the_content_are_told_before_anything_starts(
    plain: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain.setenv("CONTENT_DIR", str(tmp_path))
    assert main([]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "en/commands.yaml:1: this file is missing" in told.err


@pytest.mark.parametrize(
    ("display", "terminal", "kind", "opened"),
    [
        (":0", True, webbrowser.Chrome, True),
        (":0", False, webbrowser.Chrome, False),
        ("", True, webbrowser.Chrome, False),
        (":0", True, webbrowser.GenericBrowser, False),
    ],
)
def test_a_browser_opens_only_where_somebody_can_see_it(
    display: str,
    terminal: bool,
    kind: type[webbrowser.BaseBrowser],
    opened: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(kind, "open", lambda self, address: asked.append(address))
    monkeypatch.setattr(webbrowser, "get", lambda: kind("one"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    local._open("http://127.0.0.1:1/")
    assert bool(asked) is opened


def test_no_browser_at_all_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise webbrowser.Error("none")

    monkeypatch.setattr(webbrowser, "get", none)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("DISPLAY", ":0")
    local._open("http://127.0.0.1:1/")

"""Two bots to which accidents happen, ours and the control, and what people do and see of them."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from people import ROOT, Bot, asked, buttons, until

from bot.playground import Playground
from bot.store.outbox import stamp
from dialogs.buttons import Press

ANN, WITNESS = 7, 8
"""Who has the accident, and who only shows that the bot is awake."""


class Ours(Bot):
    """The real bot; `script` runs it with something planted."""

    script: str | None = None

    def __init__(self, server: Playground, folder: Path, **settings: str) -> None:
        super().__init__(server, folder, PYTHONPATH=str(ROOT), **settings)

    async def start(self) -> None:
        if self.script is None:
            await super().start()
        else:
            await self.run(str(ROOT / "tests" / self.script))

    async def run(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    async def rest(self, server: Playground) -> None:
        """Wait until everything is confirmed, then stop; what is stored can be read now."""
        await until(lambda: server.overview()["pending"] == [])
        assert await self.end(signal.SIGTERM) == 0

    def has_slept(self, seconds: float) -> None:
        """Make it so that Telegram was last heard from some time ago; not while it runs."""
        with sqlite3.connect(self.database) as connection:
            then = stamp(datetime.now(UTC) - timedelta(seconds=seconds))
            connection.execute("UPDATE heartbeat SET at = ?", (then,))
        connection.close()


class Control(Ours):
    """The stock bot."""

    def __init__(self, server: Playground, folder: Path, **settings: str) -> None:
        pickle = str(folder / "control.pickle")
        super().__init__(server, folder, PICKLE=pickle, **settings)

    script = "control_bot.py"


async def over(bot: Bot) -> None:
    """End whatever still runs."""
    if bot.process is not None and bot.process.returncode is None:
        await bot.end(signal.SIGKILL)


# --- what people see ---


def texts(server: Playground, person: int = ANN) -> list[str]:
    return [message.get("text", "") for message in server.transcript(person)]


def said(server: Playground, person: int = ANN) -> list[str]:
    """What the bot has in the chat, as it stands there now."""
    return [
        message.get("text", "")
        for message in server.transcript(person)
        if message["from"]["is_bot"]
    ]


def spins(server: Playground, query: Mapping[str, Any]) -> bool:
    """Whether a tapped button still shows its spinner: nobody has answered the tap."""
    answered = {
        call.params.get("callback_query_id")
        for call in server.calls()
        if call.method.lower() == "answercallbackquery" and call.result
    }
    return query["id"] not in answered


async def spun(server: Playground, *queries: Mapping[str, Any]) -> None:
    """Wait until the spinners of these taps have ended."""
    await until(lambda: not any(spins(server, query) for query in queries))


async def asks(server: Playground, question: str, person: int = ANN) -> None:
    await until(lambda: asked(server, person) == question)


async def says(server: Playground, words: str, person: int = ANN) -> None:
    await until(lambda: any(words in text for text in said(server, person)))


async def handled(server: Playground, word: str = "/help") -> None:
    """Wait until somebody who wrote after all others has a reply: theirs were handled before."""
    known = len(said(server, WITNESS))
    server.say(WITNESS, word)
    await until(lambda: len(said(server, WITNESS)) > known)


# --- what they do ---


def button(server: Playground, option: str, person: int = ANN) -> tuple[int, str, Press]:
    """Find a button of the newest keyboard: its message, its data and what that means."""
    for message_id, press, shown in buttons(server, person):
        if option in (press.option, press.mark):
            return message_id, str(shown["callback_data"]), press
    raise AssertionError(f"no button {option}, only {buttons(server, person)}")


def tap(server: Playground, option: str, times: int = 1) -> list[dict[str, Any]]:
    """Tap a button of the newest keyboard; all taps are on their way before any arrives."""
    message_id, data, _ = button(server, option)
    return [server.tap(ANN, data=data, message_id=message_id, force=True) for _ in range(times)]


async def begin(server: Playground) -> None:
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    tap(server, "consent")
    await until(lambda: asked(server, ANN) != "")


async def answer(server: Playground, question: str, options: tuple[str, ...]) -> None:
    """Answer by buttons, once the question is asked."""
    await asks(server, question)
    several = button(server, options[0])[2].mark == "+"
    for option in options:
        tap(server, option)
        if several:
            await until(partial(is_ticked, server, option))
    if several:
        tap(server, "=")


def is_ticked(server: Playground, option: str) -> bool:
    return button(server, option)[2].mark == "-"


async def begun(server: Playground, answers: Mapping[str, tuple[str, ...]]) -> None:
    """Begin and answer these questions, in the order they are asked."""
    await begin(server)
    for question, options in answers.items():
        await answer(server, question, options)

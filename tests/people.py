"""The real bot as a process of its own, and people who talk to it through the stand-in."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.playground import Playground
from dialogs.buttons import Press, parse

ROOT = Path(__file__).parent.parent
PATIENCE = 20.0
"""Seconds of real time that a person waits for a reply, restarts included."""


class Bot:
    """`python -m bot` against a stand-in; killed and started again at will."""

    def __init__(self, server: Playground, folder: Path, **settings: str) -> None:
        self.database = folder / "milia.db"
        self.log = folder / "bot.log"
        self.environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "OPERATOR_NAME": "Test Clinic",
            "OPERATOR_CONTACT": "help@clinic.example",
            "PRIVACY_CONTACT": "privacy@clinic.example",
            **dict.fromkeys(("SEND_RATE", "CHAT_RATE", "FLOOD_LIMIT"), "0"),
            **settings,
        }
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    async def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return await self.process.wait()

    def answers(self, person: int) -> dict[str, list[str]]:
        """What is stored of a person's answers; the bot must not be running."""
        with sqlite3.connect(self.database) as connection:
            row = connection.execute(
                "SELECT state FROM chats WHERE chat_id = ?", (person,)
            ).fetchone()
        connection.close()
        run = json.loads(row[0])["runs"][-1]
        return {name: answer["options"] for name, answer in run["answers"].items()}

    def rows(self, table: str) -> int:
        with sqlite3.connect(self.database) as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        connection.close()
        return int(count)


async def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look again and again until something holds."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - the people only have eyes
            await asyncio.sleep(0.01)


def buttons(server: Playground, person: int) -> list[tuple[int, Press, dict[str, Any]]]:
    """The buttons of the newest keyboard: message, meaning, and the button itself."""
    for message in reversed(server.transcript(person)):
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        if rows:
            return [
                (message["message_id"], press, button)
                for row in rows
                for button in row
                if (press := parse(button["callback_data"]))
            ]
    return []


def asked(server: Playground, person: int) -> str:
    """The question of the newest keyboard; "" when it is none."""
    return next((press.question for _, press, _ in buttons(server, person)), "")


def choose(server: Playground, person: int, option: str) -> None:
    """Tap an option or an action on the newest keyboard."""
    for message_id, press, button in buttons(server, person):
        if press.option == option:
            server.tap(person, data=button["callback_data"], message_id=message_id)
            return
    raise AssertionError(f"no button {option}, only {buttons(server, person)}")

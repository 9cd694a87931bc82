"""Twelve bugs that lose, double or betray something, each to be planted in the running bot."""

import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLANTS: dict[str, Callable[[], None]] = {}


def plant(name: str) -> None:
    """Plant one; "" plants none."""
    if name:
        PLANTS[name]()


def _named(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def noted(bug: Callable[[], None]) -> Callable[[], None]:
        PLANTS[name] = bug
        return bug

    return noted


@_named("ack before commit")
def _ack_first() -> None:
    from bot.receiving import Receiver  # noqa: PLC0415

    sound = Receiver._stored

    async def stored(self: Any, batch: Any) -> Any:
        asked = {"offset": batch[-1].update_id + 1, "timeout": 0, "limit": 1}
        await self._api.call("GetUpdates", asked)
        return await sound(self, batch)

    setattr(Receiver, "_stored", stored)  # noqa: B010


@_named("clear outbox before send")
def _clear_first() -> None:
    from bot.sending import Sender  # noqa: PLC0415

    sound = Sender._send

    async def send(self: Any, lane: Any, row: Any) -> None:
        await self._store.drop(row, "early")
        await sound(self, lane, row)

    setattr(Sender, "_send", send)  # noqa: B010


@_named("lose ids")
def _lose_ids() -> None:
    from bot.store.applying import Batch  # noqa: PLC0415

    def apply(self: Any, incoming: Any) -> Any:
        return self.take(incoming)

    setattr(Batch, "apply", apply)  # noqa: B010


@_named("high-water mark")
def _high_water() -> None:
    from bot.store.applying import Batch  # noqa: PLC0415
    from bot.store.outcomes import Applied  # noqa: PLC0415

    sound = Batch.apply

    def apply(self: Any, incoming: Any) -> Any:
        (mark,) = self._db.execute("SELECT max(update_id) FROM applied").fetchone()
        if mark is not None and incoming.update_id <= mark:
            return Applied(incoming, fresh=False)
        return sound(self, incoming)

    setattr(Batch, "apply", apply)  # noqa: B010


@_named("sender keeps stale row")
def _keep_stale() -> None:
    from bot.lanes import Lane  # noqa: PLC0415

    sound = Lane.add

    def add(self: Any, rows: Any, newest: int, gone: Any, before: int) -> None:
        sound(self, rows, newest, (), before)

    setattr(Lane, "add", add)  # noqa: B010


@_named("no owner check")
def _no_owner() -> None:
    from bot import handlers  # noqa: PLC0415
    from dialogs.turns import Tapped  # noqa: PLC0415

    def tapped(blank: Any, tap: Any) -> Any:
        event = Tapped(tap.data, tap.message.message_id)
        return replace(blank, callback_id=tap.id, chat_id=tap.message.chat.id, event=event)

    setattr(handlers, "_tapped", tapped)  # noqa: B010


@_named("option by position")
def _by_position() -> None:
    from bot.store import applying  # noqa: PLC0415
    from dialogs import buttons, content, conversation  # noqa: PLC0415

    folder = Path(os.environ.get("CONTENT_DIR") or Path(content.__file__).parents[1] / "content")
    pages = content.load(folder).questions
    data, parse = buttons.Press.data, buttons.parse
    read = data.fget if isinstance(data, property) else None
    assert read is not None

    def positioned(press: Any) -> str:
        options = list(pages[press.question].options) if press.question in pages else []
        place = str(options.index(press.option)) if press.option in options else press.option
        return read(replace(press, option=place))

    def parsed(text: str) -> Any:
        press = parse(text)
        if press is None or not press.option.isdigit():
            return press
        return replace(press, option=list(pages[press.question].options)[int(press.option)])

    setattr(buttons.Press, "data", property(positioned))  # noqa: B010
    for module in (buttons, conversation, applying):
        module.parse = parsed


@_named("clamp retry_after")
def _clamp() -> None:
    from bot import sending, transport  # noqa: PLC0415

    sound = transport.ban

    def ban(error: Any) -> float | None:
        seconds = sound(error)
        return None if seconds is None else min(seconds, 0.5)

    setattr(sending, "ban", ban)  # noqa: B010


@_named("naive local time")
def _naive() -> None:
    """In the one place there is now: the bot's own clock. Reminders are still to come."""
    from bot import application, clock  # noqa: PLC0415

    time.tzset()

    def utc_now() -> datetime:
        return datetime.now().replace(tzinfo=UTC)  # noqa: DTZ005 - the bug

    for module in (application, clock):
        setattr(module, "utc_now", utc_now)  # noqa: B010


@_named("deferred begin")
def _deferred() -> None:
    sound = sqlite3.connect

    class Deferred:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, statement: str, *given: Any) -> Any:
            return self._connection.execute(statement.replace("BEGIN IMMEDIATE", "BEGIN"), *given)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    def connect(*given: Any, **named: Any) -> Any:
        return Deferred(sound(*given, **named))

    setattr(sqlite3, "connect", connect)  # noqa: B010


@_named("drop on 403 of others")
def _drop_others() -> None:
    from bot.sending import Sender  # noqa: PLC0415
    from bot.store import Store  # noqa: PLC0415

    sound, run = Store.lose, Sender._run
    lanes: list[Any] = []

    async def lose(self: Any, chat_id: int, known: int) -> None:
        await sound(self, chat_id, known)
        await self.do(lambda db: db.execute("DELETE FROM outbox").rowcount)
        for lane in lanes:
            lane.rows = []

    async def noted(self: Any, chat_id: int, lane: Any) -> None:
        lanes.append(lane)
        await run(self, chat_id, lane)

    setattr(Store, "lose", lose)  # noqa: B010
    setattr(Sender, "_run", noted)  # noqa: B010


@_named("log the URL")
def _log_address() -> None:
    import logging  # noqa: PLC0415

    from bot import logs  # noqa: PLC0415
    from bot.transport import Api  # noqa: PLC0415

    sound = Api.raw

    async def raw(self: Any, method: str, *given: Any, **named: Any) -> Any:
        logging.getLogger("bot.transport").info("POST %s/%s", self._url, method)
        return await sound(self, method, *given, **named)

    setattr(Api, "raw", raw)  # noqa: B010
    setattr(logs._Formatter, "format", logging.Formatter.format)  # noqa: B010

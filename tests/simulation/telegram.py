"""Telegram in memory: what it keeps and for how long, what it answers, and how that fails."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.store.outbox import ALL
from simulation.acts import Act, update
from simulation.luck import Luck
from simulation.oracle import Oracle
from simulation.running import Process

KEPT, TAP_KEPT = 86400.0, 150.0
"""Seconds that Telegram keeps an update."""
PAST_THE_END = 10
REPLIES = ("SendMessage", "EditMessageText")


@dataclass(frozen=True, slots=True)
class Update:
    """An update as long as nobody has confirmed it."""

    id: int
    act: Act
    expires: float


class Telegram:
    """All chats of one bot. `put` hears of each update where a webhook is set."""

    def __init__(self, luck: Luck, oracle: Oracle) -> None:
        self._loop, self.luck, self.oracle = asyncio.get_running_loop(), luck, oracle
        self.pending: list[Update] = []
        self.messages: dict[int, dict[int, tuple[str, Any]]] = {}
        self.blocked: set[int] = set()
        self.bans: dict[int, float] = {}
        self.put: Callable[[Update], None] | None = None
        self._next, self._newest = luck.dice.randrange(1, 2**30), 0
        self._poll: asyncio.Future[bool] | None = None

    def new_id(self) -> int:
        """Give a message the next number."""
        self._newest += 1
        return self._newest

    def does(self, act: Act) -> None:
        """Somebody does something."""
        if not self.pending and self.luck.dice.random() < 0.03:
            self._next = self.luck.dice.randrange(1, 2**30)  # as after a quiet week
        kept = TAP_KEPT if act.is_tap else KEPT
        new = Update(self._next, act, self._loop.time() + kept)
        self._next += 1
        self.oracle.acts[new.id] = act
        self.pending.append(new)
        if act.kind == "blocked":
            self.blocked.add(act.chat)
            self.oracle.away(act.chat)
        elif act.kind == "back" or (act.kind != "foreign" and act.chat in self.blocked):
            self.blocked.discard(act.chat)
            self.oracle.back(act.chat)
        if self.put:
            self.put(new)
        elif self._poll and not self._poll.done():
            self._poll.set_result(True)

    def raw(self, new: Update) -> dict[str, Any]:
        """Give an update as it is sent."""
        return update(new.id, new.act)

    def confirm(self, gone: Update) -> None:
        """Let go of an update that the bot has taken."""
        self.pending.remove(gone)
        self.oracle.confirmed(gone.id)

    def expire(self) -> None:
        """Let go of what was kept for long enough."""
        self.pending = [new for new in self.pending if new.expires > self._loop.time()]

    # --- methods ---

    async def get_updates(self, given: Mapping[str, Any]) -> list[Any]:
        """Confirm what is below the offset, and give what is above, as soon as there is any."""
        if self._poll and not self._poll.done():
            self._poll.set_result(False)
        self.expire()
        offset = given.get("offset", 0)
        if offset <= self._next + PAST_THE_END:
            for old in [old for old in self.pending if old.id < offset]:
                self.confirm(old)
        if not self.pending:
            self._poll = mine = self._loop.create_future()
            waiting = await asyncio.wait((mine,), timeout=given["timeout"])
            if waiting[0] and not mine.result():
                raise Conflict("terminated by other getUpdates request")
        return [self.raw(new) for new in self.pending[: given["limit"]]]

    def send_message(self, given: Mapping[str, Any]) -> Any:
        """Send a message."""
        chat_id = given["chat_id"]
        message_id = self.new_id()
        return self._shown(chat_id, message_id, given)

    def edit_message_text(self, given: Mapping[str, Any]) -> Any:
        """Change a message."""
        shown = self.messages.get(given["chat_id"], {}).get(given["message_id"])
        if shown is None or self.luck.has("refused edit"):
            raise BadRequest("Message to edit not found")
        if shown == (given["text"], given.get("reply_markup")):
            raise BadRequest("Message is not modified")
        return self._shown(given["chat_id"], given["message_id"], given)

    def _shown(self, chat_id: int, message_id: int, given: Mapping[str, Any]) -> Any:
        shown = (given["text"], given.get("reply_markup"))
        self.messages.setdefault(chat_id, {})[message_id] = shown
        self.oracle.sent(chat_id, given["text"])
        return {"message_id": message_id}

    def may(self, method: str, chat_id: int) -> None:
        """Refuse what goes to somebody who is not there, or who is to be left alone."""
        if method in REPLIES and self.luck.has("ban"):
            whom = ALL if self.luck.has("ban of all") else chat_id
            until = self._loop.time() + self.luck.ban()
            self.bans[whom] = max(self.bans.get(whom, 0.0), until)
        banned = max(self.bans.get(chat_id, 0.0), self.bans.get(ALL, 0.0)) - self._loop.time()
        if banned > 0:
            raise RetryAfter(math.ceil(banned))
        if chat_id in self.blocked:
            raise Forbidden("bot was blocked by the user")


class Api:
    """How one process reaches Telegram; stands in for `bot.transport.Api`."""

    def __init__(self, telegram: Telegram, process: Process) -> None:
        self._telegram, self._process = telegram, process

    async def call(
        self, method: str, parameters: Mapping[str, Any] | None = None, waits: float = 0
    ) -> Any:
        """Call a method."""
        return await self.raw(method, json.dumps(parameters or {}).encode(), waits)

    async def raw(self, method: str, body: bytes, waits: float = 0) -> Any:
        """Call a method with parameters that are JSON already."""
        given, luck = json.loads(body), self._telegram.luck
        if method in REPLIES:
            self._telegram.oracle.sending(self._process, given["chat_id"], given["text"])
        await asyncio.sleep(luck.way())
        if luck.has("time-out"):
            await asyncio.sleep(20 + waits)
            raise TimedOut
        if luck.has("error"):
            raise NetworkError("Bad Gateway")
        if luck.has("wrong token"):
            raise InvalidToken
        lost = luck.has("lost answer")
        result = await self._done(method, given)
        await asyncio.sleep(20 + waits if lost else luck.way())
        if lost:
            raise TimedOut
        return result

    async def _done(self, method: str, given: Mapping[str, Any]) -> Any:
        telegram = self._telegram
        if method == "GetUpdates":
            return await telegram.get_updates(given)
        if "chat_id" in given:
            try:
                telegram.may(method, given["chat_id"])
            except RetryAfter as error:
                await asyncio.sleep(telegram.luck.way())
                seconds = error.retry_after
                whole = seconds if isinstance(seconds, int | float) else seconds.total_seconds()
                telegram.oracle.told(self._process, given["chat_id"], whole)
                raise
        if method == "SendMessage":
            return telegram.send_message(given)
        if method == "EditMessageText":
            return telegram.edit_message_text(given)
        return True

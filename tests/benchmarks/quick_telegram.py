"""A fast stand-in for Telegram: the few methods of a talk, at a cost far below any bot's.

It checks nothing that a correct bot does right: `bot.playground` is for that. Times on the way are
half of the round trip in each direction, so that a call takes one round trip in all.
"""

import asyncio
import random
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import orjson
from http_wire import Connection, Params, Poster

TOKEN = "1234567:benchmark-benchmark-benchmark-0000"  # noqa: S105 - it opens nothing
BOT = {"id": 1234567, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
ABILITIES = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
TRUE = b'{"ok":true,"result":true}'
CONFLICT = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates"}'
UNKNOWN = b'{"ok":false,"error_code":404,"description":"Not Found: method not found"}'
TOO_MANY = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1",'
    b'"parameters":{"retry_after":1}}'
)
STATUS = {UNKNOWN: 404, TOO_MANY: 429}
MOST_AT_ONCE = 100
AGAIN = 1.0
"""Seconds until a webhook that failed is tried again."""

Update = dict[str, object]


class Person(Protocol):
    """Who sees what the bot says."""

    handed_at: float

    def sees(self, message_id: int, text: str, markup: object) -> None:
        """Notice a message, new or edited."""


@dataclass(slots=True)
class Network:
    """The way between bot and Telegram: seconds there and back, and a random part each way."""

    round_trip: float = 0.0
    jitter: float = 0.0
    duplicates: float = 0.0
    """The share of updates that are delivered a second time."""
    dice: random.Random = field(default_factory=partial(random.Random, 1))

    def later(self, do: Callable[[], None]) -> None:
        """Do something when it has come to the other end."""
        if not self.round_trip and not self.jitter:
            do()
            return
        seconds = self.round_trip / 2 + self.jitter * self.dice.random()
        asyncio.get_running_loop().call_later(seconds, do)


@dataclass(slots=True)
class _Poll:
    connection: Connection
    timer: asyncio.TimerHandle


class Telegram:
    """The server. `people` by chat; `calls` counts the methods, by name in lower case.

    To the chats in `limited` nothing may be said; each try is told to wait a second.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.people: dict[int, Person] = {}
        self.calls: dict[str, int] = {}
        self.limited: set[int] = set()
        self.last_call = 0.0
        self.unknown_chats = 0
        self.first_poll: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.port = 0
        self._queue: deque[tuple[int, bytes, Person]] = deque()
        self._again: list[tuple[int, bytes, Person]] = []
        self._next_message = 10
        # As Telegram's: a bot that remembers ids must not take a new server's for known ones.
        self._next_update = 10**8 + secrets.randbelow(8 * 10**8)
        self._poll: _Poll | None = None
        self._poster: Poster | None = None
        self._flushing = False

    async def serve(self) -> asyncio.Server:
        """Open a free port of this machine."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self._heard), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def new_message_id(self) -> int:
        """Number a message."""
        self._next_message += 1
        return self._next_message

    def deliver(self, person: Person, update: Update) -> None:
        """Give the bot an update, by whichever way it has chosen."""
        number = self._next_update
        self._next_update += 1
        body = orjson.dumps({"update_id": number, **update})
        twice = self.network.duplicates and self.network.dice.random() < self.network.duplicates
        if self._poster:
            self._push(body, person)
            if twice:
                self.network.later(partial(self._push, body, person))
            return
        self._queue.append((number, body, person))
        if twice:
            self._again.append((number, body, person))
        self._soon()

    def _heard(self, connection: Connection, path: str, params: Params) -> None:
        method = path.rpartition("/")[2].lower()
        self.network.later(partial(self._call, connection, method, params))

    def _call(self, connection: Connection, method: str, params: Params) -> None:
        self.calls[method] = self.calls.get(method, 0) + 1
        if method == "getupdates":
            self._get_updates(connection, params)
            return
        self.last_call = time.perf_counter()
        body = self._carried_out(method, params)
        self.network.later(partial(connection.answer, body, STATUS.get(body, 200)))

    def _carried_out(self, method: str, params: Params) -> bytes:
        if method in ("sendmessage", "editmessagetext"):
            return self._show(method, params)
        if method == "getme":
            return _ok({**BOT, **dict.fromkeys(ABILITIES, False)})
        if method == "setwebhook":
            self._hook(params)
        elif method == "getwebhookinfo":
            return _ok({"url": "", "has_custom_certificate": False, "pending_update_count": 0})
        elif not method.startswith(("answer", "edit", "send", "set", "delete", "log", "close")):
            return UNKNOWN
        return TRUE

    def _show(self, method: str, params: Params) -> bytes:
        """Put a message before its reader, and give it back as Telegram does."""
        chat_id = int(str(params["chat_id"]))
        if chat_id in self.limited:
            return TOO_MANY
        edits = method == "editmessagetext"
        message_id = int(str(params["message_id"])) if edits else self.new_message_id()
        markup = params.get("reply_markup")
        if isinstance(markup, str):
            markup = orjson.loads(markup)
        text = str(params["text"])
        if person := self.people.get(chat_id):
            person.sees(message_id, text, markup)
        else:
            self.unknown_chats += 1
        message: dict[str, object] = {
            "message_id": message_id,
            "from": BOT,
            "chat": {"id": chat_id, "type": "private", "first_name": "P"},
            "date": int(time.time()),
            "text": text,
        }
        if edits:
            message["edit_date"] = message["date"]
        return _ok(message | ({"reply_markup": markup} if markup else {}))

    def _hook(self, params: Params) -> None:
        url, secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        most = int(str(params.get("max_connections", 40)))
        self._poster = Poster(url, secret, most) if url else None
        self._started()
        while self._poster and self._queue:
            _, body, person = self._queue.popleft()
            self._push(body, person)

    def _push(self, body: bytes, person: Person) -> None:
        person.handed_at = time.perf_counter()
        self.network.later(partial(self._post, body, person))

    def _post(self, body: bytes, person: Person) -> None:
        def answered(status: int, said: bytes) -> None:
            if status != 200:
                asyncio.get_running_loop().call_later(AGAIN, self._post, body, person)
            elif b'"method"' in said:
                self._obey(orjson.loads(said))

        if self._poster:
            self._poster.post(body, answered)

    def _obey(self, params: Params) -> None:
        method = str(params["method"]).lower()
        self.calls[method] = self.calls.get(method, 0) + 1
        self._carried_out(method, params)

    def _get_updates(self, connection: Connection, params: Params) -> None:
        offset = int(str(params.get("offset") or 0))
        while self._queue and self._queue[0][0] < offset:
            self._queue.popleft()
        if self._poll:
            self._poll.timer.cancel()
            self._poll.connection.answer(CONFLICT, 409)
        timeout = float(str(params.get("timeout") or 0))
        timer = asyncio.get_running_loop().call_later(timeout, self._flush)
        self._poll = _Poll(connection, timer)
        self._started()
        if self._queue or self._again:
            self._flush()

    def _started(self) -> None:
        if not self.first_poll.done():
            self.first_poll.set_result(time.perf_counter())

    def _soon(self) -> None:
        """Answer the poll once everything of this moment is in the queue."""
        if self._poll and not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if not (poll := self._poll):
            return
        self._poll = None
        poll.timer.cancel()
        known = {number for number, _, _ in self._queue}
        again = [one for one in self._again if one[0] not in known]
        batch = again + [self._queue[at] for at in range(min(MOST_AT_ONCE, len(self._queue)))]
        self._again = [one for one in self._again if one[0] in known]
        now = time.perf_counter()
        for _, _, person in batch[len(again) :]:
            person.handed_at = now
        body = b'{"ok":true,"result":[%s]}' % b",".join(body for _, body, _ in batch)
        self.network.later(partial(poll.connection.answer, body))


def _ok(result: object) -> bytes:
    return b'{"ok":true,"result":%s}' % orjson.dumps(result)

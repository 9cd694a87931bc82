"""As much of HTTP/1.1 as the benchmarks need, with hardly any cost of its own."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import orjson

Params = dict[str, object]
Heard = Callable[["Connection", str, Params], None]
"""Hears of a call: where to answer it, its path, and its parameters."""
Answered = Callable[[int, bytes], None]
"""Hears the status and the body of an answer; status 0 is a connection that broke."""

REASONS = {200: b"OK", 400: b"Bad Request", 404: b"Not Found", 409: b"Conflict"}


class _Reader(asyncio.Protocol):
    """Cuts a stream into messages by their Content-Length."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one, though unnamed

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            whole = end + 4 + _length(head)
            if len(self._buffer) < whole:
                return
            first = self._buffer[: self._buffer.find(b"\r\n")]
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self.message(first, head, body)

    def message(self, first: bytes, head: bytes, body: bytes) -> None:
        raise NotImplementedError


class Connection(_Reader):
    """A connection of the bot: one call at a time on it."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard
        self.closed = False

    def connection_lost(self, _: Exception | None) -> None:
        self.closed = True

    def message(self, first: bytes, head: bytes, body: bytes) -> None:
        target = first.split(b" ", 2)[1].decode()
        path, _, query = target.partition("?")
        self._heard(self, path, dict(parse_qsl(query)) | read(head, body))

    def answer(self, body: bytes, status: int = 200) -> None:
        """Write an answer, unless nobody is left to read it."""
        if not self.closed:
            head = b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(head % (status, REASONS[status], len(body)) + body)


class Caller(_Reader):
    """A connection to the bot's own address, kept open between calls."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: Answered | None = None
        self.closed = False

    def post(self, head: bytes, body: bytes, answered: Answered) -> None:
        """Send a body below a prepared head; `answered` is called once."""
        self._waiting = answered
        self.transport.write(head % len(body) + body)

    def message(self, first: bytes, head: bytes, body: bytes) -> None:
        if b"connection: close" in head:
            self.closed = True
        self._done(int(first.split(b" ", 2)[1]), body)

    def connection_lost(self, _: Exception | None) -> None:
        self.closed = True
        self._done(0, b"")

    def _done(self, status: int, body: bytes) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting(status, body)


class Poster:
    """Posts to one address over kept connections, `most` at a time; what is over waits."""

    def __init__(self, url: str, secret: str, most: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        secret_line = f"x-telegram-bot-api-secret-token: {secret}\r\n" if secret else ""
        self._head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nhost: {parts.netloc}\r\n{secret_line}"
            "content-type: application/json\r\ncontent-length: %d\r\n\r\n"
        ).encode()
        self._most, self._open = most, 0
        self._idle: list[Caller] = []
        self._queue: deque[tuple[bytes, Answered]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def post(self, body: bytes, answered: Answered) -> None:
        """Post when a connection is free."""
        self._queue.append((body, answered))
        if self._idle:
            self._next(self._idle.pop())
        elif self._open < self._most:
            self._open += 1
            task = asyncio.get_running_loop().create_task(self._connect())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, caller = await loop.create_connection(Caller, self._host, self._port)
        except OSError:
            self._open -= 1
            if self._queue:
                self._queue.popleft()[1](0, b"")
            return
        self._next(caller)

    def _next(self, caller: Caller) -> None:
        if caller.closed:
            self._open -= 1
            if self._queue:
                self.post(*self._queue.popleft())
            return
        if not self._queue:
            self._idle.append(caller)
            return
        body, answered = self._queue.popleft()

        def done(status: int, said: bytes) -> None:
            answered(status, said)
            self._next(caller)

        caller.post(self._head, body, done)


def read(head: bytes, body: bytes) -> Params:
    """Read a body as JSON or as a form, whichever the head says."""
    if not body:
        return {}
    if b"application/json" in head:
        found = orjson.loads(body)
        return found if isinstance(found, dict) else {}
    if b"multipart/" in head:
        raise NotImplementedError("no contestant sends files")
    return dict(parse_qsl(body.decode()))


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    if at < 0:
        return 0
    end = head.find(b"\r\n", at)
    return int(head[at + 15 : end if end > 0 else None])

"""A server that reads whole HTTP requests and then does to the connection what a test wants."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

Act = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request, and the connection to answer it on."""

    def __init__(self, writer: asyncio.StreamWriter, body: bytes, connection: int) -> None:
        self.writer, self.connection = writer, connection
        self.asked: dict[str, Any] = _parameters(body)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def say(self, body: bytes, status: str = "200 OK", head: str = "") -> None:
        await self.write(http(body, status, head))

    async def result(self, result: Any) -> None:
        await self.say(json.dumps({"ok": True, "result": result}).encode())

    async def refuse(self, code: int, description: str, **parameters: Any) -> None:
        body = {"ok": False, "error_code": code, "description": description}
        more = {"parameters": parameters} if parameters else {}
        await self.say(json.dumps(body | more).encode(), f"{code} No")

    def reset(self) -> None:
        self.writer.transport.abort()


class RawServer:
    """Does the next of its acts at each request; the last one stays."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.requests: list[Exchange] = []
        self.connections = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        number = self.connections
        try:
            while True:
                exchange = Exchange(writer, await _request(reader), number)
                self.requests.append(exchange)
                act = self.acts[0] if len(self.acts) == 1 else self.acts.pop(0)
                await act(exchange)
        except (asyncio.IncompleteReadError, OSError, ssl.SSLError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()


@asynccontextmanager
async def raw_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    server = RawServer()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.connected(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async with await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls) as listening:
        port = listening.sockets[0].getsockname()[1]
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield server
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def http(body: bytes, status: str = "200 OK", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{head}\r\n".encode() + body


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
    return await reader.readexactly(length)


def _parameters(body: bytes) -> dict[str, Any]:
    """Read what either transport sends: JSON, or a form."""
    if body.startswith(b"{"):
        return dict(json.loads(body))
    pairs = (pair.partition("=") for pair in body.decode().split("&") if pair)
    return {name: value for name, _, value in pairs}

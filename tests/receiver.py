"""A bot's own address, as far as a webhook sees it: notes what comes, answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standin import Server

Answer = tuple[int, str, str]
"""A status, more header lines, and a body; status 0 hangs up."""


@dataclass
class Receiver:
    """`answers` are given in turn, then 200; while `gate` is closed nothing is answered."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    came: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    most_at_once: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def texts(self) -> list[str]:
        """What the updates said, in the order they came."""
        return [_words(update) for _, update in self.came]

    async def wait(self, count: int) -> None:
        """Wait until so many updates have come."""
        async with asyncio.timeout(5):
            while len(self.came) < count:
                self._came.clear()
                await self._came.wait()

    async def end(self) -> None:
        """Hang up on everybody."""
        self.gate.set()
        while self._open:
            for writer in list(self._open):
                writer.close()
            await asyncio.sleep(0.001)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._open.discard(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.came.append((headers, body))
        self._came.set()
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        status, more, text = self.answers.pop(0) if self.answers else (200, "", "")
        if not status:
            return False
        head = f"HTTP/1.1 {status} So\r\n{more}content-length: {len(text)}\r\n\r\n"
        writer.write(head.encode() + text.encode())
        await writer.drain()
        return True


def _words(update: dict[str, Any]) -> str:
    if "callback_query" in update:
        return str(update["callback_query"]["data"])
    message = update.get("message") or update.get("edited_message") or {}
    return str(message.get("text", ""))


@asynccontextmanager
async def receiving(*answers: Answer) -> AsyncIterator[Receiver]:
    receiver = Receiver(answers=list(answers))
    receiver.gate.set()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        await receiver.end()


async def hook(server: Server, bot: Receiver, **params: Any) -> None:
    """Set the stand-in's webhook to a bot's address."""
    assert await server.ask("setWebhook", url=bot.url, **params) is True


async def emptied(server: Server) -> None:
    """Give the loop time until nothing is pending."""
    async with asyncio.timeout(5):
        while server.state.updates.pending:  # noqa: ASYNC110 - the queue tells nobody
            await asyncio.sleep(0.001)


async def failed(server: Server, times: int) -> None:
    """Wait until so many tries have failed; the next one is then set to its time."""
    async with asyncio.timeout(5):
        while server.state.webhook.failures < times:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.005)  # room for a try that must not come
    assert server.state.webhook.failures == times

"""The real transport against the stand-in, with faults put in its way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.playground import Playground
from bot.transport import Api

REPLIES = ("SendMessage", "EditMessageText")
Fault = Exception | Callable[[], Any]


class FaultyApi(Api):
    """Calls the stand-in, except where a fault waits for that method and chat."""

    def __init__(self, server: Playground) -> None:
        super().__init__(server.token, server.url)
        self.faults: list[tuple[str, int | None, Exception]] = []
        self.made: list[tuple[str, Mapping[str, Any]]] = []
        self.under_way = self.most_at_once = 0
        self.delay = 0.0

    def fail(self, method: str, *errors: Exception, chat: int | None = None) -> None:
        """Let the next calls of a method (to a chat) fail, one after the other."""
        self.faults += [(method, chat, error) for error in errors]

    async def raw(self, method: str, body: bytes, waits: float = 0) -> Any:
        given = json.loads(body)
        self.made.append((method, given))
        self.under_way += method in REPLIES
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            for fault in self.faults:
                if fault[0] == method and fault[1] in (None, given.get("chat_id")):
                    self.faults.remove(fault)
                    raise fault[2]
            return await super().raw(method, body, waits)
        finally:
            self.under_way -= method in REPLIES

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.made)


@asynccontextmanager
async def calling(server: Playground) -> AsyncIterator[FaultyApi]:
    api = FaultyApi(server)
    try:
        yield api
    finally:
        await api.close()


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    """Give the loop time until something holds."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.002)

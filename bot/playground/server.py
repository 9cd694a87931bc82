"""The stand-in as a running server inside this process."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self

from starlette.routing import BaseRoute

from bot.listening import Server, listen, settings
from bot.playground.answering import obeyed
from bot.playground.driver import Driver
from bot.playground.routes import make_app
from bot.playground.state import State

TOKEN = "1234567:playground"  # noqa: S105 - it opens nothing


def real_time() -> datetime:
    """Tell the real time, with its zone."""
    return datetime.now(UTC)


class Playground(Driver):
    """`async with Playground() as server:` serves at `server.url` until the block ends.

    `port` 0 takes a free one. `clock` gives aware times and may be moved with `advance`; waiting
    itself is always in real seconds. Entered again, it goes on with the same port and memory, as
    after an outage. `holds` adds the brakes described at `Updates`. `driven` lets other processes
    call the driver's actions.
    """

    def __init__(
        self,
        token: str = TOKEN,
        clock: Callable[[], datetime] = real_time,
        *,
        port: int = 0,
        holds: bool = False,
        driven: bool = True,
    ) -> None:
        super().__init__(State(token, clock, holds=holds))
        self._driven = driven
        self.token = token
        self.port = port
        self._mounted: list[BaseRoute] = []

    def mount(self, *routes: BaseRoute) -> None:
        """Serve more addresses beside the API, on the same port; call it before entering."""
        self._mounted += routes

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What a bot library calls its base address, to which it adds the token."""
        return f"{self.url}/bot"

    async def __aenter__(self) -> Self:
        """Open the port and wait until it answers."""
        listening = listen("127.0.0.1", self.port)
        self.port = listening.getsockname()[1]
        self.state.updates.stopped = False
        self.state.webhook.execute = partial(obeyed, self)
        self.state.webhook.start()
        self._server = Server(settings(make_app(self, self._mounted, driven=self._driven)))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._server.ready.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Answer the waiting poll and close the port."""
        self.state.updates.stop()
        self.state.webhook.stop()
        self._server.leaving.set()
        await self._serving

    def hang_up(self, client: object) -> None:
        """Close the connection of a client, by its address, without a word."""
        for connection in self._server.server_state.connections:
            if getattr(connection, "client", None) == client:
                connection.transport.close()

    async def serve(self) -> None:
        """Serve until cancelled; the server must have been entered."""
        await self._serving

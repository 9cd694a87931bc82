"""A web server inside the bot's own loop: it leaves signals alone and stops without pauses."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn

from bot.settings import SettingsError

GRACE = 1.0
"""Seconds that answers under way get when the server stops."""


class Server(uvicorn.Server):
    """Leaves the signals to whoever runs the loop, and tells when it answers."""

    def __init__(self, settings: uvicorn.Config) -> None:
        super().__init__(settings)
        self.ready = asyncio.Event()
        self.leaving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, and tells that it is done."""
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Wait for the word to leave; uvicorn's own looks ten times a second."""
        await self.leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, without its pauses of a tenth of a second."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event
                    await asyncio.sleep(0.001)
        for task in self.server_state.tasks:
            task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def serving(app: Any, host: str, port: int) -> AsyncIterator[None]:
    """Serve an ASGI application at a port that other programs may share.

    Raises:
        SettingsError: the port cannot be used.

    """
    try:
        listening = listen(host, port, shared=True)
    except OSError as error:
        text = f"{host}:{port} cannot be used ({error.strerror}); set another"
        raise SettingsError(f"WEBHOOK_LISTEN: {text}") from None
    server = Server(settings(app))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    try:
        yield
    finally:
        server.leaving.set()
        await task


def settings(app: Any) -> uvicorn.Config:
    """Give how the server is set up: silent, and with nothing that nobody asked for."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        date_header=False,
        server_header=False,
        ws="none",
    )


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Take a port; a `shared` one may be taken by other programs too, which get their part.

    Raises:
        OSError: it cannot be taken.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, proto=socket.IPPROTO_TCP)  # named, or replies wait 40 ms
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared and hasattr(socket, "SO_REUSEPORT"):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening

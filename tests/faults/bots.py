"""The bot under supervision: started, killed, started again whenever it ends by itself."""

import asyncio
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from people import Bot

from bot.playground import Playground
from faults.orders import Orders
from faults.starting import PATHS, Started, Starter

STOPPED_WITHIN = 6.0
"""Seconds a bot may take to stop when told to."""
SECRET = "canary_secret_that_nobody_may_log"  # noqa: S105 - it opens nothing
UNPACED = {"SEND_RATE": "0", "CHAT_RATE": "0", "FLOOD_LIMIT": "0"}
"""People here are quicker than people."""
RESTARTED_AFTER = 0.02
"""Seconds until a bot that ended by itself is started again."""


@dataclass
class Toll:
    """What the supervisor saw: kills and when, ends of its own accord, slow or failed stops.

    `cuts` are the moments when the database lost its power.
    """

    kills: list[datetime] = field(default_factory=list)
    cuts: list[datetime] = field(default_factory=list)
    starts: int = 0
    failed_starts: int = 0
    slowest_stop: float = 0.0
    bad_stops: int = 0


class Supervised(Bot):
    """One bot process, or one worker of several."""

    def __init__(
        self,
        server: Playground,
        folder: Path,
        starter: Starter,
        toll: Toll,
        settings: Mapping[str, str],
    ) -> None:
        super().__init__(server, folder, **settings)
        self._server, self.starter, self.toll = server, starter, toll
        self.orders: Orders | None = None
        self.started: Started | None = None
        self.since = 0.0
        self._calls = 0
        self._ordered: Orders | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and from then on again whenever it ends by itself, but not if so ordered."""
        await self._unkept()
        await self._start()
        self._keeping = asyncio.create_task(self._keep())

    async def _start(self) -> None:
        self._ordered = self.orders
        environment = {**self.environment, "PYTHONPATH": PATHS}
        if self.orders:
            environment |= self.orders.variables
        self._calls = len(self._server.state.calls)
        self.started = await self.starter.start(environment, self.log)
        self.toll.starts += 1
        self.since = time.monotonic()

    async def _keep(self) -> None:
        while self.started:
            code = await asyncio.shield(self.started.exited)
            self.since = time.monotonic()
            if self._ordered and self._ordered.kill:
                return  # whoever ordered its end starts the next
            if code == -signal.SIGKILL:
                self.toll.kills.append(self._server.now())
            else:
                self.toll.failed_starts += 1
            await asyncio.sleep(RESTARTED_AFTER)
            await self._start()

    async def start_once(self) -> None:
        """Start it, and never again."""
        await self._start()

    @property
    def speaks(self) -> bool:
        """Whether it has called Telegram since it was started."""
        return len(self._server.state.calls) > self._calls

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._unkept()
        if self.started:
            self.started.send(signal.SIGKILL)
            await self.started.exited
            self.toll.kills.append(self._server.now())
            self.since = time.monotonic()

    async def stop(self) -> int:
        """Tell it to stop; gives the exit code."""
        await self._unkept()
        assert self.started is not None
        begun = time.monotonic()
        self.started.send(signal.SIGTERM)
        code = await self.started.exited
        took = time.monotonic() - begun
        self.toll.slowest_stop = max(took, self.toll.slowest_stop)
        self.toll.bad_stops += code != 0 or took > STOPPED_WITHIN
        self.since = time.monotonic()
        return code

    async def ended(self, within: float) -> bool:
        """Wait until it has ended as ordered."""
        assert self.started is not None
        done, _ = await asyncio.wait([self.started.exited], timeout=within)
        if done:
            self.toll.kills.append(self._server.now())
        return bool(done)

    async def died(self, within: float) -> bool:
        """Wait until it has ended as ordered, else kill it; gives whether it ended by itself."""
        if not (ended := await self.ended(within)):
            await self.kill()
        return ended

    async def over(self) -> None:
        """End whatever still runs."""
        await self._unkept()
        if self.started and not self.started.exited.done():
            self.started.send(signal.SIGKILL)
            await self.started.exited

    async def _unkept(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def written(bots: list[Supervised]) -> str:
    """Everything the bots have logged."""
    return "".join(bot.log.read_text(errors="replace") for bot in bots if bot.log.exists())


def settings_of(mode: str, port: int) -> Mapping[str, str]:
    """The settings that make a bot poll, or take updates at a port."""
    if mode == "polling":
        return UNPACED
    return {
        **UNPACED,
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }

"""Two ways to start the bot: as everybody does, or as a copy of a process that is warmed up."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from people import ROOT

LAUNCHER = ROOT / "tests" / "faulty_bot.py"
PATHS = os.pathsep.join((str(ROOT), str(ROOT / "tests")))


class Started:
    """A running bot; `exited` gives its exit code, negative for a signal."""

    def __init__(self, pid: int, exited: "asyncio.Future[int]") -> None:
        self.pid, self.exited = pid, exited

    def send(self, how: signal.Signals) -> None:
        """Signal it; not once it has ended, when its number may be somebody else's."""
        if not self.exited.done():
            os.kill(self.pid, how)


class Starter(Protocol):
    """Starts bots."""

    async def start(self, environment: Mapping[str, str], log: Path) -> Started: ...


class Afresh:
    """`python -m bot`, or the launcher when something is to go wrong in the process itself."""

    async def start(self, environment: Mapping[str, str], log: Path) -> Started:
        arguments = [str(LAUNCHER)] if "FAULTS" in environment else ["-m", "bot"]
        with log.open("ab") as written:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=ROOT,
                env=environment,
                stdout=written,
                stderr=written,
            )
        return Started(process.pid, asyncio.ensure_future(process.wait()))


class Forked:
    """`async with Forked() as starter:` keeps the warmed-up process for a while."""

    def __init__(self) -> None:
        self._running: dict[int, asyncio.Future[int]] = {}
        self._pids: dict[int, asyncio.Future[int]] = {}
        self._number = 0

    async def __aenter__(self) -> Self:
        self._parent = await asyncio.create_subprocess_exec(
            *(sys.executable, str(LAUNCHER), "--forks"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": PATHS},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        await self._parent.wait()
        await self._listening

    async def start(self, environment: Mapping[str, str], log: Path) -> Started:
        self._number += 1
        loop = asyncio.get_running_loop()
        pid, exited = loop.create_future(), loop.create_future()
        self._pids[self._number], self._running[self._number] = pid, exited
        order = {"number": self._number, "environment": dict(environment), "log": str(log)}
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps(order).encode() + b"\n")
        return Started(await pid, exited)

    async def _listen(self) -> None:
        assert self._parent.stdout is not None
        async for line in self._parent.stdout:
            said = json.loads(line)
            if "pid" in said:
                self._pids.pop(said["number"]).set_result(said["pid"])
            else:
                self._running.pop(said["number"]).set_result(said["code"])

"""Telegram's side of a webhook: lanes, one delivery at a time in each, brought again and again."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from simulation.running import Process
from simulation.telegram import Telegram, Update

IDLE = 60.0
"""Seconds after which Telegram gives up on an answer."""
LONGEST = 60.0
SECRET = "hush-hush"  # noqa: S105 - it guards a simulated address
TAPS = 3 * 2**33
OK = 200

Endpoint = Callable[[Any, Any, Any], Any]
Serving = Callable[[], tuple[Process, Endpoint] | None]
"""Who serves the address now."""


class Hook:
    """Brings updates, those of one lane in order; taps go in lanes of their own."""

    def __init__(self, telegram: Telegram, serving: Serving) -> None:
        self._telegram, self._serving = telegram, serving
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[int, list[Update]] = {}
        telegram.put = self.put

    def put(self, new: Update) -> None:
        """Bring an update as soon as its lane is free."""
        act = new.act
        lane = (act.by or act.chat) + TAPS if act.is_tap else act.chat
        if lane in self._lanes:
            self._lanes[lane].append(new)
            return
        self._lanes[lane] = [new]
        self._loop.create_task(self._run(lane))

    async def _run(self, lane: int) -> None:
        failures = 0
        while queue := self._lanes[lane]:
            self._telegram.expire()
            if queue[0] not in self._telegram.pending:
                queue.pop(0)
                continue
            status, wait = await self._bring(queue[0])
            if status == OK:
                self._telegram.confirm(queue.pop(0))
                failures = 0
                continue
            failures += 1
            await asyncio.sleep(max(wait, 0 if failures == 1 else min(2**failures / 2, LONGEST)))
        del self._lanes[lane]

    async def _bring(self, new: Update) -> tuple[int, float]:
        """Bring an update once; gives the status, and the seconds it says to wait."""
        luck = self._telegram.luck
        await asyncio.sleep(luck.way())
        found = self._serving()
        if found is None or luck.has("lost request"):
            return 0, 0.0
        answer = self._delivered(*found, self._telegram.raw(new))
        await asyncio.wait((answer,), timeout=IDLE)
        lost = luck.has("lost answer")
        await asyncio.sleep(luck.way())
        return answer.result() if answer.done() and not lost else (0, 0.0)

    def _delivered(
        self, process: Process, endpoint: Endpoint, raw: Any
    ) -> "asyncio.Future[tuple[int, float]]":
        answer: asyncio.Future[tuple[int, float]] = self._loop.create_future()

        def end(status: int = 0, wait: float = 0.0) -> None:
            if not answer.done():
                answer.set_result((status, wait))

        async def receive() -> Any:
            await asyncio.sleep(0)
            return {"type": "http.request", "body": json.dumps(raw).encode()}

        async def send(message: Any) -> None:
            await asyncio.sleep(0)
            if message["type"] == "http.response.start":
                end(message["status"], float(dict(message["headers"]).get(b"retry-after", 0)))

        process.ends.append(end)
        headers = [
            (b"x-telegram-bot-api-secret-token", SECRET.encode()),
            (b"content-type", b"application/json"),
        ]
        scope = {"type": "http", "path": "/hook", "method": "POST", "headers": headers}
        self._loop.create_task(endpoint(scope, receive, send), context=process.context)
        return answer

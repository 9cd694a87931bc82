"""Sending updates to the bot's own address: retried, in a person's order, until they expire."""

import asyncio
import json
import secrets
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import httpx

from bot.playground.clock import Clock
from bot.playground.errors import ApiError
from bot.playground.updates import Update, Updates
from bot.playground.wire import Params, read_params

PATIENCE = 60.0
"""Seconds of real time that the bot may take to answer."""
LONGEST = 60
"""Seconds between two tries, at most; a random number up to twice as long."""
MAX_RETRY_AFTER = 3600
GONE_FOR = timedelta(hours=23)
"""How long an address may say 410 before it is forgotten."""
NOT_THERE = frozenset({"deletewebhook", "setwebhook", "close", "logout"})
"""Methods that an answer cannot call; nor any that begins with "get"."""

Execute = Callable[[str, Params], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go; `connections` is how many at once, `certificate` the bot's own one."""

    url: str
    secret: str = ""
    connections: int = 40
    certificate: bytes = b""


class Webhook:
    """The one address of a bot. Times between tries are the clock's, and so can be skipped.

    `error` is the newest failure and its time, `failures` how many there were in all.
    """

    def __init__(self, updates: Updates, clock: Clock) -> None:
        self.updates = updates
        self.clock = clock
        self.target: Target | None = None
        self.error: tuple[datetime, str] | None = None
        self.failures = 0
        self.execute: Execute | None = None
        self._running: asyncio.Task[None] | None = None
        self._gone_since: datetime | None = None
        self._set: datetime | None = None

    def may_be_set(self) -> bool:
        """Tell whether a second has passed since it was last set, and start a new one if so."""
        now = self.clock.now()
        if self._set and now < self._set + timedelta(seconds=1):
            return False
        self._set = now
        return True

    def point(self, target: Target | None) -> None:
        """Send updates to a new address, or nowhere."""
        self.stop()
        self.target, self.error, self._gone_since = target, None, None
        self.start()

    def start(self) -> None:
        """Begin to send, if there is an address."""
        if self.target and self.execute:
            self._running = asyncio.create_task(self._run(self.target))

    def stop(self) -> None:
        """Send no more for now."""
        if self._running:
            self._running.cancel()
        self._running = None

    async def _run(self, target: Target) -> None:
        lanes: set[str] = set()
        room = asyncio.Semaphore(target.connections)
        async with _client(target) as client, asyncio.TaskGroup() as tasks:
            while True:
                changed = self.updates.changed
                for lane in self.updates.lanes() - lanes:
                    lanes.add(lane)
                    tasks.create_task(self._lane(lane, lanes, Sender(self, target, client, room)))
                await changed.wait()

    async def _lane(self, lane: str, lanes: set[str], sender: "Sender") -> None:
        while update := self.updates.first(lane):
            await sender.deliver(update)
        lanes.discard(lane)

    def failed(self, why: str) -> None:
        """Remember the newest failure."""
        self.error = self.clock.now(), why
        self.failures += 1

    def gone(self, status: int) -> None:
        """Forget the address once it has said 410 for long enough."""
        if status != HTTPStatus.GONE:
            self._gone_since = None
            return
        self._gone_since = self._gone_since or self.clock.now()
        if self.clock.now() > self._gone_since + GONE_FOR:
            self.point(None)


@dataclass(slots=True)
class Sender:
    """Sends updates over one client."""

    webhook: Webhook
    target: Target
    client: httpx.AsyncClient
    room: asyncio.Semaphore

    async def deliver(self, update: Update) -> None:
        """Send an update again and again until it is taken or too old."""
        clock, updates = self.webhook.clock, self.webhook.updates
        delay, fails = 1, 0
        while update in updates:
            async with self.room:
                wait = await self._post(update)
            if wait is None:
                return updates.drop(update)
            if not wait and fails:
                most = LONGEST + secrets.randbelow(LONGEST + 1)
                wait = delay = min(most, delay * 2)
            fails += 1
            again = clock.now() + timedelta(seconds=wait)
            if again > update.expires:
                return updates.drop(update)
            await clock.until(again)
        return None

    async def _post(self, update: Update) -> int | None:
        """Send once; None when taken, else the seconds the bot wants to be left alone."""
        headers = {"content-type": "application/json"}
        if self.target.secret:
            headers["x-telegram-bot-api-secret-token"] = self.target.secret
        body = json.dumps(update.body)
        try:
            answer = await self.client.post(self.target.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            self.webhook.failed(_why(error))
            return 0
        if answer.is_success:
            self.webhook.gone(answer.status_code)
            await self._obey(answer)
            return None
        reason = answer.reason_phrase
        self.webhook.failed(f"Wrong response from the webhook: {answer.status_code} {reason}")
        self.webhook.gone(answer.status_code)
        told = answer.headers.get("retry-after", "")
        return min(int(told), MAX_RETRY_AFTER) if told.isdecimal() else 0

    async def _obey(self, answer: httpx.Response) -> None:
        """Carry out the method that an answer may name; nobody is told what came of it."""
        try:
            params = read_params("", answer.headers.get("content-type", ""), answer.content)
        except ApiError:
            return
        name = params.text("method").lower()
        if name and name not in NOT_THERE and not name.startswith("get") and self.webhook.execute:
            await self.webhook.execute(name, params)


def trusting(certificate: bytes) -> ssl.SSLContext:
    """Trust a bot's own certificate; an empty one means what the system trusts.

    Raises:
        ValueError: it cannot be read.

    """
    try:
        return ssl.create_default_context(cadata=certificate.decode() or None)
    except ssl.SSLError as error:
        raise ValueError(error.reason) from None


def _client(target: Target) -> httpx.AsyncClient:
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if target.url.startswith("https"):
        verify = trusting(target.certificate)
    return httpx.AsyncClient(verify=verify, timeout=PATIENCE, trust_env=False)


def _why(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    if isinstance(error, httpx.TimeoutException):
        return "Read timeout expired"
    return "Webhook connection closed"

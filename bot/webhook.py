"""The address where Telegram brings updates: 200 is said only after the turn is on disk."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from bot.handlers import Reader
from bot.incoming import Incoming
from bot.store.outcomes import Applied

LARGEST = 1024 * 1024
"""Bytes of one delivery (Telegram's own are far smaller)."""
WITHIN = 10.0
"""Seconds until a turn must be on disk; Telegram gives up on a connection after 60 (R4)."""
SECRET = b"x-telegram-bot-api-secret-token"
AGAIN = ((b"retry-after", b"5"),)
JSON = ((b"content-type", b"application/json"),)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Apply = Callable[[list[Incoming]], Awaitable[list[Applied]]]
Answer = Callable[[Applied], dict[str, str] | None]
"""The answer to a tap, as a call that may ride in the response; None for none."""

_log = logging.getLogger(__name__)


class Endpoint:
    """An ASGI application for one path. What has no secret is refused, and nothing is read of it.

    A genuine update is answered 200, or 503 to be brought again; never anything that makes Telegram
    forget it or the address.
    """

    def __init__(
        self, path: str, secret: str, reader: Reader, apply: Apply, answer: Answer
    ) -> None:
        self._path, self._secret = path, secret.encode()
        self._reader, self._apply, self._answer = reader, apply, answer
        self._failing = False
        self._turns: set[asyncio.Task[list[Applied]]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/health":
            await _say(send, HTTPStatus.SERVICE_UNAVAILABLE if self._failing else HTTPStatus.OK)
            return
        status = self._refusal(scope)
        body = b"" if status else await _body(receive)
        if status or len(body) > LARGEST:
            await _say(send, status or HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        batch = self._reader.read([_read(body)])
        if not batch:
            await _say(send, HTTPStatus.BAD_REQUEST)
            return
        await self._deliver(batch, send)

    def _refusal(self, scope: Message) -> HTTPStatus | None:
        headers = dict(scope["headers"])
        if scope["path"] != self._path:
            return HTTPStatus.NOT_FOUND
        if not hmac.compare_digest(headers.get(SECRET, b""), self._secret):
            return HTTPStatus.UNAUTHORIZED
        if scope["method"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        if not headers.get(b"content-type", b"").startswith(b"application/json"):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        return None

    async def _deliver(self, batch: list[Incoming], send: Send) -> None:
        applied = await self._stored(batch)
        self._failing = applied is None
        if applied is None:
            await _say(send, HTTPStatus.SERVICE_UNAVAILABLE, AGAIN)
            return
        riding = self._answer(applied[0])
        if riding is None:
            await _say(send, HTTPStatus.OK)
        else:
            call = {"method": "answerCallbackQuery", **riding}
            await _say(send, HTTPStatus.OK, JSON, json.dumps(call).encode())

    async def _stored(self, batch: list[Incoming]) -> list[Applied] | None:
        """Take a turn; None when it is not on disk in time. Begun is begun: it goes on then."""
        turn = asyncio.ensure_future(self._apply(batch))
        self._turns.add(turn)
        turn.add_done_callback(self._turns.discard)
        await asyncio.wait((turn,), timeout=WITHIN)
        if not turn.done():
            _log.error("an update could not be stored in time")
            turn.add_done_callback(_told)
            return None
        if error := turn.exception():
            _log.error("an update could not be stored: %s", type(error).__name__)
            return None
        return turn.result()


def _told(turn: "asyncio.Task[list[Applied]]") -> None:
    if not turn.cancelled() and (error := turn.exception()):
        _log.error("an update could not be stored: %s", type(error).__name__)


async def _body(receive: Receive) -> bytes:
    """Read a body, or a little more than is allowed of it."""
    body = bytearray()
    while len(body) <= LARGEST:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return bytes(body)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


async def _say(
    send: Send,
    status: HTTPStatus,
    headers: Iterable[tuple[bytes, bytes]] = (),
    body: bytes = b"",
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send(
        {"type": "http.response.start", "status": int(status), "headers": [length, *headers]}
    )
    await send({"type": "http.response.body", "body": body})

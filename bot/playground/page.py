"""The chat page: the real bot in a browser, for whoever knows the key in its address."""

import hmac
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.playground.client import DriverError
from bot.playground.server import Playground
from bot.playground.state import Json

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"GIF8": "image/gif"}
"""By how such files begin."""
OTHER = "application/octet-stream"
NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana")
"""What the people are called, in the order of their ids from 1."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
LONGEST_MOVE = 366 * 24 * 3600
"""Seconds."""
ACTIONS = frozenset({"say", "edit", "delete", "tap", "send", "block", "unblock"})
"""What a person can do on the page, as methods of `Driver`."""


class Panel(Protocol):
    """What the page tells editors about the bot behind it, beside what a person sees."""

    def known(self, person: int) -> Json:
        """Give {"origins": {message_id: pages}, "content": ..., "talk": the talk as a test}."""

    def waited(self, seconds: float) -> None:
        """Note that the clock was moved."""


class Page:
    """The addresses of the page, all below a random key. `panel` may be None: there is none."""

    def __init__(self, server: Playground, panel: Panel | None = None) -> None:
        self._server, self._panel = server, panel
        self._key = secrets.token_urlsafe(18)
        self._closed = False

    @property
    def url(self) -> str:
        """Where the page is; nobody else can guess it."""
        return f"{self._server.url}/chat/{self._key}/"

    def routes(self) -> list[BaseRoute]:
        """Give what is to be mounted on the stand-in."""
        root = "/chat/{key}/"
        return [
            Route(root, self._static),
            Route(root + "events", self._events),
            Route(root + "do", self._do, methods=["POST"]),
            Route(root + "file/{file}", self._file),
            Route(root + "{name}", self._static),
        ]

    def close(self) -> None:
        """End the streams, so that the server can stop."""
        self._closed = True
        self._server.state.tell("clock", None, {"now": self._server.now()})

    def _knows(self, request: Request) -> bool:
        return hmac.compare_digest(request.path_params["key"].encode(), self._key.encode())

    async def _static(self, request: Request) -> Response:
        path = STATIC / request.path_params.get("name", "index.html")
        if not self._knows(request) or path.suffix not in TYPES or not path.is_file():
            return Response("there is nothing here", 404)
        return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=HEADERS)

    async def _file(self, request: Request) -> Response:
        """Give a picture to be shown, any other file to be saved and never to be opened here."""
        stored = self._server.state.files.known.get(request.path_params["file"])
        if not self._knows(request) or stored is None:
            return Response("there is nothing here", 404)
        kind = next((k for begin, k in PICTURES.items() if stored.data.startswith(begin)), None)
        save = {} if kind else {"content-disposition": "attachment"}
        return Response(stored.data, media_type=kind or OTHER, headers=HEADERS | save)

    async def _events(self, request: Request) -> Response:
        if not self._knows(request):
            return Response("there is nothing here", 404)
        person = _person(request.query_params.get("person", ""))
        if person is None:
            return Response("a person is a number from 1 on", 400)
        return StreamingResponse(
            self._stream(person), media_type="text/event-stream", headers=HEADERS
        )

    async def _stream(self, person: int) -> AsyncIterator[str]:
        self._introduce(person)
        with self._server.watch(person) as watch:
            yield _written("hello", self._hello(person))
            async for event in watch:
                if self._closed:
                    return
                if event.chat is None or event.chat == person:
                    yield _written(event.kind, event.about)

    def _introduce(self, person: int) -> None:
        """Give a person a name, and let the other windows know."""
        if person not in self._server.state.people:
            self._server.person(person, NAMES[(person - 1) % len(NAMES)])
            self._server.state.tell("panel", None, {"people": self._server.overview()["people"]})

    def _hello(self, person: int) -> Json:
        about = self._server.overview()
        people = about["people"]
        return {
            "bot": self._server.state.bot,
            "people": people,
            "messages": self._server.transcript(person),
            "commands": about["commands"],
            "descriptions": about["descriptions"],
            "now": about["now"],
            "keyboard": self._server.keyboard(person),
            "blocked": any(known["blocked"] for known in people if known["id"] == person),
            "panel": self._panel.known(person) if self._panel else {},
        }

    async def _do(self, request: Request) -> Response:
        if not self._knows(request):
            return Response("there is nothing here", 404)
        if "origin" not in request.headers or not _is_json(request):
            return _answer({"ok": False, "error": "only the page may ask"}, 403)
        try:
            wanted = json.loads(await request.body())
            return _answer({"ok": True, "result": self._act(**wanted)})
        except (DriverError, TypeError, ValueError) as error:
            return _answer({"ok": False, "error": str(error)}, 400)

    def _act(self, action: str, person: int, **about: Any) -> Any:
        if action == "advance":
            return self._advance(**about)
        if action not in ACTIONS:
            raise DriverError(f"nobody can {action} here")
        return getattr(self._server, action)(person, **about)

    def _advance(self, seconds: float) -> str:
        if not 0 < seconds <= LONGEST_MOVE:
            raise DriverError("the clock only goes forward, a year at most")
        now = self._server.advance(seconds)
        if self._panel:
            self._panel.waited(seconds)
        return now.isoformat()


def _person(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) < 2**31 else None


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


def _written(kind: str, about: Json) -> str:
    """Write an event as a line of the stream."""
    return f"data: {json.dumps({'kind': kind, 'about': about}, default=str)}\n\n"


def _answer(told: Json, status: int = 200) -> Response:
    text = json.dumps(told, default=str)
    return Response(text, status, media_type="application/json", headers=HEADERS)

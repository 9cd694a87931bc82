"""The quick way to Telegram: the requests of python-telegram-bot, made by libcurl."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, cast

import certifi
import pycurl
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.coding import loaded

HEADERS = ("Content-Type: application/json", "Accept:", "Expect:")
"""Sent with each call; an empty one is a header of libcurl's that is left out."""
UPLOAD_WITHIN = 20.0
"""Seconds that a call with files may take longer, if nobody says otherwise."""

Default = BaseRequest.DEFAULT_NONE


class CurlRequest(BaseRequest):
    """Requests over `connections` lasting HTTP/1.1 connections; more at once wait for one.

    Certificates are checked, against `SSL_CERT_FILE` if that is set; proxies are taken from
    the environment (`https_proxy` and so on). `read_timeout` is for the whole of a call, in
    seconds, connecting and waiting for a free connection included. A connection that the server
    has closed meanwhile is replaced without a word, and the request sent again if nothing had
    come back. No error names the address: the token is part of it.
    """

    def __init__(
        self,
        connections: int = 64,
        read_timeout: float | None = 5,
        connect_timeout: float | None = 5,
    ) -> None:
        self._connections = connections
        self._read, self._connect = read_timeout, connect_timeout
        self._idle: list[_Handle] = []
        self._multi = self._opened()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer, as `loaded` does."""
        return loaded(payload)

    @property
    def read_timeout(self) -> float | None:
        """Seconds a call may take, if nobody says otherwise."""
        return self._read

    def _opened(self) -> pycurl.AsyncCurlMulti:
        multi = pycurl.AsyncCurlMulti()
        multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, self._connections)
        multi.setopt(pycurl.M_MAXCONNECTS, self._connections)
        return multi

    async def initialize(self) -> None:
        """Open again what was shut down."""
        if self._multi.closed:
            self._multi = self._opened()

    async def shutdown(self) -> None:
        """Close the connections; calls under way fail."""
        # First the connections, then the handles they were opened by.
        await self._multi.aclose()
        self._idle.clear()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | bytes | None = None,
        read_timeout: Any = Default,
        write_timeout: Any = Default,
        connect_timeout: Any = Default,
        pool_timeout: Any = Default,  # noqa: ARG002 - waiting is part of `read_timeout`
    ) -> tuple[int, bytes]:
        """Make a request; the library hands in parameters, and we the bytes of a JSON object.

        Raises:
            TimedOut: no whole answer in time.
            NetworkError: not reached, or no answer that is HTTP.

        """
        within = self._read if read_timeout is Default else read_timeout
        connect = self._connect if connect_timeout is Default else connect_timeout
        if method == "POST" and isinstance(request_data, bytes):
            return await self._quick(url, request_data, within, connect)
        handle = _Handle()
        handle.aim(url, within, connect)
        if method != "POST":
            handle.easy.setopt(pycurl.HTTPGET, 1)
        elif isinstance(request_data, RequestData) and request_data.contains_files:
            more = UPLOAD_WITHIN if write_timeout is Default else write_timeout
            handle.aim(url, within and more and within + more, connect)
            handle.attach(request_data)
        else:
            handle.easy.setopt(pycurl.POSTFIELDS, _json(request_data))
        return await self._made(handle)

    async def _quick(
        self, url: str, body: bytes, within: float | None, connect: float | None
    ) -> tuple[int, bytes]:
        handle = self._idle.pop() if self._idle else _Handle()
        handle.aim(url, within, connect)
        handle.easy.setopt(pycurl.POSTFIELDS, body)
        answer = await self._made(handle)
        # Not after an error or a cancelled call: whatever comes late must find nobody.
        if len(self._idle) < self._connections:
            self._idle.append(handle)
        return answer

    async def _made(self, handle: "_Handle") -> tuple[int, bytes]:
        try:
            await self._multi.add_handle(handle.easy)
        except pycurl.error as error:
            # Only its number: the text may tell the host, and a chained error more than that.
            number = error.args[0] if error.args else 0
            if number == pycurl.E_OPERATION_TIMEDOUT:
                raise TimedOut from None
            raise NetworkError(f"libcurl error {number}") from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._multi.closed and not (task and task.cancelling()):
                raise NetworkError("the connections were closed") from None
            raise
        return handle.answer()


class _Handle:
    """One request at a time, over and over; what does not change is set only once."""

    __slots__ = ("_parts", "_set", "easy")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._set: tuple[str, float | None, float | None] | None = None
        self.easy = easy = pycurl.Curl()
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        easy.setopt(pycurl.NOSIGNAL, 1)
        easy.setopt(pycurl.USERAGENT, BaseRequest.USER_AGENT)
        easy.setopt(pycurl.HTTPHEADER, HEADERS)
        easy.setopt(pycurl.WRITEFUNCTION, self._parts.append)

    def aim(self, url: str, within: float | None, connect: float | None) -> None:
        """Set the address and the times in seconds; None is for ever."""
        wanted = (url, within, connect)
        if wanted == self._set:
            return
        self._set, easy = wanted, self.easy
        easy.setopt(pycurl.URL, url)
        easy.setopt(pycurl.TIMEOUT_MS, _milliseconds(within))
        easy.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(connect))
        if url.startswith("https:"):
            easy.setopt(pycurl.CAINFO, _authorities())

    def attach(self, data: RequestData) -> None:
        """Send files beside the parameters, as a form."""
        form = pycurl.CurlMime(self.easy)
        for name, value in data.json_parameters.items():
            form.add_field(name, value.encode())
        files = cast("Mapping[str, tuple[str, Any, str]]", data.multipart_data)
        for name, (file, content, kind) in files.items():
            body = content if isinstance(content, bytes) else content.read()
            form.add(name, body, filename=file, content_type=kind)
        self.easy.setopt(pycurl.HTTPHEADER, HEADERS[1:])
        self.easy.setopt(pycurl.MIMEPOST, form)

    def answer(self) -> tuple[int, bytes]:
        """Give what came, with its code, and forget it."""
        parts = self._parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        return self.easy.getinfo(pycurl.RESPONSE_CODE), body


def _json(data: RequestData | bytes | None) -> bytes:
    if isinstance(data, RequestData):
        return data.json_payload
    return data or b"{}"


def _milliseconds(seconds: float | None) -> int:
    """Give what libcurl takes; it takes 0 for "no limit"."""
    return 0 if seconds is None else max(1, round(seconds * 1000))


def _authorities() -> str:
    return os.environ.get("SSL_CERT_FILE") or certifi.where()

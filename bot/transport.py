"""Calls to the Bot API: the one room that makes python-telegram-bot speak."""

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

# Opts in to what the library will do anyway: `retry_after` as a timedelta. Read at each use.
os.environ.setdefault("PTB_TIMEDELTA", "true")

# Not `telegram.ext`: its import takes another 0.2 s at start, and nothing here uses it.
from telegram import Bot
from telegram.error import RetryAfter, TelegramError
from telegram.request import BaseRequest, HTTPXRequest

from bot.backoff import Backoff
from bot.coding import dumped, loaded

try:
    from bot.curl import CurlRequest
except ImportError:  # no pycurl, or one that is too old
    CurlRequest = None  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from telegram.request import RequestData

CONNECTIONS = 64
"""Room for the poll, 30 sends at once, and the answers to taps beside them."""
ANSWER_WITHIN = 20.0
"""Seconds a call may take, besides what it waits for by its own wish."""
CONNECT_WITHIN = ANSWER_WITHIN / 2

Transport = Literal["curl", "httpx"]
TRANSPORT: Transport = "httpx" if CurlRequest is None else "curl"
"""The quickest there is."""

_log = logging.getLogger(__name__)


class _Request(HTTPXRequest):
    """The library's own transport, silent about bodies: an unreadable one may hold words."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer, as `loaded` does."""
        return loaded(payload)


def _httpx() -> HTTPXRequest:
    return _Request(
        connection_pool_size=CONNECTIONS,
        read_timeout=ANSWER_WITHIN,
        write_timeout=ANSWER_WITHIN,
        connect_timeout=CONNECT_WITHIN,
        pool_timeout=ANSWER_WITHIN,
    )


class Api:
    """One bot at one address, over libcurl where that is there, else over httpx."""

    def __init__(self, token: str, address: str, transport: Transport = TRANSPORT) -> None:
        self._url = f"{address}/bot{token}"
        self._bot: Bot | None = None
        self._request: BaseRequest
        if transport == "curl":
            self._request = CurlRequest(CONNECTIONS, ANSWER_WITHIN, CONNECT_WITHIN)
        else:
            self._request = way = _httpx()
            self._bot = Bot(token, f"{address}/bot", request=way, get_updates_request=way)

    async def call(
        self, method: str, parameters: Mapping[str, Any] | None = None, waits: float = 0
    ) -> Any:
        """Call a method, spelled with a capital first; gives its result as plain data.

        Raises:
            TelegramError: refused, or not answered in time.

        """
        return await self.raw(method, dumped(parameters or {}), waits)

    async def raw(self, method: str, body: bytes, waits: float = 0) -> Any:
        """Call a method with parameters that are JSON already; gives its result as plain data.

        Raises:
            TelegramError: refused, or not answered in time.

        """
        try:
            if self._bot is None:
                url, data = f"{self._url}/{method}", cast("RequestData", body)
                return await self._request.post(url, data, read_timeout=ANSWER_WITHIN + waits)
            # Telegram does not mind the case of names. The library does: it warns when a method
            # it has under that very name is called in this way; it has none with a capital.
            return await self._bot.do_api_request(
                method, api_kwargs=json.loads(body), read_timeout=ANSWER_WITHIN + waits
            )
        except TelegramError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it trips over, the loop must go on
            # The library trusts the shape of an answer; a proxy's page need not have it.
            raise TelegramError(f"odd answer: {type(error).__name__}") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()


async def attempt(api: Api, method: str, parameters: Mapping[str, Any], tries: int = 5) -> None:
    """Call what is good to have; without it the bot works too."""
    backoff = Backoff()
    for _ in range(tries):
        try:
            await api.call(method, parameters)
        except TelegramError as error:
            _log.warning("%s failed: %s", method, type(error).__name__)
            await asyncio.sleep(ban(error) or backoff.next())
        else:
            return


def ban(error: TelegramError) -> float | None:
    """Give the seconds Telegram tells to wait; None when it tells nothing. Never shortened."""
    if not isinstance(error, RetryAfter):
        return None
    told = error.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)

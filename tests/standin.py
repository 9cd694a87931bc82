"""The stand-in with a plain HTTP client beside it, and the people in its tests."""

import asyncio
import json
import ssl
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.playground import Playground

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BOB, FAMILY = 7, 8, -100
TEXT = "grüße & \r\n 🙂"


class Server(Playground):
    """The stand-in with a bot's plain HTTP client beside it."""

    http: httpx.AsyncClient

    async def post(self, method: str, **params: Any) -> httpx.Response:
        url, headers = f"{self.url}/bot{self.token}/{method}", {"content-type": "application/json"}
        return await self.http.post(url, content=json.dumps(params), headers=headers)

    async def ask(self, method: str, **params: Any) -> Any:
        answer = (await self.post(method, **params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        answer = await self.post(method, **params)
        body = answer.json()
        assert not body["ok"]
        assert body["error_code"] == answer.status_code
        return answer.status_code, body["description"]

    async def ids(self, **params: Any) -> list[int]:
        return [update["update_id"] for update in await self.ask("getUpdates", **params)]

    async def tapped(self) -> str:
        """Make Ann tap a new button; the id of her callback query."""
        self.person(ANN, started=True)
        await self.ask("sendMessage", chat_id=ANN, text="Sure?", reply_markup=keyboard())
        return str(self.tap(ANN, "Yes")["id"])


def keyboard(data: str = "yes", text: str = "Yes") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def client(base_url: str = "") -> httpx.AsyncClient:
    """A client for plain HTTP; reading the system's certificates would take most of the time."""
    return httpx.AsyncClient(base_url=base_url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


async def waiting(server: Server, number: int) -> None:
    """Give the loop time until the server has `number` calls in its log."""
    async with asyncio.timeout(2):
        while len(server.calls()) < number:  # noqa: ASYNC110 - a call that waits tells nobody
            await asyncio.sleep(0.001)

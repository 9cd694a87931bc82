"""The addresses of the stand-in: /bot<token>/<method> for bots, /driver/<action> for tests."""

import dataclasses
import hmac
import inspect
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.playground.client import DriverError
from bot.playground.driver import Driver
from bot.playground.errors import ApiError
from bot.playground.methods import METHODS
from bot.playground.state import Call
from bot.playground.web_guard import Guard
from bot.playground.wire import Params, read_params

ACTIONS = frozenset(
    {
        "person",
        "group",
        "say",
        "send",
        "edit",
        "delete",
        "tap",
        "block",
        "unblock",
        "inject",
        "transcript",
        "buttons",
        "toasts",
        "outbox",
        "calls",
        "counts",
        "advance",
        "wait",
        "overview",
    }
)
"""The methods of `Driver` that another process may call, by POST of a JSON object."""


def make_app(
    driver: Driver, mounted: Sequence[BaseRoute] = (), *, driven: bool = True
) -> Starlette:
    """Make the web application of one stand-in, with more addresses if there are any.

    `driven` says whether other processes may call the driver's actions.
    """

    async def method(request: Request) -> Response:
        return await _method(driver, request)

    async def action(request: Request) -> Response:
        return await _action(driver, request)

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
            *([Route("/driver/{action}", action, methods=["POST"])] if driven else []),
            *mounted,
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={404: _not_found},
    )


async def _method(driver: Driver, request: Request) -> Response:
    name = request.path_params["method"].lower()
    try:
        body = await request.body()
    except ClientDisconnect:
        return Response()  # the bot died while it spoke: nothing was asked, nobody listens
    try:
        _check_token(driver.state.token, request.path_params["token"])
        params = read_params(request.url.query, request.headers.get("content-type", ""), body)
    except ApiError as error:
        return _refusal(error)
    call = driver.state.log(name, params.values)
    try:
        call.result = await _call(driver, name, params)
    except ApiError as error:
        return _answered(driver, call, error.code, _refusal(error), error.description)
    return _answered(driver, call, 200, _json({"ok": True, "result": call.result}))


def _check_token(known: str, given: str) -> None:
    number, colon, _ = given.partition(":")
    if not colon or not number.isdecimal() or number.startswith("0") or len(given) > 80:  # noqa: PLR2004
        raise ApiError(401, "Unauthorized: invalid token specified")
    if not hmac.compare_digest(known.encode(), given.encode()):
        raise ApiError(401, "Unauthorized")


async def _call(driver: Driver, name: str, params: Params) -> Any:
    if name not in METHODS:
        raise ApiError(404, "Not Found: method not found")
    result = METHODS[name](driver.state, params)
    return await result if inspect.isawaitable(result) else result


def _answered(
    driver: Driver, call: Call, status: int, response: Response, description: str = ""
) -> Response:
    call.status, call.description = status, description
    driver.changed.set()
    return response


async def _action(driver: Driver, request: Request) -> Response:
    name = request.path_params["action"]
    if name not in ACTIONS:
        return _json({"ok": False, "error": f"no action {name}"}, 404)
    act = getattr(driver, name)
    try:
        wanted = json.loads(await request.body() or b"{}")
        inspect.signature(act).bind(**wanted)
        result = act(**wanted)
        result = await result if inspect.isawaitable(result) else result
    except (DriverError, TypeError, ValueError) as error:
        return _json({"ok": False, "error": str(error)}, 400)
    except TimeoutError:
        return _json({"ok": False, "error": "waited in vain"}, 408)
    return _json({"ok": True, "result": result})


def _refusal(error: ApiError) -> Response:
    said = {"ok": False, "error_code": error.code, "description": error.description}
    return _json(said, error.code)


async def _not_found(_: Request, __: Exception) -> Response:
    return _refusal(ApiError(404, "Not Found"))


def _json(content: Any, status: int = 200) -> Response:
    text = json.dumps(content, default=_plain)  # escaped to ASCII, as the server writes it
    return Response(text, status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Call):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} is not JSON")

"""The addresses of the stand-in: /bot<token>/<method> for bots, /driver/<action> for tests."""

import inspect
import json
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.playground import answering
from bot.playground.answering import as_json, refusal
from bot.playground.client import DriverError
from bot.playground.driver import Driver
from bot.playground.errors import ApiError
from bot.playground.web_guard import Guard

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
        "deactivate",
        "migrate",
        "keyboard",
        "action",
        "fault",
        "mend",
        "fired",
        "flood",
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
        return await answering.method(driver, request)

    async def file(request: Request) -> Response:
        return await answering.file(driver, request)

    async def action(request: Request) -> Response:
        return await _action(driver, request)

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", file),
            *([Route("/driver/{action}", action, methods=["POST"])] if driven else []),
            *mounted,
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={404: _not_found},
    )


async def _action(driver: Driver, request: Request) -> Response:
    name = request.path_params["action"]
    if name not in ACTIONS:
        return as_json({"ok": False, "error": f"no action {name}"}, 404)
    act = getattr(driver, name)
    try:
        wanted = json.loads(await request.body() or b"{}")
        inspect.signature(act).bind(**wanted)
        result = act(**wanted)
        result = await result if inspect.isawaitable(result) else result
    except (DriverError, TypeError, ValueError) as error:
        return as_json({"ok": False, "error": str(error)}, 400)
    except TimeoutError:
        return as_json({"ok": False, "error": "waited in vain"}, 408)
    return as_json({"ok": True, "result": result})


async def _not_found(_: Request, __: Exception) -> Response:
    return refusal(ApiError(404, "Not Found"))

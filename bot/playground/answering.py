"""One request of the bot: read, logged, spoiled if a fault waits for it, carried out, answered."""

import asyncio
import dataclasses
import hmac
import json
from datetime import datetime
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from bot.playground.driver import Driver
from bot.playground.errors import ApiError
from bot.playground.faults import Fault
from bot.playground.getting import Told
from bot.playground.methods import carried_out
from bot.playground.state import Call
from bot.playground.wire import Params, read_params

LONGEST_TOKEN = 80


async def method(driver: Driver, request: Request) -> Response:
    """Answer a call of a method."""
    try:
        body = await request.body()
    except ClientDisconnect:
        return Response()  # the bot died while it spoke: nothing was asked, nobody listens
    try:
        _check_token(driver.state.token, request.path_params["token"])
        params = read_params(request.url.query, request.headers.get("content-type", ""), body)
    except ApiError as error:
        return refusal(error)
    name = request.path_params["method"].lower()
    call = driver.state.log(name, params.values)
    fault = driver.state.faults.take(name, params.values)
    try:
        response = await _spoiled(driver, call, params, fault)
    finally:
        driver.changed.set()
    if fault and fault.drops:
        driver.hang_up(request.client)
        await asyncio.sleep(0)  # so that the server knows there is nobody to answer
    return response


async def file(driver: Driver, request: Request) -> Response:
    """Give a file behind a link from getFile."""
    try:
        _check_token(driver.state.token, request.path_params["token"])
    except ApiError as error:
        return refusal(error)
    stored = driver.state.files.linked(request.path_params["path"])
    if stored is None:
        return refusal(ApiError(404, "Not Found"))
    return Response(stored.data, media_type="application/octet-stream")


async def obeyed(driver: Driver, name: str, params: Params) -> None:
    """Carry out a method named in the answer to a webhook; only the log tells what came of it."""
    call = driver.state.log(name, params.values)
    await _answered(driver, call, params)
    driver.changed.set()


def _check_token(known: str, given: str) -> None:
    number, colon, _ = given.partition(":")
    odd = not colon or not number.isdecimal() or number.startswith("0")
    if odd or len(given) > LONGEST_TOKEN:
        raise ApiError(401, "Unauthorized: invalid token specified")
    if not hmac.compare_digest(known.encode(), given.encode()):
        raise ApiError(401, "Unauthorized")


async def _spoiled(driver: Driver, call: Call, params: Params, fault: Fault | None) -> Response:
    """Answer a call, in the way of a fault if there is one."""
    floods = driver.state.floods
    try:
        async with floods.admitted(call.method, params.text("chat_id"), params.text("text")):
            if fault:
                await asyncio.sleep(fault.seconds)
            if fault is None or fault.after:
                response = await _answered(driver, call, params)
                return response if fault is None or fault.kind != "refuse_after" else _bad(fault)
    except ApiError as error:
        return _refused(call, error)
    return _refused(call, fault.error) if fault.enveloped else _bad(fault, call)


def _bad(fault: Fault, call: Call | None = None) -> Response:
    """Give the answer of a fault; the log of the call tells it if nothing was carried out."""
    status, page = fault.page or (fault.error.code, "")
    if call:
        call.description = f"playground: {fault.kind}"
        call.status = 0 if fault.drops else status
    return HTMLResponse(page, status) if fault.page else refusal(fault.error)


async def _answered(driver: Driver, call: Call, params: Params) -> Response:
    try:
        result = await carried_out(driver.state, call.method, params)
    except ApiError as error:
        return _refused(call, error)
    said = {"ok": True, "result": result}
    if isinstance(result, Told):
        said = {"ok": True, "result": result.result, "description": result.description}
    call.status, call.result = 200, said["result"]
    return as_json(said)


def _refused(call: Call, error: ApiError) -> Response:
    call.status, call.description = error.code, error.description
    return refusal(error)


def refusal(error: ApiError) -> Response:
    """Wrap a refusal as the server does."""
    said: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        said["parameters"] = error.parameters
    response = as_json(said, error.code)
    if "retry_after" in error.parameters:
        response.headers["retry-after"] = str(error.parameters["retry_after"])
    return response


def as_json(content: Any, status: int = 200) -> Response:
    """Write JSON, escaped to ASCII as the server does."""
    return Response(json.dumps(content, default=_plain), status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Call | Fault):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} is not JSON")

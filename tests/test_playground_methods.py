"""The stand-in answers taps, menus and descriptions the way Telegram's own server does."""

from typing import Any

import pytest
from standin import ANN, Server

pytestmark = pytest.mark.asyncio


async def test_a_tap_can_be_answered_for_a_while(server: Server) -> None:
    query = await server.tapped()
    long = await server.refusal("answerCallbackQuery", callback_query_id=query, text="a" * 201)
    assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
    server.advance(15)
    assert await server.ask("answerCallbackQuery", callback_query_id=query, text="a" * 200)
    server.advance(1)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    for unknown in (query, "12", "nonsense"):
        found = await server.refusal("answerCallbackQuery", callback_query_id=unknown)
        assert found == (400, f"Bad Request: {too_old}")
    assert server.toasts(ANN) == ["a" * 200]


async def test_menus_and_descriptions_are_kept_by_language(server: Server) -> None:
    menu = [{"command": "start", "description": "Begin"}]
    await server.ask("setMyCommands", commands=menu)
    await server.ask("setMyCommands", commands=menu, language_code="de")
    await server.ask("setMyDescription", description="About")
    await server.ask("setMyShortDescription", short_description="Short", language_code="de")
    kept = server.overview()
    assert kept["commands"] == {"default": menu, "default de": menu}
    assert kept["descriptions"] == {"description": "About", "short_description de": "Short"}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("setMyCommands", {"commands": [{"command": "Start!", "description": "a"}]}),
        ("setMyCommands", {"commands": [{"command": "start", "description": "a" * 257}]}),
        ("setMyCommands", {"commands": [{"command": "start", "description": "a"}] * 101}),
        ("setMyCommands", {"commands": "{"}),
        ("setMyDescription", {"description": "a" * 513}),
        ("setMyShortDescription", {"short_description": "a" * 121}),
    ],
)
async def test_menus_and_descriptions_have_limits(
    server: Server, method: str, params: dict[str, Any]
) -> None:
    assert (await server.refusal(method, **params))[0] == 400


async def test_a_chat_action_must_be_known(server: Server) -> None:
    server.person(ANN, started=True)
    assert await server.ask("sendChatAction", chat_id=ANN, action="typing") is True
    wrong = (400, "Bad Request: wrong parameter action in request")
    assert await server.refusal("sendChatAction", chat_id=ANN, action="dancing") == wrong

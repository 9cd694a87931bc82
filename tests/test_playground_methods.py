"""The stand-in answers taps, menus and descriptions the way Telegram's own server does."""

from typing import Any

import pytest
import telegram
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


async def test_menus_and_descriptions_are_given_back_and_taken_away(server: Server) -> None:
    menu = [{"command": "a" * 32, "description": "b" * 256}]
    scope = {"type": "chat", "chat_id": ANN}
    await server.ask("setMyCommands", commands=menu * 100)
    await server.ask("setMyCommands", commands=menu, scope=scope)
    assert await server.ask("getMyCommands", scope=scope) == menu
    assert await server.ask("getMyCommands", language_code="de") == []
    await server.ask("deleteMyCommands", scope=scope)
    assert await server.ask("getMyCommands", scope=scope) == []
    assert len(await server.ask("getMyCommands", scope={"type": "default"})) == 100
    await server.ask("setMyDescription", description="About")
    assert await server.ask("getMyDescription", language_code="de") == {"description": "About"}
    assert await server.ask("getMyShortDescription") == {"short_description": ""}
    await server.ask("setMyName", name="Milia")
    assert await server.ask("getMyName") == {"name": "Milia"}


async def test_a_chat_tells_about_itself(server: Server) -> None:
    server.person(ANN, "Ann", started=True)
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        about = await bot.get_chat(ANN)
    assert (about.id, about.type, about.first_name) == (ANN, "private", "Ann")


REFUSED_MENUS: dict[str, tuple[Any, str]] = {
    "capital": ([{"command": "Start", "description": "a"}], "BOT_COMMAND_INVALID"),
    "33": ([{"command": "a" * 33, "description": "a"}], "BOT_COMMAND_INVALID"),
    "257": ([{"command": "a", "description": "a" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
    "101": ([{"command": "a", "description": "a"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    "nameless": ([{"command": "/", "description": "a"}], "command must be non-empty"),
    "wordless": (
        [{"command": "a", "description": " "}],
        "command description must be non-empty",
    ),
    "json": ("{", "can't parse commands JSON object"),
    "list": ({}, "expected an Array of BotCommand"),
    "field": (
        [{"command": "a"}],
        "can't parse BotCommand: Can't find field \"description\"",
    ),
}


@pytest.mark.parametrize("case", REFUSED_MENUS)
async def test_a_menu_that_breaks_a_rule_is_refused(server: Server, case: str) -> None:
    commands, said = REFUSED_MENUS[case]
    found = await server.refusal("setMyCommands", commands=commands)
    assert found == (400, f"Bad Request: {said}")


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


async def test_a_chat_action_shows_for_5_seconds_or_until_the_next_message(
    server: Server,
) -> None:
    server.person(ANN, started=True)
    busy = {"chat_id": ANN, "action": "Typing"}
    await server.ask("sendChatAction", **busy)
    server.advance(5)
    assert server.action(ANN) == "typing"
    server.advance(1)
    assert server.action(ANN) == ""
    await server.ask("sendChatAction", **busy)
    await server.ask("sendMessage", chat_id=ANN, text="a")
    assert server.action(ANN) == ""


async def test_a_chat_action_must_be_known(server: Server) -> None:
    server.person(ANN, started=True)
    assert await server.ask("sendChatAction", chat_id=ANN, action="typing") is True
    wrong = (400, "Bad Request: wrong parameter action in request")
    assert await server.refusal("sendChatAction", chat_id=ANN, action="dancing") == wrong

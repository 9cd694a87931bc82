"""What the bot says about itself: who it is, its menu of commands, its descriptions."""

import re
from collections.abc import Callable
from typing import Any

from bot.playground.chats import readable
from bot.playground.errors import bad_request
from bot.playground.state import Json, State
from bot.playground.wire import Params

MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
LIMITS = {"description": 512, "short_description": 120, "name": 64}
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
"""Whom a menu is for, and what else has to be said then."""

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(state: State, _: Params) -> Json:
    """Tell who the bot is."""
    abilities = ("can_join_groups", "has_main_web_app", "can_connect_to_business")
    return {
        **state.bot,
        **dict.fromkeys(abilities, False),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def get_chat(state: State, params: Params) -> Json:
    """Tell about a chat."""
    chat = readable(state, params)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    always = {"accent_color_id": 0, "max_reaction_count": 11}
    accepted = dict.fromkeys((*gifts, "gifts_from_channels"), False)
    return {**chat.about, **always, "accepted_gift_types": accepted}


def set_my_commands(state: State, params: Params) -> bool:
    """Keep the command menu, one per scope and language."""
    given = params.read("commands", "Can't parse commands JSON object")
    given = [] if given is None else given
    if not isinstance(given, list):
        raise bad_request("Expected an Array of BotCommand")
    commands = [_command(entry) for entry in given]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return _keep(state, _place(params), commands)


def get_my_commands(state: State, params: Params) -> list[Json]:
    """Give the command menu of a scope and language."""
    return state.commands.get(_place(params), [])


def delete_my_commands(state: State, params: Params) -> bool:
    """Take the command menu of a scope and language away."""
    return _keep(state, _place(params), [])


def _keep(state: State, place: str, commands: list[Json]) -> bool:
    state.commands[place] = commands
    if not commands:
        del state.commands[place]
    state.tell("menu", None, {"commands": state.commands})
    return True


def _place(params: Params) -> str:
    """Name a scope and language: "default", "chat 5 de"."""
    if not params.text("scope"):
        return f"default {params.text('language_code')}".strip()
    scope = params.record("scope", "BotCommandScope")
    kind = scope.get("type")
    if kind not in SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    parts = [str(scope.get(field) or "") for field in SCOPES[kind]]
    if "" in parts:
        raise bad_request(f"Can't parse BotCommandScope: Can't find field \"{SCOPES[kind][0]}\"")
    return " ".join([kind, *parts, params.text("language_code")]).strip()


def _command(given: Any) -> Json:
    if not isinstance(given, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(given.get(name), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{name}\"")
    command, description = given["command"].removeprefix("/"), given["description"].strip()
    if not command:
        raise bad_request("Command must be non-empty")
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": given["description"]}


def describer(name: str) -> Callable[[State, Params], bool]:
    """Make the method that keeps the bot's name or one of its descriptions."""

    def describe(state: State, params: Params) -> bool:
        text = params.text(name)
        if len(text) > LIMITS[name]:
            raise bad_request(f"Bot {name.replace('_', ' ')} is too long")
        state.descriptions[f"{name} {params.text('language_code')}".strip()] = text
        state.tell("about", None, {"descriptions": state.descriptions})
        return True

    return describe


def told(name: str) -> Callable[[State, Params], Json]:
    """Make the method that gives the bot's name or one of its descriptions."""

    def tell(state: State, params: Params) -> Json:
        default = state.bot["first_name"] if name == "name" else ""
        key = f"{name} {params.text('language_code')}".strip()
        return {name: state.descriptions.get(key) or state.descriptions.get(name, default)}

    return tell

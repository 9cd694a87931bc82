"""The Bot API methods of the stand-in, each a function of the state and the parameters."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.playground.errors import ApiError, bad_request, forbidden
from bot.playground.formatting import read_text
from bot.playground.keyboards import read_keyboard
from bot.playground.names import CHAT_ACTIONS
from bot.playground.state import ANSWER_WINDOW, Chat, Json, State
from bot.playground.wire import Params

Method = Callable[[State, Params], Any | Awaitable[Any]]

MAX_TIMEOUT = 50
MAX_TOAST = 200
MAX_COMMANDS = 100
DELETABLE = timedelta(hours=48)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

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


async def get_updates(state: State, params: Params) -> list[Json]:
    """Confirm, wait and hand out updates."""
    _allow(state, params)
    return await state.updates.poll(
        params.whole("offset"),
        params.whole("limit", 100, 1, 100),
        params.whole("timeout", 0, 0, MAX_TIMEOUT),
    )


def _allow(state: State, params: Params) -> None:
    try:
        kinds = params.read("allowed_updates", "unread")
    except ApiError:  # the server keeps what it had when it cannot read the list
        return
    if isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds):
        state.updates.allow(kinds)


def delete_webhook(state: State, params: Params) -> bool:
    """Make polling possible; there is never a webhook here."""
    if params.flag("drop_pending_updates"):
        state.updates.clear()
    return True


def set_my_commands(state: State, params: Params) -> bool:
    """Keep the command menu, one per scope and language."""
    given = params.read("commands", "Can't parse commands JSON object") or []
    if not isinstance(given, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    scope = params.text("scope") or "default"
    language = params.text("language_code")
    state.commands[f"{scope} {language}".strip()] = [_command(entry) for entry in given]
    state.tell("menu", None, {"commands": state.commands})
    return True


def _command(given: Any) -> Json:
    if not isinstance(given, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(given.get(name), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{name}\"")
    if not _COMMAND.fullmatch(given["command"].removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(given["description"].strip()) <= 256:  # noqa: PLR2004 - Telegram's limit
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": given["command"].removeprefix("/"), "description": given["description"]}


def _describe(name: str, limit: int) -> Method:
    def describe(state: State, params: Params) -> bool:
        text = params.text(name)
        if len(text) > limit:
            raise bad_request(f"Bot {name.replace('_', ' ')} is too long")
        state.descriptions[f"{name} {params.text('language_code')}".strip()] = text
        state.tell("about", None, {"descriptions": state.descriptions})
        return True

    return describe


def send_message(state: State, params: Params) -> Json:
    """Put a text of the bot into a chat."""
    content = _content(state, params)
    chat = _writable(state, params)
    content |= _reply(chat, params)
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    return state.put(chat, state.bot, content)


def _content(state: State, params: Params) -> Json:
    text, entities = read_text(params)
    for entity in entities:
        if entity["type"] == "text_mention" and entity["user"].get("id") not in list(state.people):
            raise bad_request("User not found")
    preview = params.record("link_preview_options", "link preview options")
    keyboard = read_keyboard(params)
    parts = {"entities": entities, "link_preview_options": preview, "reply_markup": keyboard}
    return {"text": text} | {name: part for name, part in parts.items() if part}


def _reply(chat: Chat, params: Params) -> Json:
    given = params.record("reply_parameters", "reply parameters")
    if not given:
        return {}
    number = given.get("message_id")
    replied = chat.messages.get(number) if isinstance(number, int) else None
    if replied is not None:
        return {"reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"}}
    if given.get("allow_sending_without_reply"):
        return {}
    raise bad_request("Message to be replied not found")


def edit_message_text(state: State, params: Params) -> Json:
    """Replace text, entities and keyboard of a message; no keyboard given means none left."""
    content = _content(state, params)
    return _edit(state, params, content, ("text", "entities", "link_preview_options"))


def edit_message_reply_markup(state: State, params: Params) -> Json:
    """Replace or remove the keyboard of a message."""
    keyboard = read_keyboard(params)
    return _edit(state, params, {"reply_markup": keyboard} if keyboard else {}, ())


def _edit(state: State, params: Params, content: Json, parts: tuple[str, ...]) -> Json:
    chat = _writable(state, params)
    message = _message(chat, params, "message to edit")
    if message["from"] != state.bot:
        raise bad_request("Message can't be edited")
    replaced = {*parts, "reply_markup"}
    if {name: message[name] for name in replaced & message.keys()} == content:
        raise bad_request(NOT_MODIFIED)
    kept = {name: value for name, value in message.items() if name not in replaced}
    return state.replace(chat, kept | content)


def delete_message(state: State, params: Params) -> bool:
    """Take a message of the last 48 hours out of a chat."""
    if not params.text("chat_id"):
        raise bad_request("Chat identifier is not specified")
    if params.whole("message_id") <= 0:
        raise bad_request("Message identifier is not specified")
    chat = _writable(state, params)
    message = _message(chat, params, "message to delete")
    if state.now() - datetime.fromtimestamp(message["date"], UTC) > DELETABLE:
        raise bad_request("Message can't be deleted for everyone")
    state.remove(chat, message["message_id"])
    return True


def answer_callback_query(state: State, params: Params) -> bool:
    """Stop the button's spinner, with a toast if there is a text."""
    tap = state.taps.get(params.whole("callback_query_id", high=2**63))
    text = params.text("text")
    if tap is None or state.now() - tap.at > ANSWER_WINDOW:
        raise bad_request(TOO_OLD)
    if len(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    if text:
        tap.person.toasts.append(text)
    toast = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    about = {"callback_query_id": params.text("callback_query_id"), **toast}
    state.tell("answered", tap.person.id, about)
    return True


def send_chat_action(state: State, params: Params) -> bool:
    """Show that the bot is busy."""
    if params.text("action").lower() not in CHAT_ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = _writable(state, params)
    state.tell("action", chat.id, {"action": params.text("action").lower()})
    return True


def _writable(state: State, params: Params) -> Chat:
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    number = params.whole("chat_id", low=-(2**63), high=2**63)
    chat, person = state.chats.get(number), state.people.get(number)
    if chat is None and person is not None and person.met:
        raise forbidden("bot can't initiate conversation with a user")
    if chat is None:
        raise bad_request("chat not found")
    if person is not None and person.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def _message(chat: Chat, params: Params, what: str) -> Json:
    message = chat.messages.get(params.whole("message_id"))
    if message is None:
        raise bad_request(f"{what} not found")
    return message


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "deletewebhook": delete_webhook,
    "setmycommands": set_my_commands,
    "setmydescription": _describe("description", 512),
    "setmyshortdescription": _describe("short_description", 120),
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
}
"""By name in lower case, since Telegram does not mind the case."""

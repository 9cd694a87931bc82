"""Forwarding and copying messages from chat to chat."""

from bot.playground.chats import message_of, posted, readable
from bot.playground.errors import bad_request
from bot.playground.keyboards import read_markup
from bot.playground.names import MEDIA
from bot.playground.state import Json, State
from bot.playground.texts import CAPTION_PARTS, captioned, marked, message_ids
from bot.playground.wire import Params

CONTENT = MEDIA | {"text", "entities", "link_preview_options", "location", *CAPTION_PARTS}
"""What of a message goes along."""


def forward_message(state: State, params: Params) -> Json:
    """Send a message on, with the name of who wrote it."""
    return _forwarded(state, params, _original(state, params, "forward"))


def copy_message(state: State, params: Params) -> Json:
    """Send a message on as the bot's own, with other words under it if some are given."""
    content = _content(_original(state, params, "copy"))
    if params.text("caption"):
        content = {k: v for k, v in content.items() if k not in CAPTION_PARTS}
        content |= captioned(state, params)
    inline, labels = read_markup(params)
    return {"message_id": posted(state, params, content | marked(inline), labels)["message_id"]}


def forward_messages(state: State, params: Params) -> list[Json]:
    """Send several messages on; those that are not there do not matter."""
    sent = [_forwarded(state, params, message) for message in _originals(state, params)]
    return [{"message_id": message["message_id"]} for message in sent]


def copy_messages(state: State, params: Params) -> list[Json]:
    """Send several messages on as the bot's own."""
    sent = [posted(state, params, _content(m), None) for m in _originals(state, params)]
    return [{"message_id": message["message_id"]} for message in sent]


def _original(state: State, params: Params, what: str) -> Json:
    if not params.text("from_chat_id"):
        raise bad_request('Parameter "from_chat_id" is required')
    chat = readable(state, params, "from_chat_id")
    return message_of(chat, params, f"message to {what}")


def _originals(state: State, params: Params) -> list[Json]:
    chat = readable(state, params, "from_chat_id")
    found = [chat.messages[number] for number in message_ids(params) if number in chat.messages]
    if not found:
        raise bad_request("there are no messages to send")
    return found


def _content(message: Json) -> Json:
    return {name: value for name, value in message.items() if name in CONTENT}


def _forwarded(state: State, params: Params, message: Json) -> Json:
    origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    return posted(state, params, _content(message) | {"forward_origin": origin}, None)

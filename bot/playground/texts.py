"""Texts: sending them, and editing or deleting what was sent."""

from datetime import UTC, datetime, timedelta

from bot.playground.chats import message_of, posted, readable, writable
from bot.playground.errors import bad_request
from bot.playground.formatting import read_text
from bot.playground.keyboards import Keyboard, read_keyboard, read_markup
from bot.playground.names import MEDIA
from bot.playground.state import Chat, Json, State
from bot.playground.wire import Params

DELETABLE = timedelta(hours=48)
MAX_AT_ONCE = 100
"""Messages that one call may delete, forward or copy."""
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TEXT_PARTS = ("text", "entities", "link_preview_options")
CAPTION_PARTS = ("caption", "caption_entities", "show_caption_above_media")


def send_message(state: State, params: Params) -> Json:
    """Put a text of the bot into a chat."""
    content = _text(state, params)
    inline, labels = read_markup(params)
    return posted(state, params, content | marked(inline), labels)


def _text(state: State, params: Params) -> Json:
    text, entities = read_text(params)
    _introduce(state, entities)
    preview = params.record("link_preview_options", "link preview options")
    if not preview and params.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    parts = {"entities": entities, "link_preview_options": preview}
    return {"text": text} | {name: part for name, part in parts.items() if part}


def captioned(state: State, params: Params) -> Json:
    """Give the caption of a call as parts of a message; none when it has none.

    Raises:
        ApiError: the caption is too long or its markup broken.

    """
    text, entities = read_text(params, "caption")
    _introduce(state, entities)
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def _introduce(state: State, entities: list[Json]) -> None:
    """Say who the people are that a text mentions by their ids."""
    for entity in entities:
        if entity["type"] == "text_mention":
            found = [one for one in state.people.values() if one.id == entity["user"].get("id")]
            if not found:
                raise bad_request("User not found")
            entity["user"] = found[0].user


def marked(keyboard: Keyboard | None) -> Json:
    """Give a keyboard as part of a message."""
    return {"reply_markup": keyboard} if keyboard else {}


def edit_message_text(state: State, params: Params) -> Json:
    """Replace text, entities and keyboard of a message; no keyboard given means none left."""
    content = _text(state, params) | marked(read_keyboard(params))
    chat, message = editable(state, params)
    if "text" not in message:
        raise bad_request("There is no text in the message to edit")
    return edited(state, chat, message, content, TEXT_PARTS)


def edit_message_caption(state: State, params: Params) -> Json:
    """Replace the words under a picture; none given means none left."""
    content = captioned(state, params) | marked(read_keyboard(params))
    chat, message = editable(state, params)
    if not MEDIA & message.keys():
        raise bad_request("There is no caption in the message to edit")
    return edited(state, chat, message, content, CAPTION_PARTS)


def edit_message_reply_markup(state: State, params: Params) -> Json:
    """Replace or remove the keyboard of a message."""
    content = marked(read_keyboard(params))
    chat, message = editable(state, params)
    return edited(state, chat, message, content, ())


def editable(state: State, params: Params) -> tuple[Chat, Json]:
    """Give the message a call wants to edit, and its chat.

    Raises:
        ApiError: it is gone, or not the bot's.

    """
    if not params.text("chat_id") and not params.whole("message_id"):
        raise bad_request("message identifier is not specified")
    chat = writable(state, params)
    message = message_of(chat, params, "message to edit")
    if message["from"] != state.bot:
        raise bad_request("Message can't be edited")
    return chat, message


def edited(state: State, chat: Chat, message: Json, content: Json, parts: tuple[str, ...]) -> Json:
    """Put new parts and a new keyboard in the place of the old.

    Raises:
        ApiError: nothing would change.

    """
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
    chat = readable(state, params)
    _delete(state, chat, message_of(chat, params, "message to delete"))
    return True


def delete_messages(state: State, params: Params) -> bool:
    """Take several messages out of a chat; those that are not there do not matter."""
    numbers = message_ids(params)
    chat = readable(state, params)
    for number in numbers:
        if number in chat.messages:
            _delete(state, chat, chat.messages[number])
    return True


def message_ids(params: Params) -> list[int]:
    """Give the messages a call names.

    Raises:
        ApiError: none, too many, or they cannot be read.

    """
    given = params.read("message_ids", "Can't parse message identifiers JSON object")
    if not given:
        raise bad_request("Message identifiers are not specified")
    if not isinstance(given, list) or not all(isinstance(number, int) for number in given):
        raise bad_request("Expected an Array of message identifiers")
    if len(given) > MAX_AT_ONCE:
        raise bad_request("Too many message identifiers specified")
    return given


def _delete(state: State, chat: Chat, message: Json) -> None:
    if state.now() - datetime.fromtimestamp(message["date"], UTC) > DELETABLE:
        raise bad_request("Message can't be deleted for everyone")
    state.remove(chat, message["message_id"])

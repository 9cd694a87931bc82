"""Finding the chat and the message that a call means, or saying why the bot may not."""

from typing import Any

from bot.playground.errors import bad_request, forbidden, migrated
from bot.playground.state import Chat, Json, State
from bot.playground.wire import Params

INT64 = 2**63


def readable(state: State, params: Params, field: str = "chat_id") -> Chat:
    """Give the chat of a call.

    Raises:
        ApiError: there is none, or the bot may not know of it.

    """
    given = params.text(field)
    if not given:
        raise bad_request(f"{field} is empty")
    number = params.whole(field, low=-INT64, high=INT64)
    chat, person = state.chats.get(number), state.people.get(number)
    if chat is None and person is not None and person.met:
        raise forbidden("bot can't initiate conversation with a user")
    if chat is None:
        raise bad_request("chat not found")
    if chat.moved_to:
        raise migrated(chat.moved_to)
    return chat


def writable(state: State, params: Params) -> Chat:
    """Give the chat of a call that writes into it.

    Raises:
        ApiError: there is none, or the person does not want the bot, or is gone.

    """
    chat = readable(state, params)
    person = state.people.get(chat.id)
    if person is not None and person.deactivated:
        raise forbidden("user is deactivated")
    if person is not None and person.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def message_of(chat: Chat, params: Params, what: str) -> Json:
    """Give the message of a call, called `what` in the refusal.

    Raises:
        ApiError: it is not there.

    """
    message = chat.messages.get(params.whole("message_id"))
    if message is None:
        raise bad_request(f"{what} not found")
    return message


def reply_of(chat: Chat, params: Params) -> Json:
    """Give what a new message says about the one it replies to.

    Raises:
        ApiError: that one is not there, and it is not allowed to go without.

    """
    given = params.record("reply_parameters", "reply parameters")
    number = given.get("message_id") or params.whole("reply_to_message_id")
    if not number:
        return {}
    replied = chat.messages.get(number) if isinstance(number, int) else None
    if replied is not None:
        return {"reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"}}
    if given.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return {}
    raise bad_request("Message to be replied not found")


def posted(state: State, params: Params, content: Json, labels: list[list[str]] | None) -> Json:
    """Put a message of the bot into the chat of a call.

    `labels` replace the keyboard that stands in place of the person's keys; None leaves it.

    Raises:
        ApiError: the bot may not write there, or the message it replies to is gone.

    """
    chat = writable(state, params)
    more: dict[str, Any] = reply_of(chat, params)
    if params.flag("protect_content"):
        more["has_protected_content"] = True
    message = state.put(chat, state.bot, content | more)
    if labels is not None and labels != chat.keyboard:
        chat.keyboard = labels
        state.tell("keyboard", chat.id, {"keyboard": labels})
    return message

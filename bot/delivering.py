"""One message to Telegram: edited in place where it fits, else sent, and as plainly as it must."""

import logging
from typing import Any

from telegram.error import BadRequest

from bot.rendering import Outgoing
from bot.transport import Api

GONE = ("chat not found", "user not found", "peer_id_invalid")
"""What Telegram says, in lower case, of a chat that no message will ever reach."""

_log = logging.getLogger(__name__)


class UnreachableError(Exception):
    """No message will ever reach this chat."""


async def delivered(api: Api, chat_id: int, message: Outgoing, on: int | None) -> int:
    """Edit the message `on`, if that is given and still can be, else send; gives the message id.

    Raises:
        UnreachableError: no message will ever reach the chat.
        TelegramError: refused, or not now.

    """
    if on is not None:
        try:
            return await _edited(api, chat_id, on, message)
        except BadRequest as error:
            # Gone, too old, or not ours any more: whatever it is, the person needs the words.
            _log.info("an edit was refused: %s", error.message[:200])
    try:
        sent = await _as_it_can(api, "SendMessage", {"chat_id": chat_id}, message)
    except BadRequest as error:
        if any(text in error.message.lower() for text in GONE):
            raise UnreachableError from None
        raise
    return int(sent["message_id"])


async def _edited(api: Api, chat_id: int, on: int, message: Outgoing) -> int:
    try:
        await _as_it_can(api, "EditMessageText", {"chat_id": chat_id, "message_id": on}, message)
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            raise
    return on


async def _as_it_can(api: Api, method: str, where: dict[str, int], message: Outgoing) -> Any:
    """Call; once more as plain text if it is the entities that Telegram cannot take."""
    to = "".join(f'"{name}":{number},' for name, number in where.items())
    try:
        return await api.raw(method, b"{" + to.encode() + message.body[1:])
    except BadRequest as error:
        if "entit" not in error.message.lower() or not message.entities:
            raise
    _log.error("entities were refused on %s", ", ".join(message.pages))
    content = message.content()
    del content["entities"]
    return await api.call(method, where | content)

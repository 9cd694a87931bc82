"""One message to Telegram: edited in place where it fits, else sent, and as plainly as it must."""

import logging
from collections.abc import Callable
from typing import Any

from telegram.error import BadRequest

from bot.outgoing import Outgoing
from bot.transport import Api

GONE = ("chat not found", "user not found", "peer_id_invalid")
"""What Telegram says, in lower case, of a chat that no message will ever reach."""

_log = logging.getLogger(__name__)


class UnreachableError(Exception):
    """No message will ever reach this chat."""


class WithdrawnError(Exception):
    """A message that was to be sent is not to be sent now, or not any more."""


async def delivered(
    api: Api, chat_id: int, message: Outgoing, on: int | None, may: Callable[[], bool]
) -> int:
    """Edit the message `on`, if that is given and still can be, else send; gives the message id.

    `may` is asked before each, since much can be said while one waits for the turn to send, or for
    Telegram to refuse the edit.

    Raises:
        WithdrawnError: it may not be sent.
        UnreachableError: no message will ever reach the chat.
        TelegramError: refused, or not now.

    """
    if on is not None:
        _ask(may)
        try:
            return await _edited(api, chat_id, on, message)
        except BadRequest as error:
            # Gone, too old, or not ours any more: whatever it is, the person needs the words.
            _log.info("an edit was refused: %s", error.message[:200])
    _ask(may)
    try:
        sent = await _as_it_can(api, "SendMessage", {"chat_id": chat_id}, message)
    except BadRequest as error:
        if any(text in error.message.lower() for text in GONE):
            raise UnreachableError from None
        raise
    return int(sent["message_id"])


def _ask(may: Callable[[], bool]) -> None:
    if not may():
        raise WithdrawnError


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

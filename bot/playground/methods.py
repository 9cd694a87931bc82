"""The Bot API methods of the stand-in, each a function of the state and the parameters."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground import getting, itself, media, moving, taps, texts
from bot.playground.errors import ApiError
from bot.playground.names import MEDIA
from bot.playground.state import State
from bot.playground.wire import Params

Method = Callable[[State, Params], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    "getme": itself.get_me,
    "getchat": itself.get_chat,
    "getmycommands": itself.get_my_commands,
    "setmycommands": itself.set_my_commands,
    "deletemycommands": itself.delete_my_commands,
    **{f"setmy{name.replace('_', '')}": itself.describer(name) for name in itself.LIMITS},
    **{f"getmy{name.replace('_', '')}": itself.told(name) for name in itself.LIMITS},
    "getupdates": getting.get_updates,
    "setwebhook": getting.set_webhook,
    "deletewebhook": getting.delete_webhook,
    "getwebhookinfo": getting.get_webhook_info,
    "sendmessage": texts.send_message,
    "editmessagetext": texts.edit_message_text,
    "editmessagecaption": texts.edit_message_caption,
    "editmessagereplymarkup": texts.edit_message_reply_markup,
    "editmessagemedia": media.edit_message_media,
    "deletemessage": texts.delete_message,
    "deletemessages": texts.delete_messages,
    **{f"send{kind.replace('_', '')}": media.sender(kind) for kind in MEDIA},
    "sendlocation": media.send_location,
    "getfile": media.get_file,
    "forwardmessage": moving.forward_message,
    "forwardmessages": moving.forward_messages,
    "copymessage": moving.copy_message,
    "copymessages": moving.copy_messages,
    "answercallbackquery": taps.answer_callback_query,
    "sendchataction": taps.send_chat_action,
}
"""By name in lower case, since Telegram does not mind the case."""


async def carried_out(state: State, name: str, params: Params) -> Any:
    """Carry out a method; gives its result.

    Raises:
        ApiError: refused.

    """
    if name not in METHODS:
        raise ApiError(404, "Not Found: method not found")
    result = METHODS[name](state, params)
    return await result if inspect.isawaitable(result) else result

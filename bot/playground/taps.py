"""What the bot does beside messages: answering taps, and showing that it is busy."""

from bot.playground.chats import writable
from bot.playground.errors import bad_request
from bot.playground.names import CHAT_ACTIONS
from bot.playground.state import ANSWER_WINDOW, State
from bot.playground.wire import Params

MAX_TOAST = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


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
    action = params.text("action").lower()
    if action not in CHAT_ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = writable(state, params)
    chat.action = action, state.now()
    state.tell("action", chat.id, {"action": action})
    return True

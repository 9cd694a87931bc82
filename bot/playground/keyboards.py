"""Inline keyboards, read and refused the way the server does."""

from typing import Any

from bot.playground.errors import ApiError, bad_request
from bot.playground.formatting import byte_length, check_url
from bot.playground.names import BUTTON_ACTIONS
from bot.playground.wire import Params

MAX_DATA = 64
"""Bytes of a button's callback data."""
MAX_BUTTONS = 100
MAX_SIZE = 10_000
"""Bytes of all labels and data together; Telegram does not publish its figure."""

Keyboard = dict[str, Any]


def read_keyboard(params: Params) -> Keyboard | None:
    """Give the inline keyboard of a call; None when it has none or an empty one.

    Raises:
        ApiError: the markup is no inline keyboard, or a button breaks a rule.

    """
    inline, other = read_markup(params)
    if other is not None:
        raise bad_request("Inline keyboard expected")
    return inline


def read_markup(params: Params) -> tuple[Keyboard | None, list[list[str]] | None]:
    """Give the inline keyboard of a call, or else the labels of the keyboard in place of keys.

    No labels mean that such a keyboard goes away; None that nothing is said about it.

    Raises:
        ApiError: the markup cannot be read, or a button breaks a rule.

    """
    given = params.read("reply_markup", "Can't parse reply keyboard markup JSON object")
    if given is None:
        return None, None
    if not isinstance(given, dict):
        raise bad_request("Object expected as reply markup")
    if "inline_keyboard" in given:
        return _inline(_rows(given, "inline_keyboard")), None
    if "keyboard" in given:
        rows = _rows(given, "keyboard")
        return None, [[_label(button) for button in row] for row in map(_array, rows)]
    away = given.get("remove_keyboard") or given.get("force_reply")
    return None, [] if away else None


def _rows(given: dict[str, Any], name: str) -> list[Any]:
    rows = given[name]
    if not isinstance(rows, list):
        raise bad_request(f'Field "{name}" must be of type Array')
    return rows


def _inline(rows: list[Any]) -> Keyboard | None:
    kept = [row for row in map(_row, rows) if row]
    _check_size(kept)
    return {"inline_keyboard": kept} if kept else None


def _array(row: Any) -> list[Any]:
    if not isinstance(row, list):
        raise bad_request('Field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    return row


def _label(button: Any) -> str:
    label = button.get("text") if isinstance(button, dict) else button
    if not isinstance(label, str) or not label:
        raise bad_request("Can't parse keyboard button: Can't find field \"text\"")
    return label


def _row(row: Any) -> list[dict[str, Any]]:
    if not isinstance(row, list):
        raise bad_request(
            'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    # a button with an empty label is silently left out
    return [button for button in map(_button, row) if button["text"]]


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _unread("InlineKeyboardButton must be an Object")
    for name in ("text", "url", "callback_data"):
        if not isinstance(button.get(name, ""), str):
            raise _unread(f'Field "{name}" must be of type String')
    if "text" not in button:
        raise _unread('Can\'t find field "text"')
    _check_action(button)
    return button


def _check_action(button: dict[str, Any]) -> None:
    if button.get("url"):
        check_url(button["url"], "Inline keyboard button URL")
    elif button.get("callback_data"):
        if byte_length(button["callback_data"], "Callback data") > MAX_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not BUTTON_ACTIONS & button.keys():
        raise _unread("Text buttons are unallowed in the inline keyboard")


def _check_size(rows: list[list[dict[str, Any]]]) -> None:
    buttons = [button for row in rows for button in row]
    told = "".join(button["text"] + button.get("callback_data", "") for button in buttons)
    size = byte_length(told, "Inline keyboard button text")
    if len(buttons) > MAX_BUTTONS or size > MAX_SIZE:
        raise bad_request("Reply markup is too long")


def _unread(why: str) -> ApiError:
    return bad_request(f"Can't parse inline keyboard button: {why}")

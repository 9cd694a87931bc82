"""JSON to and from Telegram: by orjson where it is there, else by the standard library."""

import json
from collections.abc import Mapping
from typing import Any

from telegram.error import TelegramError

try:
    import orjson
except ImportError:
    orjson = None  # type: ignore[assignment]

JSON = "json" if orjson is None else "orjson"
"""What is in use, by name."""


def dumped(parameters: Mapping[str, Any]) -> bytes:
    """Write the parameters of a call as they are sent; those that are None are left out."""
    if None in parameters.values():
        parameters = {name: value for name, value in parameters.items() if value is not None}
    if orjson is not None:
        try:
            return orjson.dumps(parameters)
        except TypeError:  # half a character, say: orjson refuses it, Telegram does not
            pass
    return json.dumps(dict(parameters), separators=(",", ":")).encode()


def loaded(answer: bytes) -> dict[str, Any]:
    """Read an answer.

    Raises:
        TelegramError: it is no JSON object; what it is is not told, there may be words in it.

    """
    try:
        found = _read(answer)
    except (ValueError, RecursionError):
        raise TelegramError("unreadable answer") from None
    if not isinstance(found, dict):
        raise TelegramError("unreadable answer")
    return found


def _read(answer: bytes) -> Any:
    if orjson is not None:
        try:
            return orjson.loads(answer)
        except ValueError:  # it is strict, and one odd character must not hold up a batch
            pass
    return json.loads(answer.decode("utf-8", "replace"))

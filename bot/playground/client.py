"""What a Telegram app does by itself: finds commands, sends media, knows which buttons it shows."""

import re
from typing import Any

from bot.playground.files import Upload, grey
from bot.playground.formatting import utf16
from bot.playground.state import Chat, Json

FILES = {
    "photo": Upload("photo.png", grey(90, 90)),
    "voice": Upload("voice.ogg", b"OggS"),
    "sticker": Upload("sticker.webp", b"RIFF"),
    "document": Upload("notes.pdf", b"%PDF-1.4"),
}
"""The file behind each kind of media a person sends, by its id."""

STUBS: dict[str, Any] = {
    "photo": [{"file_id": "photo", "file_unique_id": "p", "width": 90, "height": 90}],
    "voice": {"file_id": "voice", "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"},
    "sticker": {
        "file_id": "sticker",
        "file_unique_id": "s",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
    "document": {"file_id": "document", "file_unique_id": "d", "file_name": "notes.pdf"},
    "location": {"latitude": 52.52, "longitude": 13.4},
}
"""The outline of each kind of media a person can send."""

_COMMAND = re.compile(r"(?<![\w/@])/\w{1,64}(?:@\w{3,32})?(?![\w/@])", re.ASCII)


class DriverError(Exception):
    """Something a person could not do in Telegram, such as tapping a button that is gone."""


def texted(text: str) -> Json:
    """Make the content of a text message, its commands marked."""
    found = [
        {"type": "bot_command", "offset": utf16(text[: hit.start()]), "length": len(hit[0])}
        for hit in _COMMAND.finditer(text)
    ]
    return {"text": text} | ({"entities": found} if found else {})


def heard(message: Json, username: str) -> bool:
    """Tell whether the bot gets this message: in a group only its commands and mentions."""
    if message["chat"]["type"] == "private":
        return True
    text = message.get("text", "")
    command = next(iter(message.get("entities", ())), {"offset": -1})
    if command["offset"] == 0:
        return "@" not in text[: command["length"]] or f"@{username}" in text
    return f"@{username}" in text


def newest_keyboard(chat: Chat) -> Json | None:
    """Give the newest message that shows buttons; None if no message does."""
    return next((m for m in reversed(chat.messages.values()) if "reply_markup" in m), None)


def pressed(message: Json | None, label: str | None, data: str | None) -> str:
    """Give the data of the button a person taps, found by label or by data.

    Raises:
        DriverError: the message is gone, or shows no such button, or the button has no data.

    """
    if label is None and data is None:
        raise DriverError("say which button, by label or by data")
    markup = (message or {}).get("reply_markup", {"inline_keyboard": []})
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    for button in buttons:
        if button["text"] == label or (label is None and button.get("callback_data") == data):
            if "callback_data" in button:
                return str(button["callback_data"])
            raise DriverError(f"{button['text']!r} sends nothing to the bot")
    shown = [button["text"] for button in buttons]
    raise DriverError(f"no button {label if data is None else data!r}, only {shown}")

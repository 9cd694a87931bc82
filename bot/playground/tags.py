"""The tags of Telegram's HTML, and what their attributes mean."""

import re
from dataclasses import dataclass

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = STYLES.keys() | {"a", "tg-emoji", "tg-time", "pre", "code", "blockquote"}


@dataclass(slots=True)
class Tag:
    """An open tag: its name, what its attributes said, and where its text begins."""

    name: str
    argument: bytes = b""
    date: int = 0
    offset: int = 0
    start: int = 0


def taken(tag: Tag, name: bytes, value: bytes) -> None:
    """Keep what an attribute says, if it means something in this tag."""
    wanted = (tag.name, name)
    if wanted in {("a", b"href"), ("tg-emoji", b"emoji-id"), ("tg-time", b"format")}:
        tag.argument = value
    elif wanted == ("code", b"class") and value.startswith(b"language-"):
        tag.argument = value.removeprefix(b"language-")
    elif wanted == ("span", b"class") and value.startswith(b"tg-"):
        tag.argument = value.removeprefix(b"tg-")
    elif wanted == ("blockquote", b"expandable"):
        tag.argument = b"1"
    elif wanted == ("tg-time", b"unix"):
        number = re.match(rb"-?[0-9]+", value)
        tag.date = int(number[0]) if number else 0

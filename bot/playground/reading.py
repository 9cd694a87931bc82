"""A text being read byte by byte, as TDLib reads markup, and the text and entities it becomes."""

from typing import Any

from bot.playground.errors import bad_request

_PRE, _CODE, _LINK = 11, 20, 49
PRIORITIES = {
    "pre": _PRE,
    "code": _CODE,
    "text_link": _LINK,
    "text_mention": _LINK,
    "blockquote": 0,
    "expandable_blockquote": 0,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
    "date_time": 30,
}
"""Which of two entities over the same text comes first."""


class Reader:
    """Bytes on one side, text and entities on the other; `units` counts what came out."""

    def __init__(self, text: str) -> None:
        self.text = text.encode()
        self.at = 0
        self.out = bytearray()
        self.units = 0
        self.entities: list[dict[str, Any]] = []

    def peek(self, ahead: int = 0, count: int = 1) -> bytes:
        """Give bytes further on without taking them; fewer at the end."""
        return self.text[self.at + ahead : self.at + ahead + count]

    def copy(self) -> None:
        """Take one byte over as it is."""
        byte = self.text[self.at]
        self.units += units(byte)
        self.out.append(byte)
        self.at += 1

    def add(self, character: str) -> None:
        """Add a character that stands for what was read."""
        self.out += character.encode("utf-8", "surrogatepass")
        self.units += 1 + (ord(character) > 0xFFFF)  # noqa: PLR2004 - the last of one unit

    def result(self) -> str:
        """Give the text, and sort the entities.

        Raises:
            ApiError: a character reference stood for half a character.

        """
        self.entities.sort(key=order)
        try:
            return self.out.decode()
        except UnicodeDecodeError:
            raise refused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from None


def units(byte: int) -> int:
    """Count the UTF-16 units of the character that begins with a byte; 0 inside a character."""
    return 0 if byte & 0xC0 == 0x80 else 1 + (byte >= 0xF0)  # noqa: PLR2004 - UTF-8's own marks


def order(entity: dict[str, Any]) -> tuple[int, int, int]:
    """Sort entities as Telegram does: by place, the longer first, then by kind."""
    priority = PRIORITIES[entity["type"]] - ("language" in entity)
    return entity["offset"], -entity["length"], priority


def formatted_date(date: int, wanted: str) -> dict[str, Any]:
    """Give the fields of a date_time entity; none when there is no date.

    Raises:
        ApiError: the format has other letters than r, or t, T, d, D and w.

    """
    if wanted not in {"r", "R"} and set(wanted) - set("tTdDwW"):
        raise refused("Invalid date format used")
    if date <= 0:
        return {}
    if wanted in {"r", "R"}:
        return {"unix_time": date, "date_time_format": "r"}
    day = next((letter for letter in "dD" if letter in wanted), "")
    time = next((letter for letter in "tT" if letter in wanted), "")
    week = "w" if {"w", "W"} & set(wanted) else ""
    known = week + day + time
    return {"unix_time": date} | ({"date_time_format": known} if known else {})


def refused(why: str) -> Exception:
    """Make the refusal of a text that cannot be read."""
    return bad_request(f"Can't parse entities: {why}")

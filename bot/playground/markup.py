"""HTML and Markdown as text and entities: by TDLib's own parser where `tdjson` is installed."""

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.html import Html
from bot.playground.markdown import Markdown
from bot.playground.reading import formatted_date, order

Marked = tuple[str, list[dict[str, Any]]]
Ask = Callable[[dict[str, Any]], dict[str, Any]]

MODES: dict[str, dict[str, Any]] = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
_PARTS = {"dateTimePartPrecisionShort": 0, "dateTimePartPrecisionLong": 1}


def parse(text: str, mode: str) -> Marked:
    """Give the plain text of a marked-up one and its entities; `mode` in any case.

    Raises:
        ApiError: the mode is unknown, or the markup is broken.

    """
    mode = mode.lower()
    if mode not in MODES:
        raise bad_request("Unsupported parse_mode")
    asked = tdlib()
    if asked is not None:
        return by_tdlib(asked, text, mode)
    return by_hand(text, mode)


def by_hand(text: str, mode: str) -> Marked:
    """Do as `parse`, without TDLib; the old Markdown is not known then."""
    if mode == "markdown":
        raise bad_request("Playground: the old Markdown needs tdjson, use MarkdownV2 or HTML")
    return Html(text).read() if mode == "html" else Markdown(text).read()


def tdlib() -> Ask | None:
    """Give TDLib's synchronous door, or None where it is not installed or not wanted.

    With `PLAYGROUND_TDLIB=0` in the environment it is not wanted.
    """
    return None if os.environ.get("PLAYGROUND_TDLIB") == "0" else _tdlib()


@cache
def _tdlib() -> Ask | None:
    try:
        import tdjson  # noqa: PLC0415 - is only there for developers
    except ImportError:
        return None

    def ask(request: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}"))

    ask({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
    return ask


def by_tdlib(ask: Ask, text: str, mode: str) -> Marked:
    """Do as `parse`, by TDLib."""
    said = ask({"@type": "parseTextEntities", "text": text, "parse_mode": MODES[mode]})
    if said["@type"] == "error":
        raise bad_request(said["message"])
    return said["text"], sorted(map(translated, said["entities"]), key=order)


def translated(told: dict[str, Any]) -> dict[str, Any]:
    """Give an entity of TDLib's as one of the Bot API."""
    kind = told["type"]["@type"].removeprefix("textEntityType")
    about = _FIELDS[kind](told["type"]) if kind in _FIELDS else {}
    return {"type": _NAMES[kind], "offset": told["offset"], "length": told["length"], **about}


def _date(told: dict[str, Any]) -> dict[str, Any]:
    how = told.get("formatting_type") or {"@type": ""}
    if how["@type"] == "dateTimeFormattingTypeRelative":
        return formatted_date(told["unix_time"], "r")
    wanted = "w" if how.get("show_day_of_week") else ""
    for letters, field in (("dD", "date_precision"), ("tT", "time_precision")):
        part = _PARTS.get(how.get(field, {}).get("@type", ""))
        wanted += "" if part is None else letters[part]
    return formatted_date(told["unix_time"], wanted)


_NAMES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "DateTime": "date_time",
}
_FIELDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "PreCode": lambda told: {"language": told["language"]},
    "TextUrl": lambda told: {"url": told["url"]},
    "MentionName": lambda told: {"user": {"id": told["user_id"]}},
    "CustomEmoji": lambda told: {"custom_emoji_id": str(told["custom_emoji_id"])},
    "DateTime": _date,
}

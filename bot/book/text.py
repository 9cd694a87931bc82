"""Text with Telegram's entities as HTML: a book's screens look as they do in the chat."""

from collections.abc import Mapping
from typing import Any

from htpy import Node, a, blockquote, code, em, fragment, pre, s, span, strong, u

from bot.outgoing import Outgoing
from bot.rendering import Renderer
from dialogs.turns import Part, Reply

TAGS = {
    "bold": strong,
    "italic": em,
    "underline": u,
    "strikethrough": s,
    "code": code,
    "pre": pre,
    "blockquote": blockquote,
    "expandable_blockquote": blockquote,
}
UNIT = 2
"""Bytes of one UTF-16 unit, the measure of every offset."""

Entity = Mapping[str, Any]


def styled(message: Outgoing) -> Node:
    """Give a message's text as HTML nodes; line ends stay line ends."""
    order = sorted(message.entities, key=lambda e: (e["offset"], -e["length"]))
    text = message.text.encode("utf-16-le")
    return _filled(text, 0, len(text), order)


def markdown(renderer: Renderer, text: str) -> Node:
    """Give a page's text as HTML nodes; its slots stay as they are written."""
    shown = renderer.render(Reply((Part("", text),)))
    return fragment[[styled(message) for message in shown]]


def _filled(text: bytes, start: int, end: int, rest: list[Entity]) -> Node:
    """Fill one element; takes the entities that begin inside it off `rest`."""
    parts: list[Node] = []
    at = start
    while rest and rest[0]["offset"] * UNIT < end:
        entity = rest.pop(0)
        first = entity["offset"] * UNIT
        last = min(first + entity["length"] * UNIT, end)
        parts.append(_plain(text[at:first]))
        parts.append(_element(entity)[_filled(text, first, last, rest)])
        at = last
    return fragment[[*parts, _plain(text[at:end])]]


def _element(entity: Entity) -> Any:
    if entity["type"] == "text_link":
        return a(href=entity["url"])
    return TAGS.get(entity["type"], span)


def _plain(text: bytes) -> str:
    return text.decode("utf-16-le")

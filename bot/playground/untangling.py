"""Entities that came out of markup, made to lie over one another as Telegram allows."""

from collections.abc import Iterable
from typing import Any

from bot.playground.names import CODE, QUOTES, STYLES
from bot.playground.reading import order

Entity = dict[str, Any]


def untangled(entities: list[Entity]) -> list[Entity]:
    """Drop or cut what Telegram would, so that a reader sees the same.

    One link, code or quote at a place; a quote may hold links and code, they may hold no quote;
    no style lies over code. (Telegram also cuts styles in two where it makes no difference.)
    """
    by_place = sorted(entities, key=order)
    quotes = _apart(entity for entity in by_place if entity["type"] in QUOTES)
    others = _apart(entity for entity in by_place if entity["type"] not in QUOTES | STYLES)
    others = [other for other in others if not any(_breaks(other, quote) for quote in quotes)]
    styles = [entity for entity in by_place if entity["type"] in STYLES]
    for code in others:
        if code["type"] in CODE:
            styles = [piece for style in styles for piece in _cut(style, code)]
    return sorted([*quotes, *others, *_joined(styles)], key=order)


def _apart(entities: Iterable[Entity]) -> list[Entity]:
    """Keep the first of those that share a place."""
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity["offset"] >= _end(kept[-1]):
            kept.append(entity)
    return kept


def _end(entity: Entity) -> int:
    return int(entity["offset"] + entity["length"])


def _breaks(other: Entity, quote: Entity) -> bool:
    """Whether a link or code reaches out of a quote it shares a place with."""
    apart = _end(other) <= quote["offset"] or _end(quote) <= other["offset"]
    return not apart and not (quote["offset"] <= other["offset"] and _end(other) <= _end(quote))


def _cut(style: Entity, code: Entity) -> list[Entity]:
    """Give what is left of a style on both sides of code."""
    if _end(style) <= code["offset"] or _end(code) <= style["offset"]:
        return [style]
    pieces = ((style["offset"], code["offset"]), (_end(code), _end(style)))
    return [{**style, "offset": a, "length": b - a} for a, b in pieces if a < b]


def _joined(styles: list[Entity]) -> list[Entity]:
    """Join what is of one style and overlaps or touches."""
    last: dict[str, Entity] = {}
    done: list[Entity] = []
    for style in sorted(styles, key=order):
        before = last.get(style["type"])
        if before and style["offset"] <= _end(before):
            before["length"] = max(_end(before), _end(style)) - before["offset"]
        else:
            last[style["type"]] = dict(style)
            done.append(last[style["type"]])
    return done

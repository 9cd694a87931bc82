"""Markdown as Telegram's text and entities, its slots filled, cut where a message is full."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Self

from telegramify_markdown import MessageEntity, RenderConfig, convert, split_entities, utf16_len

from dialogs.turns import Part

TEXT_LIMIT = 4096
"""UTF-16 units in one message; right whichever way Telegram counts."""
ENTITY_LIMIT = 100
"""Entities in one message; Telegram drops those after them without a word."""

_SLOT = re.compile(r"\{([^{}]*)\}")
_MARKDOWN = RenderConfig.isolated()
_MARKDOWN.markdown_symbol.unordered_list_item = "\N{BULLET}"


@dataclass(frozen=True, slots=True)
class Styled:
    """A text and its entities, their offsets and lengths in UTF-16 units of that text."""

    text: str = ""
    entities: tuple[MessageEntity, ...] = ()

    def __add__(self, other: Self) -> Self:
        """Set one text after the other."""
        by = utf16_len(self.text)
        moved = (entity.copy_with(offset=entity.offset + by) for entity in other.entities)
        return replace(self, text=self.text + other.text, entities=(*self.entities, *moved))

    @property
    def fits(self) -> bool:
        """Whether one message can hold it."""
        return utf16_len(self.text) <= TEXT_LIMIT and len(self.entities) <= ENTITY_LIMIT


@lru_cache(maxsize=2000)
def converted(markdown: str) -> Styled:
    """Convert a page; its `{slots}` stay as they are."""
    text, entities = convert(markdown, latex_escape=False, config=_MARKDOWN)
    stripped = text.rstrip("\n")
    end = utf16_len(stripped)
    cut = (e.copy_with(length=min(e.length, end - e.offset)) for e in entities)
    return Styled(stripped, tuple(entity for entity in cut if entity.length > 0))


def fill(part: Part) -> Styled:
    """Fill the slots after the conversion: nothing in a value can become markup or a slot."""
    styled = converted(part.text)
    slots = [slot for slot in _SLOT.finditer(styled.text) if slot[1] in part.slots]
    if not slots:
        return styled
    text = _SLOT.sub(lambda slot: part.slots.get(slot[1], slot[0]), styled.text)
    starts = [utf16_len(styled.text[: slot.start()]) for slot in slots]
    grown = [utf16_len(part.slots[slot[1]]) - utf16_len(slot[0]) for slot in slots]
    sums = [0, *accumulate(grown)]

    def moved(offset: int) -> int:
        return offset + sums[sum(start < offset for start in starts)]

    entities = (
        entity.copy_with(
            offset=moved(entity.offset),
            length=moved(entity.offset + entity.length) - moved(entity.offset),
        )
        for entity in styled.entities
    )
    return Styled(text, tuple(entity for entity in entities if entity.length > 0))


def packed(parts: Iterable[Part]) -> Iterator[Styled]:
    """Join parts, a list's lines closer than paragraphs; a new message where one is full."""
    so_far = Styled()
    for part in parts:
        filled = fill(part)
        gap = "\n" if part.tight else "\n\n"
        joined = so_far + Styled(gap) + filled if so_far.text else filled
        if joined.fits:
            so_far = joined
            continue
        if so_far.text:
            yield so_far
        *full, so_far = _cut(filled)
        yield from full
    yield so_far


def _cut(styled: Styled) -> list[Styled]:
    """Cut a text that is too long by itself, at line ends where it has them."""
    if styled.fits:
        return [styled]
    cut = split_entities(styled.text, list(styled.entities), TEXT_LIMIT)
    return [Styled(text, tuple(entities[:ENTITY_LIMIT])) for text, entities in cut]

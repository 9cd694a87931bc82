"""Replies of the conversation as Telegram messages: text, entities and buttons, within limits."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self

from telegramify_markdown import MessageEntity, RenderConfig, convert, split_entities, utf16_len

from dialogs.content import Content
from dialogs.recent import Recent
from dialogs.sheets import RUN, Sheet
from dialogs.speaking import BULLET
from dialogs.turns import Button, Card, Part, Reply

TEXT_LIMIT = 4096
"""UTF-16 units in one message; right whichever way Telegram counts."""
ENTITY_LIMIT = 100
"""Entities in one message; Telegram drops those after them without a word."""
TOAST_LIMIT = 200
"""Characters of the answer to a tap."""

ON = 7 * 10**17
"""Stands on a plate for the message to take the place of; no chat ever has as many."""

SHEETS = 1000
"""Plates remembered; one has a few kB."""
JOINED = 500
"""Texts of replies without a plate remembered, such as routines; one has up to 10 kB."""

_set = object.__setattr__
_Piece = tuple[str, tuple[Mapping[str, Any], ...]]
Keyboard = tuple[tuple[Mapping[str, str], ...], ...]
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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send, in no particular method's form; survives JSON unchanged.

    `on`: a message whose place it may take though it is no card. `ends`: no card is open any more.
    """

    text: str
    entities: tuple[Mapping[str, Any], ...] = ()
    keyboard: Keyboard = ()
    kind: str = "answer"
    card: Card | None = None
    pages: tuple[str, ...] = ()
    on: int | None = None
    ends: bool = False
    stamp: "tuple[Plate, str] | None" = field(default=None, init=False, repr=False, compare=False)
    """The plate that this message was printed from, and the run it is for."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Write the keyboard of a printed message when somebody looks at it."""
            if name != "keyboard" or self.stamp is None:
                raise AttributeError(name)
            plate, run = self.stamp
            keyboard = plate.keyboard(run)
            _set(self, "keyboard", keyboard)
            return keyboard

    @property
    def place(self) -> int | None:
        """The message it may take the place of, while that is the newest one of its chat."""
        return self.card.on if self.card else self.on

    @property
    def json(self) -> str:
        """The message as stored."""
        if self.stamp:
            plate, run = self.stamp
            text = plate.json(run, self.place)
        else:
            text = _json({name: getattr(self, name) for name in _FIELDS} | {"card": _card(self)})
        _READ.keep(text, self)
        return text

    @property
    def body(self) -> bytes:
        """`content()` as JSON in UTF-8, ready to be sent: a chat's id goes right after the `{`."""
        if self.stamp:
            plate, run = self.stamp
            return plate.body(run)
        return _json(self.content()).encode()

    @classmethod
    def read(cls, text: str) -> "Outgoing":
        """Read a stored message.

        Raises:
            ValueError: it is none (TypeError, KeyError: none of this version).

        """
        return _READ.get(text) or cls.fresh(text)

    @classmethod
    def fresh(cls, text: str) -> "Outgoing":
        """Read a stored message from its text alone.

        Raises:
            ValueError: it is none (TypeError, KeyError: none of this version).

        """
        stored = json.loads(text)
        card = stored["card"] and Card(**stored["card"])
        lists = {name: tuple(stored[name]) for name in ("entities", "pages")}
        return cls(**{**stored, **lists, "card": card, "keyboard": _tuples(stored["keyboard"])})

    def content(self) -> dict[str, Any]:
        """The message as parameters of sendMessage and editMessageText."""
        known: dict[str, Any] = {"text": self.text, "link_preview_options": {"is_disabled": True}}
        if self.entities:
            known["entities"] = self.entities
        if self.keyboard:
            known["reply_markup"] = {"inline_keyboard": self.keyboard}
        return known


_FIELDS = tuple(known.name for known in fields(Outgoing) if known.init)
_READ: Recent[str, Outgoing] = Recent(250)
"""Messages by their text as stored: what was just stored need not be read again to be sent."""


class Plate:
    """A message made once for all chats; only a run's id and the place to take are filled in."""

    def __init__(self, message: Outgoing) -> None:
        """Take apart a message in which `RUN` and `ON` stand where those go."""
        self._message = message
        before, on, after = message.json.rpartition(f'"on":{ON}')
        self._json, self._after = (before or after).split(RUN), after if on else None
        self._body = message.body.split(RUN.encode())

    def printed(self, run: str, card: Card | None) -> Outgoing:
        """The message for a run."""
        model, message = self._message, Outgoing.__new__(Outgoing)
        _set(message, "text", model.text)
        _set(message, "entities", model.entities)
        _set(message, "kind", model.kind)
        _set(message, "card", card)
        _set(message, "pages", model.pages)
        _set(message, "on", model.on)
        _set(message, "ends", model.ends)
        _set(message, "stamp", (self, run))
        return message

    def json(self, run: str, on: int | None) -> str:
        """The message as stored."""
        if self._after is None:
            return run.join(self._json)
        return f'{run.join(self._json)}"on":{"null" if on is None else on}{self._after}'

    def body(self, run: str) -> bytes:
        """The message as it is sent."""
        return run.encode().join(self._body)

    def keyboard(self, run: str) -> Keyboard:
        """The buttons of the message."""
        return tuple(
            tuple({name: text.replace(RUN, run) for name, text in button.items()} for button in row)
            for row in self._message.keyboard
        )


class Renderer:
    """Turns replies into messages. All pages are converted once, when it is made."""

    def __init__(self, content: Content) -> None:
        for text in _texts(content):
            _styled(text)
        self._plates: Recent[Sheet, tuple[Plate | None]] = Recent(SHEETS)
        self._joined: Recent[tuple[Part, ...], tuple[_Piece, ...]] = Recent(JOINED)

    def render(self, reply: Reply) -> tuple[Outgoing, ...]:
        """Give the messages of a reply: nearly always one; the buttons stand under the last."""
        if reply.stamp is None:
            return self.fresh(reply)
        sheet, run = reply.stamp
        (plate,) = self._plates.get(sheet) or self._plate(sheet)
        return (plate.printed(run, reply.card),) if plate else self.fresh(reply)

    def _plate(self, sheet: Sheet) -> tuple[Plate | None]:
        """The plate of a sheet; None where the reply is several messages."""
        model = sheet.reply
        card = model.card and replace(model.card, on=ON)
        messages = self.fresh(replace(model, card=card))
        apt = len(messages) == 1 and RUN not in messages[0].text
        return self._plates.keep(sheet, (Plate(messages[0]) if apt else None,))

    def fresh(self, reply: Reply) -> tuple[Outgoing, ...]:
        """Give the messages of a reply: what every plate is made from."""
        pieces = self._joined.get(reply.parts) or self._joined.keep(
            reply.parts, tuple((piece.text, _plainly(piece)) for piece in _pieces(reply.parts))
        )
        last = len(pieces) - 1
        card = reply.card
        if card and last:
            # A question that became several messages cannot take the place of one.
            card = replace(card, on=None)
        return tuple(
            Outgoing(
                text=text,
                entities=entities,
                keyboard=_keyboard(reply.rows) if number == last else (),
                kind=reply.kind,
                card=card if number == last else None,
                pages=reply.pages if number == last else (),
                on=reply.on if not last else None,
                ends=reply.ends and number == last,
            )
            for number, (text, entities) in enumerate(pieces)
        )

    def plain(self, part: Part) -> str:
        """Give a part as bare text that fits a toast."""
        return _plain(part)


def _texts(content: Content) -> Iterator[str]:
    """All markdown that can be shown."""
    for question in content.questions.values():
        yield from filter(None, (question.text, question.for_other, question.why))
    for page in (*content.topics.values(), *content.messages.values()):
        yield page.text
    for step in content.steps.values():
        yield BULLET + step.text


@lru_cache(maxsize=2000)
def _styled(markdown: str) -> Styled:
    """Convert a page; its `{slots}` stay as they are."""
    text, entities = convert(markdown, latex_escape=False, config=_MARKDOWN)
    stripped = text.rstrip("\n")
    end = utf16_len(stripped)
    cut = (e.copy_with(length=min(e.length, end - e.offset)) for e in entities)
    return Styled(stripped, tuple(entity for entity in cut if entity.length > 0))


def _filled(part: Part) -> Styled:
    """Fill the slots after the conversion: nothing in a value can become markup or a slot."""
    styled = _styled(part.text)
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


@lru_cache(maxsize=500)
def _plain(part: Part) -> str:
    return _filled(part).text[:TOAST_LIMIT]


def _pieces(parts: Iterable[Part]) -> Iterator[Styled]:
    """Join parts, a list's lines closer than paragraphs; a new message where one is full."""
    so_far = Styled()
    for part in parts:
        filled = _filled(part)
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


def _plainly(styled: Styled) -> tuple[Mapping[str, Any], ...]:
    return tuple(entity.to_dict() for entity in styled.entities)


def _cut(styled: Styled) -> list[Styled]:
    """Cut a text that is too long by itself, at line ends where it has them."""
    if styled.fits:
        return [styled]
    cut = split_entities(styled.text, list(styled.entities), TEXT_LIMIT)
    return [Styled(text, tuple(entities[:ENTITY_LIMIT])) for text, entities in cut]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _card(message: Outgoing) -> dict[str, Any] | None:
    card = message.card
    return {name: getattr(card, name) for name in _CARD} if card else None


_CARD = tuple(known.name for known in fields(Card))


def _tuples(rows: Iterable[Iterable[Mapping[str, str]]]) -> Keyboard:
    return tuple(tuple(row) for row in rows)


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> Keyboard:
    return tuple(
        tuple({"text": button.label, "callback_data": button.data} for button in row)
        for row in rows
    )

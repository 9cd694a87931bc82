"""Replies of the conversation as Telegram messages: text, entities and buttons, within limits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bot.outgoing import ON, Keyboard, Outgoing, Plate
from bot.styling import Styled, converted, fill, packed
from dialogs.content import Content
from dialogs.recent import Recent
from dialogs.sheets import RUN, Sheet
from dialogs.speaking import BULLET
from dialogs.turns import Button, Part, Reply

TOAST_LIMIT = 200
"""Characters of the answer to a tap."""

SHEETS = 1000
"""Plates remembered; one has a few kB."""
JOINED = 500
"""Texts of replies without a plate remembered, such as routines; one has up to 10 kB."""

_Piece = tuple[str, tuple[Mapping[str, Any], ...]]


class Renderer:
    """Turns replies into messages. All pages are converted once, when it is made."""

    def __init__(self, content: Content) -> None:
        for text in _texts(content):
            converted(text)
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
            reply.parts, tuple((piece.text, _plainly(piece)) for piece in packed(reply.parts))
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


@lru_cache(maxsize=500)
def _plain(part: Part) -> str:
    return fill(part).text[:TOAST_LIMIT]


def _plainly(styled: Styled) -> tuple[Mapping[str, Any], ...]:
    return tuple(entity.to_dict() for entity in styled.entities)


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> Keyboard:
    return tuple(
        tuple({"text": button.label, "callback_data": button.data} for button in row)
        for row in rows
    )

"""A message on its way out: as stored, as sent, or printed from a plate made for all chats."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from dialogs.recent import Recent
from dialogs.sheets import RUN
from dialogs.turns import Card

ON = 7 * 10**17
"""Stands on a plate for the message to take the place of; no chat ever has as many."""

_set = object.__setattr__
Keyboard = tuple[tuple[Mapping[str, str], ...], ...]


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


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _card(message: Outgoing) -> dict[str, Any] | None:
    card = message.card
    return {name: getattr(card, name) for name in _CARD} if card else None


_CARD = tuple(known.name for known in fields(Card))


def _tuples(rows: Iterable[Iterable[Mapping[str, str]]]) -> Keyboard:
    return tuple(tuple(row) for row in rows)

"""What goes into one turn of talk and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dialogs.chat import Chat

if TYPE_CHECKING:
    from dialogs.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Typed:
    """A text message, commands included; `edited` when the person changed one already sent."""

    text: str
    message_id: int
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Tapped:
    """A press of an inline button: its data (at most 64 bytes) and the message it hangs on.

    `below`: that message stands under all that were known, so that an answer on one of those may
    be out of sight.
    """

    data: str
    message_id: int
    below: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that is not text: `what` is its Bot API field name (`photo`, `sticker`, ...).

    The words under it are looked through for danger and nothing else.
    """

    what: str
    message_id: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class CalledInGroup:
    """A command in a group, where no skin is talked about; `link` leads to the private chat."""

    link: str


@dataclass(frozen=True, slots=True)
class Hurried:
    """Somebody sends more than can be answered; told once, then left unanswered for a while."""


Event = Typed | Tapped | Sent | CalledInGroup | Hurried


@dataclass(frozen=True, slots=True)
class Part:
    """A page (or one line) of a reply: its name, its markdown, and plain text for its slots.

    A `tight` part follows the one before on the next line, without an empty line between. A
    `small` one is a line at a page's edge (how far the talk is) and not named among the pages.
    """

    page: str
    text: str
    slots: Mapping[str, str] = field(default_factory=dict)
    tight: bool = False
    small: bool = False

    def __hash__(self) -> int:
        """Equal parts have equal pages and texts; the slots are no part of it."""
        return hash((self.page, self.text))


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: a label and its data (at most 64 bytes)."""

    label: str
    data: str


Rows = tuple[tuple[Button, ...], ...]
"""Buttons as they stand under a message, row by row."""


@dataclass(frozen=True, slots=True)
class Card:
    """Which asking of which question a reply shows; `on` is the message it may replace."""

    run: str
    question: str
    times: int
    on: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to say. `card` marks a question; `kind` says how much it matters (safety first).

    `on` is the message that a reply which is no question may take the place of, while that is the
    newest one. `ends`: no question is open any more, so that no card is to be tapped. `changes` is
    the answered question whose options are shown, so that another one can be chosen.
    """

    parts: tuple[Part, ...]
    rows: Rows = ()
    kind: Literal["safety", "answer", "prompt"] = "answer"
    card: Card | None = None
    on: int | None = None
    ends: bool = False
    changes: str = ""
    stamp: "tuple[Sheet, str] | None" = field(default=None, init=False, repr=False, compare=False)
    """The sheet that this reply was printed from, and the run it is for."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Write the rows of a reply that was printed from a sheet when somebody looks."""
            if name != "rows" or self.stamp is None:
                raise AttributeError(name)
            sheet, run = self.stamp
            rows = sheet.rows(run)
            object.__setattr__(self, "rows", rows)
            return rows

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of the pages shown, in order."""
        return tuple(part.page for part in self.parts if not part.small)


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of a turn: the chat as it now is (None: forget it), replies, and a tap's toast."""

    chat: Chat | None
    replies: tuple[Reply, ...] = ()
    toast: Part | None = None

"""Bugs that lose, double or betray something, each to be planted in the simulated bot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from faults.planted import PLANTS as WHOLE

from bot import handlers, lanes, receiving, sending
from bot.pausing import Pauses
from bot.sending import Sender
from bot.store import outbox, store
from bot.store.applying import Batch

CHANGED = (
    *((receiving.Receiver, "_stored"), (Sender, "_send"), (Batch, "apply"), (lanes.Lane, "add")),
    *((handlers, "_tapped"), (sending, "ban"), (Batch, "_forget"), (outbox, "note_newest")),
    *((store.Store, "lose"), (Sender, "_run"), (Pauses, "load"), (lanes.Lane, "superseded")),
)
"""What plants change, to be put back."""


@contextmanager
def plant(name: str) -> Iterator[None]:
    """Plant one for a while; "" plants none."""
    known = [(where, what, getattr(where, what)) for where, what in CHANGED]
    if name:
        {**WHOLE, **PLANTS}[name]()
    try:
        yield
    finally:
        for where, what, sound in known:
            setattr(where, what, sound)


def _deferred_delete() -> None:
    """Somebody forgotten is deleted with the next batch only."""
    due: list[int] = []
    sound, apply = Batch._forget, Batch.apply

    def forget(self: Any, chat_id: int) -> None:
        due.append(chat_id)

    def applying(self: Any, incoming: Any) -> Any:
        while due:
            sound(self, due.pop())
        return apply(self, incoming)

    _set(Batch, "_forget", forget)
    _set(Batch, "apply", applying)


def _revived() -> None:
    """The ids go with the person, so that what comes again brings the chat back."""
    sound = Batch._forget

    def forget(self: Any, chat_id: int) -> None:
        sound(self, chat_id)
        self._db.execute("DELETE FROM applied")

    _set(Batch, "_forget", forget)


def _noted_again() -> None:
    """A message on its way to somebody forgotten leaves a trace when it arrives."""

    def note(db: Any, chat_id: int, message_id: int) -> None:
        db.execute(
            "INSERT INTO cards (chat_id, newest) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (chat_id, message_id),
        )

    _set(outbox, "note_newest", note)


def _bans_forgotten() -> None:
    """After a restart nobody knows of a ban."""
    _set(Pauses, "load", lambda self, left: None)


def _newest_first() -> None:
    """Of two messages the newer one goes first."""
    sound = lanes.Lane.add

    def add(self: Any, *given: Any) -> None:
        sound(self, *given)
        self.rows.reverse()

    _set(lanes.Lane, "add", add)


def _set(where: Any, name: str, bug: Any) -> None:
    setattr(where, name, bug)


PLANTS: dict[str, Callable[[], None]] = {
    "deferred delete": _deferred_delete,
    "forgotten chat revived": _revived,
    "forgotten chat noted again": _noted_again,
    "bans forgotten at a restart": _bans_forgotten,
    "newest first": _newest_first,
}

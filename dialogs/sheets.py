"""Replies printed from sheets: made once for all chats, with a place left for the run's id."""

from dataclasses import dataclass, replace

from dialogs.buttons import of_run
from dialogs.turns import Button, Card, Reply, Rows

RUN = "\ue000"
"""Stands where the id of a run goes: a private character, which no page and no person uses."""

_set = object.__setattr__


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A reply that is the same in every chat but for the run, and the message it may replace."""

    reply: Reply

    @classmethod
    def of(cls, reply: Reply, run: str) -> "Sheet":
        """The sheet of a reply made for one run."""
        card = reply.card and replace(reply.card, run=RUN)
        return cls(replace(reply, rows=_of_run(reply.rows, run, RUN), card=card))

    def printed(self, run: str, on: int | None) -> Reply:
        """The reply for a run; it may take the place of a message `on`, if it is a card."""
        model, reply = self.reply, Reply.__new__(Reply)
        card = model.card
        _set(reply, "parts", model.parts)
        _set(reply, "kind", model.kind)
        _set(reply, "card", card and Card(run, card.question, card.times, on))
        _set(reply, "on", model.on)
        _set(reply, "ends", model.ends)
        _set(reply, "changes", model.changes)
        _set(reply, "stamp", (self, run))
        return reply

    def rows(self, run: str) -> Rows:
        """The buttons as they are in a run."""
        return _of_run(self.reply.rows, RUN, run)


def _of_run(rows: Rows, old: str, new: str) -> Rows:
    return tuple(
        tuple(Button(button.label, of_run(button.data, old, new)) for button in row) for row in rows
    )

"""One update as far as it concerns us, and what is kept of it."""

import json
from dataclasses import dataclass, field
from typing import Any

from dialogs.turns import Event

SHAPE_LIMIT = 2000
"""Characters kept of the outline of an odd update."""

DEPTH = 12
"""How deep things stand in each other in what is kept of an update; nothing is read below 5."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update as far as it concerns us.

    Without an event there is nothing to answer: quietly, or because it is odd (`reason`).
    `foreign` is a tap by somebody whose chat it is not. `reachable` tells that somebody blocked the
    bot (false) or lets it write again; there is nothing to say to that.
    """

    update_id: int
    chat_id: int = 0
    event: Event | None = None
    callback_id: str | None = None
    foreign: bool = False
    reason: str = ""
    reachable: bool | None = None
    raw: Any = field(default=None, repr=False, compare=False)

    @property
    def outline(self) -> str:
        """The update's shape without anything anybody wrote, and without ids."""
        return json.dumps(_outline(self.raw, 6))[:SHAPE_LIMIT]

    @property
    def stored(self) -> str:
        """The update as JSON, to be read again later; what no JSON can hold is not in it."""
        return json.dumps(_shallow(self.raw, DEPTH))


def _outline(value: Any, depth: int) -> Any:
    if isinstance(value, dict) and depth:
        return {
            str(name)[:32]: _outline(item, depth - 1) for name, item in list(value.items())[:40]
        }
    if isinstance(value, list) and depth:
        return [_outline(item, depth - 1) for item in value[:3]]
    return type(value).__name__


def _shallow(value: Any, depth: int) -> Any:
    """The same without what stands too deep: to write that could take more stack than there is."""
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [_shallow(item, depth - 1) for item in value]
    return {name: _shallow(item, depth - 1) for name, item in value.items()}

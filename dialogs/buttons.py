"""What stands behind a button: version, run, question, times asked and option, in 64 bytes."""

import re
from dataclasses import dataclass
from typing import Literal, cast

VERSION = "1"
Mark = Literal["", "+", "-", "=", "!", "@", "?", "<", "~"]
"""Nothing: choose; `+`/`-`: tick on/off; `=`: all ticked; `!`: confirmed; `@`: an action.

`?`: show the question of an answer, to change it; `<`: take back the answer just given; `~`: undo
a change, to the option named. A set of ticks stands there as one word (`sets.py`).
"""

ACTIONS = frozenset(
    (
        *("consent", "go-on", "start-over", "routine", "why", "sources"),
        *("keep", "confirm", "forget", "done", "back", "undo", "change", "why-asked"),
    )
)
"""What a button can do besides answering a question and showing the message it is named after."""

_DATA = re.compile(
    rf"{VERSION}:([0-9a-z]{{1,9}}|~):([a-z][a-z0-9_-]*)?:(\d{{1,3}}):([+\-=!@?<~]?)([a-z0-9][a-z0-9_-]*)?"
)


@dataclass(frozen=True, slots=True)
class Press:
    """A button's meaning. Options go by id, never by position, so that no edit can move them."""

    run: str
    question: str = ""
    times: int = 0
    option: str = ""
    mark: Mark = ""

    @property
    def data(self) -> str:
        """The callback data; content checks keep it within Telegram's 64 bytes."""
        return f"{VERSION}:{self.run}:{self.question}:{self.times}:{self.mark}{self.option}"


def action(name: str, run: str | None = None) -> Press:
    """A button that does something other than answer a question."""
    return Press(run or "~", option=name, mark="@")


def of_run(data: str, old: str, new: str) -> str:
    """The same button in another run."""
    return data.replace(f"{VERSION}:{old}:", f"{VERSION}:{new}:", 1)


def parse(data: str) -> Press | None:
    """Read callback data strictly; None for anything this version did not make."""
    match = _DATA.fullmatch(data)
    if match is None:
        return None
    run, question, times, mark, option = match.groups()
    return Press(run, question or "", int(times), option or "", cast("Mark", mark or ""))

"""What is remembered of one chat: its runs of questions and their answers, and nothing derived."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA: Literal[1] = 1
"""Version of the stored form; raised together with a step in `UPGRADES`."""


class Record(BaseModel):
    """A frozen part of a chat; unknown keys are refused rather than lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Before(Record):
    """What a changed answer replaced: its options, and the answers that fell away with it."""

    options: tuple[str, ...]
    fell: Mapping[str, "Answer"] = {}


class Answer(Record):
    """The options chosen for one question, when, by which message, at which asking (from 1)."""

    options: tuple[str, ...]
    at: AwareDatetime
    message_id: int | None = None
    times: int = 1
    previous: Before | None = None


class Run(Record):
    """One walk through a flow, from its start; `answers` holds only what the person said.

    Safety answers given before `doubted` are asked again: something was said since that does not
    go with them. `dropped` counts the askings of answers that were taken back.
    """

    flow: str
    started: AwareDatetime
    answers: Mapping[str, Answer] = {}
    doubted: AwareDatetime | None = None
    dropped: Mapping[str, int] = {}

    @property
    def id(self) -> str:
        """The run's name on buttons: its start in milliseconds, base 36 (8 digits until 2059)."""
        return base36(int(self.started.timestamp() * 1000))


class Chat(Record):
    """Everything kept about one chat. Buttons, places and routines are worked out, never stored.

    `ticks` are those set so far on the open question `ticks_for`. A `quiet` chat is asked nothing
    until the person comes back to the subject (after a crisis).
    """

    schema_version: Literal[1] = SCHEMA
    language: str = "en"
    zone: str | None = None
    consent: AwareDatetime | None = None
    runs: Annotated[tuple[Run, ...], Field(max_length=20)] = ()
    ticks: tuple[str, ...] = ()
    ticks_for: str = ""
    misses: int = 0
    quiet: bool = False

    @property
    def run(self) -> Run | None:
        """The run that is talked about now: the last one begun."""
        return self.runs[-1] if self.runs else None

    def with_run(self, run: Run) -> "Chat":
        """The chat with its current run replaced, and the ticks of the old question cleared."""
        fresh = {"ticks": (), "ticks_for": "", "misses": 0, "quiet": False}
        return self.model_copy(update={"runs": (*self.runs[:-1], run), **fresh})

    def ticked(self, question: str) -> tuple[str, ...]:
        """The ticks set so far, if it is this question they were set on."""
        return self.ticks if self.ticks_for == question else ()


UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From schema version to the function that lifts a stored dictionary to the next one."""


def load(text: str) -> Chat:
    """Read a stored chat, lifting older schemas.

    Raises:
        ValueError: the text is not a chat this code knows (damaged, or newer than the code).

    """
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("a stored chat is a JSON object")  # noqa: TRY004 - one error for all damage
    while upgrade := UPGRADES.get(data.get("schema_version", 0)):
        data = upgrade(data)
    return Chat.model_validate(data)


def base36(number: int) -> str:
    """A non-negative number in the digits 0-9a-z."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"

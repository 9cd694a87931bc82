"""What is remembered of one chat: its runs of questions and their answers, and nothing derived."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA: Literal[2] = 2
"""Version of the stored form; raised together with a step in `UPGRADES`."""


class Record(BaseModel):
    """A frozen part of a chat; unknown keys are refused rather than lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Before(Record):
    """What a changed answer replaced, whole, and the answers that fell away with it."""

    answer: "Answer"
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

    `ticks` are those set so far on each "all that apply" question that is being answered, and
    `corrections` those on the cards where such an answer is being changed. A `quiet` chat is
    asked nothing until the person comes back to the subject (after a crisis). `asked` is the
    question on the newest card ("" when the routine was shown since, None when that is not
    known): typed words answer no other. `welcomed_back`: when somebody away for long was last
    told where we were.
    """

    schema_version: Literal[2] = SCHEMA
    language: str = "en"
    zone: str | None = None
    consent: AwareDatetime | None = None
    runs: Annotated[tuple[Run, ...], Field(max_length=20)] = ()
    ticks: Mapping[str, tuple[str, ...]] = {}
    corrections: Mapping[str, tuple[str, ...]] = {}
    asked: str | None = None
    misses: int = 0
    quiet: bool = False
    welcomed_back: AwareDatetime | None = None

    @property
    def run(self) -> Run | None:
        """The run that is talked about now: the last one begun."""
        return self.runs[-1] if self.runs else None

    def with_run(self, run: Run) -> "Chat":
        """The chat with its current run replaced; the person has come back to the subject."""
        return self.model_copy(update={"runs": (*self.runs[:-1], run), "quiet": False})

    def ticked(self, question: str, ticks: tuple[str, ...] | None) -> "Chat":
        """The chat with other ticks on an open question; None: none are being set any more."""
        return self.model_copy(update={"ticks": _replaced(self.ticks, question, ticks)})

    def corrected(self, question: str, ticks: tuple[str, ...] | None) -> "Chat":
        """The same for an answer that is being changed."""
        return self.model_copy(update={"corrections": _replaced(self.corrections, question, ticks)})


def _replaced(
    ticks: Mapping[str, tuple[str, ...]], question: str, new: tuple[str, ...] | None
) -> Mapping[str, tuple[str, ...]]:
    others = {name: old for name, old in ticks.items() if name != question}
    return others if new is None else {**others, question: new}


def _with_whole_answers(data: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 kept only the options of a replaced answer, and the ticks of one question.

    When the replaced answer was given is not known any more. The start of the run is taken, so
    that a safety answer brought back counts as old rather than as fresh.
    """
    for run in data.get("runs", ()):
        for answer in run.get("answers", {}).values():
            if before := answer.get("previous"):
                replaced = {"options": before.pop("options"), "at": run["started"]}
                before["answer"] = {**replaced, "times": answer.get("times", 1)}
    ticks, question = data.pop("ticks", ()), data.pop("ticks_for", "")
    return {**data, "ticks": {question: ticks} if question else {}, "schema_version": 2}


UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_whole_answers}
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

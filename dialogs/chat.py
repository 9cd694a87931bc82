"""What is remembered of one chat: its runs of questions and their answers, and nothing derived."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dialogs.once import once
from dialogs.recent import Recent

SCHEMA: Literal[2] = 2
"""Version of the stored form; raised together with a step in `UPGRADES`."""


_set = object.__setattr__


class Record(BaseModel):
    """A frozen part of a chat; unknown keys are refused rather than lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(once,))

    _worked_out: ClassVar[tuple[str, ...]] = ()
    """What a record remembers of itself besides its fields; it is never stored."""

    @classmethod
    def made(cls, values: dict[str, Any]) -> Self:
        """A record of values that surely are valid, one for every field: not checked again."""
        record = cls.__new__(cls)
        _set(record, "__dict__", values)
        _set(record, "__pydantic_fields_set__", _every_field(cls))
        _set(record, "__pydantic_extra__", None)
        _set(record, "__pydantic_private__", None)
        return record

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values; nothing that was worked out from the old ones comes along."""
        if deep:
            return super().model_copy(update=update, deep=True)
        values = {**self.__dict__, **(update or {})}
        for name in self._worked_out:
            values.pop(name, None)
        return self.made(values)


@cache
def _every_field(kind: type[Record]) -> set[str]:
    return set(kind.model_fields)


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

    _worked_out: ClassVar[tuple[str, ...]] = ("written",)

    @once
    def written(self) -> str:
        """The answer as stored; an answer never changes, so it is written once."""
        return self.__pydantic_serializer__.to_json(self).decode()


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

    _worked_out: ClassVar[tuple[str, ...]] = ("last_at",)

    @property
    def id(self) -> str:
        """The run's name on buttons: its start in milliseconds, base 36 (8 digits until 2059)."""
        return _run_id(self.started)

    def with_answer(self, name: str, answer: Answer) -> "Run":
        """The run with one more answer."""
        values = {**self.__dict__, "answers": {**self.answers, name: answer}}
        values["last_at"] = max(self.last_at, answer.at) if self.answers else answer.at
        return self.made(values)

    @once
    def last_at(self) -> datetime:
        """When the person last answered in this run."""
        return max([answer.at for answer in self.answers.values()], default=self.started)

    @property
    def written(self) -> str:
        """The run as stored."""
        answers = ",".join([f"{_key(name)}:{a.written}" for name, a in self.answers.items()])
        head = _run_head(self.flow, *_exact(self.started))
        if self.doubted is None and not self.dropped:
            return f'{head}{answers}}},"doubted":null,"dropped":{{}}}}'
        rest = self.model_copy(update={"answers": {}}).model_dump_json()
        return f"{head}{answers}{rest.removeprefix(head)}"


class Chat(Record):
    """Everything kept about one chat. Buttons, places and routines are worked out, never stored.

    `ticks` are those set so far on each "all that apply" question that is being answered, and
    `corrections` those on the cards where such an answer is being changed. A `quiet` chat is
    asked nothing until the person comes back to the subject (after a crisis). `asked` is the
    question on the newest card ("" when the routine was shown since, None when that is not known;
    with a question mark where an answer to it is being changed): typed words answer no other.
    `welcomed_back`: when somebody away for long was last told where we were.
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
        if ticks is None and question not in self.ticks:
            return self
        return self.model_copy(update={"ticks": _replaced(self.ticks, question, ticks)})

    def corrected(self, question: str, ticks: tuple[str, ...] | None) -> "Chat":
        """The same for an answer that is being changed."""
        if ticks is None and question not in self.corrections:
            return self
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
    return _RECENT.take(text) or read(text)


def dump(chat: Chat) -> str:
    """The chat as stored: the very text of `model_dump_json`, and a fraction of its work."""
    head = _head(chat.language, chat.zone, *_exact(chat.consent))
    runs = ",".join([run.written for run in chat.runs])
    if chat.ticks or chat.corrections:
        tail = _tail_of(chat)
    else:
        tail = _tail(chat.asked, chat.misses, chat.quiet, *_exact(chat.welcomed_back))
    text = f"{head}{runs}{tail}"
    _RECENT.keep(text, chat)
    return text


def read(text: str) -> Chat:
    """Read a stored chat from its text alone.

    Raises:
        ValueError: as with `load`.

    """
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("a stored chat is a JSON object")  # noqa: TRY004 - one error for all damage
    while upgrade := UPGRADES.get(data.get("schema_version", 0)):
        data = upgrade(data)
    return Chat.model_validate(data)


RECENT = 1000
"""Chats whose next turn need not read them again: a few kB each, the idle ones soon go."""

_RECENT: Recent[str, Chat] = Recent(RECENT)
"""By their text, so that it does not matter who stored it last, nor in which process."""

_RUNS, _ANSWERS = '"runs":[', '"answers":{'
"""Where the text of a chat or a run is cut; within a string of JSON neither can stand."""


def _exact(moment: datetime | None) -> tuple[datetime | None, tzinfo | None]:
    """A time as a key: equal times are written differently in different zones."""
    return moment, moment.tzinfo if moment else None


@lru_cache(maxsize=RECENT)
def _head(language: str, zone: str | None, consent: datetime | None, _: tzinfo | None) -> str:
    written = Chat(language=language, zone=zone, consent=consent).model_dump_json()
    return written[: written.index(_RUNS) + len(_RUNS)]


@lru_cache(maxsize=RECENT)
def _tail(
    asked: str | None, misses: int, quiet: bool, back: datetime | None, _: tzinfo | None
) -> str:
    return _tail_of(Chat(asked=asked, misses=misses, quiet=quiet, welcomed_back=back))


def _tail_of(chat: Chat) -> str:
    written = chat.model_copy(update={"runs": ()}).model_dump_json()
    return written[written.index(_RUNS) + len(_RUNS) :]


@lru_cache(maxsize=RECENT)
def _run_head(flow: str, started: datetime, _: tzinfo | None) -> str:
    written = Run(flow=flow, started=started).model_dump_json()
    return written[: written.index(_ANSWERS) + len(_ANSWERS)]


@lru_cache(maxsize=RECENT)
def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


@lru_cache(maxsize=RECENT)
def _run_id(started: datetime) -> str:
    return base36(int(started.timestamp() * 1000))


def base36(number: int) -> str:
    """A non-negative number in the digits 0-9a-z."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"

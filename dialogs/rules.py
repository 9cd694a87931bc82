"""The figures of the clinical design as data: how answers expire, gates, and the ladders."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dialogs.pages import Conditional, Facts, Id, Tests

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Rule(BaseModel):
    """A frozen part of `rules.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Expiry(Rule):
    """When a safety question opens again: its age in days, or another answer changed later."""

    question: str
    after_days: Annotated[int, Field(gt=0)]
    after_change_hours: Annotated[int, Field(gt=0)]

    @cached_property
    def holds(self) -> timedelta:
        """How long an answer holds by itself."""
        return timedelta(days=self.after_days)

    @cached_property
    def holds_after_change(self) -> timedelta:
        """How long after it other answers may be changed without asking again."""
        return timedelta(hours=self.after_change_hours)


class Row(Rule, Conditional):
    """One value of a named fact, and the answers it stands for."""

    value: Id


class Gate(Rule, Conditional):
    """Days (or evenings) that come before the first full night of an active."""

    days: Annotated[int, Field(gt=0)]
    facts: Facts


class Ladder(Rule):
    """The nights of an active: `first` for some weeks, `then` after a calm check-in."""

    active: Literal["acid", "retinoid"]
    first: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    then: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    first_weeks: Annotated[int, Field(gt=0)]
    facts: Facts
    test: bool = False


class Rules(Rule):
    """All of `content/rules.yaml`."""

    expiry: tuple[Expiry, ...] = ()
    for_other: Tests = ()
    named: Mapping[Id, Annotated[tuple[Row, ...], Field(min_length=1)]] = {}
    gates: Mapping[str, Gate] = {}
    ladders: Mapping[str, Ladder] = {}

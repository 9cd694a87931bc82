"""The clinical facts worked out from answers: named ones, expiry, and the nights of a ladder."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dialogs.chat import Run
from dialogs.pages import Chosen, matching
from dialogs.rules import WEEKDAYS, Expiry, Ladder, Row, Rules

NightKind = Literal["sunscreen", "test", "active", "rest"]
SUNSCREEN_GATE, TEST_GATE = "sunscreen-week", "small-area-test"
"""The gates of `rules.yaml` that come before a first full night, in this order (3.8.17)."""
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Night:
    """One evening of the plan: a local date and what is done on it."""

    day: date
    kind: NightKind


def named(chosen: Chosen, rules: Rules) -> dict[str, Row]:
    """The row of each named fact that the answers fit; a fact without one is left out."""
    found = {
        name: next((row for row in rows if row.applies(chosen)), None)
        for name, rows in rules.named.items()
    }
    return {name: row for name, row in found.items() if row}


def with_named(chosen: Chosen, rules: Rules) -> Chosen:
    """The answers together with the named facts, as lines of the routine refer to both."""
    facts = {name: frozenset((row.value,)) for name, row in named(chosen, rules).items()}
    return {**chosen, **facts}


def expired(run: Run, rules: Rules, now: datetime) -> frozenset[str]:
    """The safety questions whose answers no longer hold (I22 and 3.8.8 of the clinical design)."""
    answers = run.answers
    old = [r.question for r in rules.expiry if r.question in answers and _is_old(run, r, now)]
    return frozenset(old) if old else NOTHING


def fresh_until(run: Run, rules: Rules) -> datetime | None:
    """Until when surely no answer of a run is too old; None: that is to be looked at each time."""
    if run.doubted is not None or not run.answers:
        return None
    # No generators: this is part of every turn.
    for answer in run.answers.values():
        if answer.previous is not None:
            return None
    first: datetime | None = None
    for rule in rules.expiry:
        if (answered := run.answers.get(rule.question)) is None:
            continue
        try:
            until = answered.at + rule.holds
        except OverflowError:
            return None
        first = until if first is None or until < first else first
    return first


def doubted_by_change(run: Run, rules: Rules, now: datetime) -> bool:
    """Whether taking an answer back now comes too long after a safety answer (3.8.8)."""
    return any(
        now - run.answers[rule.question].at > rule.holds_after_change
        for rule in rules.expiry
        if rule.question in run.answers
    )


def _is_old(run: Run, rule: Expiry, now: datetime) -> bool:
    asked = run.answers[rule.question].at
    if now - asked > rule.holds:
        return True
    if run.doubted is not None and asked < run.doubted:
        return True
    limit = asked + rule.holds_after_change
    return any(given.previous is not None and given.at > limit for given in run.answers.values())


def for_other(chosen: Chosen, rules: Rules) -> bool:
    """Whether the talk is about somebody else than the person typing."""
    return matching(rules.for_other, chosen) is not None


def first_full_night(start: date, ladder: Ladder, chosen: Chosen, rules: Rules) -> date:
    """The first ladder weekday after the gates; `start` is the plan's day 0, a local date."""
    ready = start + timedelta(days=_gate_days(SUNSCREEN_GATE, chosen, rules))
    if ladder.test:
        ready += timedelta(days=_gate_days(TEST_GATE, chosen, rules))
    while WEEKDAYS[ready.weekday()] not in ladder.first:
        ready += timedelta(days=1)
    return ready


def night(
    day: date, start: date, ladder: Ladder, chosen: Chosen, rules: Rules, *, calm: bool
) -> Night:
    """What one evening is for. `calm`: a check-in after the first weeks said the skin is calm."""
    gate = start + timedelta(days=_gate_days(SUNSCREEN_GATE, chosen, rules))
    if day < gate:
        return Night(day, "sunscreen")
    if ladder.test and day < gate + timedelta(days=_gate_days(TEST_GATE, chosen, rules)):
        return Night(day, "test")
    first = first_full_night(start, ladder, chosen, rules)
    if day < first:
        return Night(day, "rest")
    stepped = calm and day >= first + timedelta(weeks=ladder.first_weeks)
    nights = ladder.then if stepped else ladder.first
    return Night(day, "active" if WEEKDAYS[day.weekday()] in nights else "rest")


def week(
    today: date, start: date, ladder: Ladder, chosen: Chosen, rules: Rules, *, calm: bool
) -> tuple[Night, ...]:
    """The seven evenings from today on."""
    days = [today + timedelta(days=number) for number in range(7)]
    return tuple(night(day, start, ladder, chosen, rules, calm=calm) for day in days)


def _gate_days(name: str, chosen: Chosen, rules: Rules) -> int:
    gate = rules.gates.get(name)
    return gate.days if gate and gate.applies(chosen) else 0

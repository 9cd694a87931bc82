"""The routine: the lines that somebody's answers bring, and how soon they should be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dialogs.chat import Run
from dialogs.derived import Night, named, week, with_named
from dialogs.flow import Path
from dialogs.pages import LEVELS, PLACES, Chosen, Level, Place, Step, matching
from dialogs.rules import Rules


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the routine and the answers that brought it (question -> options chosen)."""

    step: Step
    because: Mapping[str, tuple[str, ...]]

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that the line rests on."""
        return self.step.facts


@dataclass(frozen=True, slots=True)
class Routine:
    """The lines by part, the week's evenings (where an active has a ladder), and the level."""

    lines: tuple[Line, ...]
    nights: tuple[Night, ...] = ()
    whole: bool = True

    def part(self, place: Place) -> tuple[Line, ...]:
        """The lines of one part, in the order of their files."""
        return tuple(line for line in self.lines if line.step.part == place)

    @property
    def level(self) -> Level:
        """The highest level of any line (3.8.15 of the clinical design)."""
        return max((line.step.level for line in self.lines), key=LEVELS.index, default="home")

    @property
    def shows_level(self) -> bool:
        """A half-way plan has no level yet, unless someone must be seen soon whatever follows."""
        return self.whole or LEVELS.index(self.level) >= LEVELS.index("soon")


def build(
    steps: Mapping[str, Step], path: Path, run: Run, rules: Rules, now: datetime, zone: str
) -> Routine:
    """The routine of a run as it stands; half-way only the base lines (3.8.12)."""
    lines = brought(steps, path, rules)
    days = dates(lines, path, run, now, zone)
    return Routine(lines, nights(lines, path, rules, days), path.open is None)


def brought(steps: Mapping[str, Step], path: Path, rules: Rules) -> tuple[Line, ...]:
    """The lines that the answers bring, part by part; they do not depend on any date."""
    whole = path.open is None
    chosen = with_named(path.chosen, rules)
    lines = [
        Line(step, _because(step, path, chosen, rules))
        for step in steps.values()
        if (whole or step.base) and step.applies(chosen)
    ]
    lines.sort(key=lambda line: PLACES.index(line.step.part))
    return tuple(lines)


def _because(step: Step, path: Path, chosen: Chosen, rules: Rules) -> dict[str, tuple[str, ...]]:
    """The person's own answers behind the `when` map that brought the line.

    Behind a named fact stand the answers that its row was chosen by.
    """
    names = list(matching(step.when, chosen) or ()) if step.when else []
    rows = named(path.chosen, rules)
    for name in [name for name in names if name in rows]:
        names += matching(rows[name].when, path.chosen) or ()
    return {name: path.answers[name].options for name in names if name in path.answers}


def dates(
    lines: tuple[Line, ...], path: Path, run: Run, now: datetime, zone: str
) -> tuple[date, date] | None:
    """The local dates that the evenings of a ladder are counted by: the first one, and today."""
    if _ladder(lines) is None:
        return None
    local = ZoneInfo(zone)
    asked = max((answer.at for answer in path.answers.values()), default=run.started)
    return asked.astimezone(local).date(), now.astimezone(local).date()


def nights(
    lines: tuple[Line, ...], path: Path, rules: Rules, days: tuple[date, date] | None
) -> tuple[Night, ...]:
    """Seven local dates from today; no check-in exists yet, so no ladder is ever stepped up."""
    ladder = _ladder(lines)
    if ladder is None or days is None:
        return ()
    start, today = days
    return week(today, start, rules.ladders[ladder], path.chosen, rules, calm=False)


def _ladder(lines: tuple[Line, ...]) -> str | None:
    return next((line.step.ladder for line in lines if line.step.ladder), None)

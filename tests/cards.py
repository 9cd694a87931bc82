"""Routines as people are shown them, and every way through the intake that leads to one."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from bot.outgoing import Outgoing
from bot.rendering import Renderer
from dialogs import routine
from dialogs.chat import Answer, Run
from dialogs.content import Content
from dialogs.derived import first_full_night, week, with_named
from dialogs.flow import Flow, Path
from dialogs.forks import Fork, fork
from dialogs.pages import LEVELS, PLACES, Chosen, Conditional, Step
from dialogs.routine import Routine
from dialogs.speaking import Operator, Speaker

Said = Mapping[str, tuple[str, ...]]
"""What somebody answered: question -> options, in the order asked."""

Tried = Callable[[tuple[str, ...]], bool]
"""Which sets of ticks are walked."""

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CARE = ("morning", "evening", "week")
ACTIVE = re.compile(
    r"\b(?:acids?|retin\w*|tretinoin|adapalene|tazarotene|glycolic|lactic|mandelic|salicylic"
    r"|azelaic|AHAs?|BHAs?|vitamin A|exfoliants?|peels?)\b",
    re.IGNORECASE,
)
RETINOID = re.compile(r"\b(?:retin\w*|tretinoin|adapalene|tazarotene|vitamin A)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
PROCEDURE = re.compile(r"facial, peel or laser")
"""A peel at a clinic is no product of the plan."""


def every(_: tuple[str, ...]) -> bool:
    return True


def representative(options: tuple[str, ...]) -> bool:
    """One tick, the pairs of actives, and all at once: they stand for the other sets."""
    return len(options) in (1, 7) or options in (
        ("acid", "retinoid_otc"),
        ("acid", "retinoid_rx"),
        ("retinoid_otc", "retinoid_rx"),
    )


def run_of(said: Said, now: datetime = MONDAY) -> Run:
    answers = {name: Answer(options=tuple(options), at=now) for name, options in said.items()}
    return Run(flow="intake", started=now, answers=answers)


def build(content: Content, said: Mapping[str, str | Sequence[str]]) -> Routine:
    """The routine by the real flow; an option alone may stand for a tuple of one."""
    tuples = {n: (o,) if isinstance(o, str) else tuple(o) for n, o in said.items()}
    run = run_of(tuples)
    path = Flow("intake", content.flows["intake"], content.rules).follow(run, MONDAY)
    return routine.build(content.steps, path, run, content.rules, MONDAY, "UTC")


@dataclass(frozen=True)
class Ladder:
    """The nights of the active: kinds of the first week, and nights a week at first and later."""

    kinds: tuple[str, ...] = ()
    first: int = 0
    unstepped: int = 0
    cap: int = 0


@dataclass(frozen=True)
class Card:
    """One routine: its lines, its nights, and the text as Telegram gets it."""

    steps: tuple[Step, ...]
    rank: int
    messages: tuple[str, ...]
    nights: Ladder

    def told(self, *places: str) -> str:
        return "\n".join(step.text for step in self.steps if step.part in places)

    @cached_property
    def part(self) -> Mapping[str, str]:
        return {place: self.told(place) for place in PLACES}

    @cached_property
    def care(self) -> str:
        return self.told(*CARE)

    @cached_property
    def text(self) -> str:
        return "\n".join(self.messages)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return tuple(SENTENCE.split(self.text))

    @cached_property
    def of_prescriptions(self) -> tuple[str, ...]:
        return tuple(s for s in self.sentences if re.search(r"prescri", s, re.IGNORECASE))

    @cached_property
    def offers(self) -> tuple[Step, ...]:
        """The lines of care that name an acid or retinoid, or are marked as one."""
        return tuple(
            step
            for step in self.steps
            if step.part in CARE
            and (step.active or step.ladder or ACTIVE.search(PROCEDURE.sub("", step.text)))
        )

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What is put on at night: acid, retinoid, or both."""
        named = {
            "retinoid" if RETINOID.search(step.text) else "acid"
            for step in self.offers
            if ACTIVE.search(step.text)
        }
        return frozenset(named | {step.active for step in self.offers if step.active})

    @cached_property
    def scheduled(self) -> frozenset[str]:
        """What the bot itself puts on the plan: not what somebody has been prescribed."""
        return frozenset() if "prescribed" in self.care else self.kinds


class Cards:
    """Makes the card of each walk, one for all walks that bring the same lines and nights."""

    def __init__(self, content: Content) -> None:
        self.content = content
        questions = content.flows["intake"]
        self._place = {name: number for number, name in enumerate(questions)}
        self._named = max(map(self._last, content.rules.named), default=-1)
        self._due = {
            number: [step for step in content.steps.values() if self._needs(step) == number]
            for number in range(-1, len(questions))
        }
        self._say = Speaker(content, Operator("Clinic", "here", "there"))
        self._renderer = Renderer(content)
        self._cards: dict[tuple[object, ...], Card] = {}
        self._ladders: dict[tuple[object, ...], Ladder] = {}
        self.broken: dict[int, tuple[str, ...]] = {}
        """Card by card (its `id`) the invariants that it breaks whoever it is shown to."""

    def __len__(self) -> int:
        return len(self._cards)

    def _last(self, name: str) -> int:
        """The place of the last question that a question or named fact waits for."""
        rows = self.content.rules.named.get(name)
        return max(map(self._needs, rows)) if rows else self._place[name]

    def _needs(self, page: Conditional) -> int:
        names = {name for test in (*page.when, *page.unless) for name in test}
        return max(map(self._last, names), default=-1)

    def walk(self, tried: Tried = every, begin: Said | None = None) -> Iterator[tuple[Said, Card]]:
        """Every walk that agrees with `begin` and its card, by the sets of ticks `tried`."""
        first = tuple(step for step in self._due[-1] if step.applies({}))
        yield from self._walk(fork(self.content.flows["intake"]), {}, {}, first, tried, begin or {})

    def _walk(
        self,
        place: Fork | None,
        said: Said,
        chosen: Chosen,
        steps: tuple[Step, ...],
        tried: Tried,
        begin: Said,
    ) -> Iterator[tuple[Said, Card]]:
        if place is None:
            yield said, self._card(said, chosen, steps)
            return
        name = place.question.name
        here = self._place[name]
        for options, after in place.ways.items():
            if not tried(options) or options != begin.get(name, options):
                continue
            there = self._place[after.question.name] if after else len(self._place)
            now: Chosen = {**chosen, name: place.question.counting(options)}
            if here <= self._named < there:
                now = with_named(now, self.content.rules)
            due = [s for n in range(here, there) for s in self._due[n] if s.applies(now)]
            yield from self._walk(after, {**said, name: options}, now, (*steps, *due), tried, begin)

    def _card(self, said: Said, chosen: Chosen, steps: tuple[Step, ...]) -> Card:
        nights = self._nights(chosen, steps)
        key = (tuple(step.name for step in steps), nights)
        if key not in self._cards:
            self._cards[key] = self._made(said, steps, nights)
        return self._cards[key]

    def _made(self, said: Said, steps: tuple[Step, ...], nights: Ladder) -> Card:
        """The card by the real routine; it has to agree with the lines found on the walk."""
        run = run_of(said)
        questions = self.content.questions
        chosen = {name: questions[name].counting(options) for name, options in said.items()}
        path = Path(None, run.answers, chosen)
        built = routine.build(self.content.steps, path, run, self.content.rules, MONDAY, "UTC")
        assert {line.step.name for line in built.lines} == {step.name for step in steps}
        assert tuple(night.kind for night in built.nights) == nights.kinds
        sent: tuple[Outgoing, ...] = self._renderer.render(self._say.routine(built, run))
        shown = tuple(line.step for line in built.lines)
        return Card(shown, LEVELS.index(built.level), tuple(m.text for m in sent), nights)

    def _nights(self, chosen: Chosen, steps: tuple[Step, ...]) -> Ladder:
        name = next((step.ladder for step in steps if step.ladder), None)
        if name is None:
            return Ladder()
        key = (name, chosen.get("sunscreen"), "acid" in chosen.get("using", ()))
        if key not in self._ladders:
            self._ladders[key] = self._climbed(name, chosen)
        return self._ladders[key]

    def _climbed(self, name: str, chosen: Chosen) -> Ladder:
        rules, start = self.content.rules, MONDAY.date()
        ladder = rules.ladders[name]
        full, late = first_full_night(start, ladder, chosen, rules), start + timedelta(weeks=20)

        def active(day: object, *, calm: bool) -> int:
            nights = week(day, start, ladder, chosen, rules, calm=calm)  # type: ignore[arg-type]
            return sum(night.kind == "active" for night in nights)

        kinds = tuple(n.kind for n in week(start, start, ladder, chosen, rules, calm=False))
        return Ladder(
            kinds,
            active(full, calm=True),
            active(late, calm=False),
            active(late, calm=True),
        )

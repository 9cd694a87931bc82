"""A flow: a folder of questions, and the one machine that walks any run through it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import cast

from transitions import EventData, Machine

from dialogs.chat import Answer, Run
from dialogs.derived import NOTHING, expired, fresh_until
from dialogs.pages import Chosen, Question
from dialogs.recent import Recent
from dialogs.rules import Rules

START, END = "(start)", "(end)"
"""The states around the questions; brackets keep them apart from any question's name."""

PLACES = 4000
"""Places remembered of all walks (about 1 kB each); when there are more, all are walked anew."""

WALKS = 500
"""Runs whose walk is remembered from one turn to the next."""


@dataclass(slots=True)
class Walk:
    """A throw-away walker: where it stands, and what counts so far."""

    state: str = START
    chosen: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where one way of answering leads: the question that the machine asks there, if any.

    `ways` are the steps that the machine has taken from here, by the options chosen.
    """

    name: str
    question: Question | None
    chosen: Chosen
    ways: "dict[tuple[str, ...], Place]" = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Path:
    """Where a run's answers lead: the open question (None: all asked) and what counts."""

    open: Question | None
    answers: Mapping[str, Answer]
    chosen: Chosen
    expired: frozenset[str] = frozenset()
    end: str | None = None
    times: int = 1
    """Which asking of the open question this is; `end` is the question without an answer."""
    place: Place | None = field(default=None, repr=False, compare=False)
    """Where the walk ends. Paths to one place differ only in times and in what has expired."""


class Flow:
    """The questions of a folder in order. Its machine is built once and shared by all runs."""

    def __init__(self, name: str, questions: Mapping[str, Question], rules: Rules) -> None:
        self.name, self.questions, self.rules = name, questions, rules
        # One machine without a model: add_model per chat would decorate and leak the chats.
        machine = Machine(
            model=None,
            states=[START, *questions, END],
            initial=START,
            auto_transitions=False,
            send_event=True,
        )
        places = [START, *questions]
        for number, place in enumerate(places):
            for question in list(questions.values())[number:]:
                machine.add_transition("proceed", place, question.name, conditions=_asks(question))
            machine.add_transition("proceed", place, END)
        self._proceed = machine.events["proceed"].trigger
        self._first, self._places = self._walked(Walk()), 0
        self._walks: Recent[int, tuple[Run, Path, datetime | None]] = Recent(WALKS)
        order = {name: number for number, name in enumerate(questions)}
        self.ordered = lru_cache(maxsize=PLACES)(
            lambda names: tuple(sorted(names, key=lambda n: (order.get(n, len(order)), n)))
        )
        """Names of answers in the order of their questions, those of no question last."""

    def follow(self, run: Run, now: datetime) -> Path:
        """Replay a run's answers; the first question without a valid one is the open question.

        A safety question whose answer has expired is open again, but its old answer still leads
        the walk, so that the answers behind it are kept.
        """
        _, path, until = self._known(run)
        if until is not None and now <= until:
            return path
        old = expired(run, self.rules, now) & path.answers.keys()
        if not old:
            return path
        opened = next(self.questions[name] for name in path.answers if name in old)
        times = path.answers[opened.name].times + 1
        return Path(opened, path.answers, path.chosen, old, path.end, times, path.place)

    def walk(self, run: Run) -> Path:
        """Where a run's answers lead when none of them is too old."""
        return self._known(run)[1]

    def _known(self, run: Run) -> tuple[Run, Path, datetime | None]:
        """What is remembered of a run: its path, and until when none of its answers is too old."""
        known = self._walks.get(id(run))
        if known is not None and known[0] is run:
            return known
        return self._walks.keep(id(run), (run, self._replayed(run), fresh_until(run, self.rules)))

    def _replayed(self, run: Run) -> Path:
        place, answers, counted = self._first, run.answers, dict[str, Answer]()
        while (answer := answers.get(place.name)) is not None:
            after = place.ways.get(answer.options) or self._step(place, answer.options)
            if after is None:
                break
            counted[place.name] = answer
            place = after
        end = place.name if place.question else None
        times = run.dropped.get(place.name, 0) + 1 if end else 1
        return Path(place.question, counted, place.chosen, NOTHING, end, times, place)

    def _step(self, place: Place, options: tuple[str, ...]) -> Place | None:
        """Let the machine take a step for the first time; None for options that do not exist."""
        question = place.question
        if question is None or not question.knows(options):
            return None
        chosen = {**place.chosen, question.name: question.counting(options)}
        after = self._walked(Walk(question.name, chosen))
        self._places += 1
        if self._places > PLACES:
            self._first, self._places = self._walked(Walk()), 0
        place.ways[options] = after
        return after

    def _walked(self, walk: Walk) -> Place:
        """One step of the machine."""
        self._proceed(walk)
        return Place(walk.state, self.questions.get(walk.state), walk.chosen)


def _asks(question: Question) -> Callable[[EventData], bool]:
    def asked(event: EventData) -> bool:
        walk = cast("Walk", event.model)
        return question.applies(walk.chosen)

    return asked

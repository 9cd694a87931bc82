"""A flow: a folder of questions, and the one machine that walks any run through it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from transitions import EventData, Machine

from dialogs.chat import Answer, Run
from dialogs.derived import expired
from dialogs.pages import Chosen, Question
from dialogs.rules import Rules

START, END = "(start)", "(end)"
"""The states around the questions; brackets keep them apart from any question's name."""


@dataclass(slots=True)
class Walk:
    """A throw-away walker: where it stands, and what counts so far."""

    state: str = START
    chosen: dict[str, frozenset[str]] = field(default_factory=dict)


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

    def follow(self, run: Run, now: datetime) -> Path:
        """Replay a run's answers; the first question without a valid one is the open question.

        A safety question whose answer has expired is open again, but its old answer still leads
        the walk, so that the answers behind it are kept.
        """
        old = expired(run, self.rules, now)
        walk, counted = Walk(), dict[str, Answer]()
        opened: Question | None = None
        while True:
            self._proceed(walk)
            if walk.state == END:
                return _path(run, opened, counted, walk.chosen, old)
            question = self.questions[walk.state]
            answer = run.answers.get(question.name)
            if answer is None or not question.knows(answer.options):
                opened = opened or question
                return _path(run, opened, counted, walk.chosen, old, question.name)
            counted[question.name] = answer
            walk.chosen[question.name] = question.counting(answer.options)
            if question.name in old:
                opened = opened or question


def _path(
    run: Run,
    opened: Question | None,
    counted: Mapping[str, Answer],
    chosen: Chosen,
    old: frozenset[str],
    end: str | None = None,
) -> Path:
    before = counted.get(opened.name) if opened else None
    asked = before.times if before else run.dropped.get(opened.name, 0) if opened else 0
    return Path(opened, counted, chosen, old & counted.keys(), end, asked + 1)


def _asks(question: Question) -> Callable[[EventData], bool]:
    def asked(event: EventData) -> bool:
        walk = cast("Walk", event.model)
        return question.applies(walk.chosen)

    return asked

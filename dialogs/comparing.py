"""What a changed answer alters: questions that open or fall away, lines that come or go."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.chat import Run
from dialogs.pages import Question
from dialogs.routine import Line, Routine


@dataclass(frozen=True, slots=True)
class Difference:
    """From one run to another: questions in the order of the talk, lines in that of the card."""

    closed: tuple[Question, ...] = ()
    opened: tuple[Question, ...] = ()
    gone: tuple[Line, ...] = ()
    come: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return any((self.closed, self.opened, self.gone, self.come))


def compare(
    questions: Mapping[str, Question], before: Run, after: Run, old: Routine, new: Routine
) -> Difference:
    """Compare two runs of one flow, and their routines where both are finished."""
    was, will = asked(questions, before), asked(questions, after)
    gone, come = _lines(old, new) if old.whole and new.whole else ((), ())
    return Difference(
        tuple(question for name, question in was.items() if name not in will),
        tuple(question for name, question in will.items() if name not in was),
        gone,
        come,
    )


def asked(questions: Mapping[str, Question], run: Run) -> dict[str, Question]:
    """The questions that are asked as the answers stand, answered ones and others."""
    found: dict[str, Question] = {}
    chosen: dict[str, frozenset[str]] = {}
    for name, question in questions.items():
        if not question.applies(chosen):
            continue
        found[name] = question
        answer = run.answers.get(name)
        if answer and question.knows(answer.options):
            chosen[name] = question.counting(answer.options)
    return found


def _lines(old: Routine, new: Routine) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    had = {line.step.name for line in old.lines}
    has = {line.step.name for line in new.lines}
    return (
        tuple(line for line in old.lines if line.step.name not in has),
        tuple(line for line in new.lines if line.step.name not in had),
    )

"""Every way through a flow: counted, walked, and searched for pages that nobody ever sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialogs.checking import MESSAGES, NIGHTS
from dialogs.content import Content
from dialogs.derived import with_named
from dialogs.forks import Fork, fork, forks
from dialogs.pages import Chosen, Question

Walked = Mapping[str, tuple[str, ...]]
"""Question -> the options chosen, in the order asked."""

TICKS = 2
"""Ticks set together in the search for lines nobody sees: no line asks for more of one question."""


def walks(questions: Mapping[str, Question], ticks: int = 99) -> Iterator[Walked]:
    """Every combination of raw answers that leads through the questions, depth first.

    Where several options may be ticked, only sets of at most `ticks` are tried.
    """
    yield from _walks(fork(questions), {}, ticks)


def _walks(place: Fork | None, given: Walked, ticks: int) -> Iterator[Walked]:
    if place is None:
        yield given
        return
    for options, after in place.ways.items():
        if len(options) <= ticks:
            yield from _walks(after, {**given, place.question.name: options}, ticks)


def chosen_by(content: Content, walked: Walked) -> Chosen:
    """The options and named facts that count on a walk, as steps see them."""
    questions = content.questions
    chosen = {name: questions[name].counting(options) for name, options in walked.items()}
    return with_named(chosen, content.rules)


@dataclass(frozen=True, slots=True)
class Survey:
    """What all walks of a flow come to: how many, the longest, and the questions asked."""

    paths: int
    longest: int
    questions: frozenset[str]


def survey(questions: Mapping[str, Question]) -> Survey:
    """Count every path of a flow."""
    first = fork(questions)
    asked = frozenset(place.question.name for place in forks(first))
    return Survey(*_counted(first, {}), asked)


def _counted(place: Fork | None, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many paths go on from a fork, and the questions on the longest."""
    if place is None:
        return 1, 0
    if id(place) not in known:
        found = [_counted(after, known) for after in place.ways.values()]
        known[id(place)] = sum(n for n, _ in found), 1 + max(longest for _, longest in found)
    return known[id(place)]


def unseen(content: Content) -> set[str]:
    """The lines of the routine that no answers bring."""
    waiting = set(content.steps)
    for flow in content.flows.values():
        for walked in walks(flow, TICKS):
            chosen = chosen_by(content, walked)
            waiting -= {name for name in waiting if _shown(content, name, walked, chosen)}
            if not waiting:
                return waiting
    return waiting


def _shown(content: Content, name: str, walked: Walked, chosen: Chosen) -> bool:
    """Whether a line is on a finished walk, or (a base line) was on it half-way."""
    step = content.steps[name]
    if step.applies(chosen):
        return True
    names = list(walked)
    halves = ({n: walked[n] for n in names[:size]} for size in range(1, len(names)))
    return step.base and any(step.applies(chosen_by(content, half)) for half in halves)


def unused(content: Content) -> list[str]:
    """Pages and facts that nothing leads to, as `file: name`."""
    asked = frozenset().union(*(survey(flow).questions for flow in content.flows.values()))
    hidden = unseen(content)
    said = _messages_said(content)
    told = {fact for page in _pages(content) for fact in page}
    lost = [page.file for page in content.questions.values() if page.name not in asked]
    lost += [page.file for page in content.steps.values() if page.name in hidden]
    lost += [page.file for page in content.messages.values() if page.name not in said]
    lost += [f"facts: {name}" for name in content.facts if name not in told]
    return lost


def _messages_said(content: Content) -> set[str]:
    said = {*MESSAGES, *NIGHTS, *content.commands, *content.danger}
    said.update(name for page in content.questions.values() for name in page.reply.values())
    said.update(name for page in content.messages.values() for name in page.buttons)
    return said


def _pages(content: Content) -> Iterator[tuple[str, ...]]:
    """The facts of every page that is shown; those that only a rule names are said nowhere."""
    for group in (content.questions, content.steps, content.topics, content.messages):
        for page in group.values():
            yield page.facts

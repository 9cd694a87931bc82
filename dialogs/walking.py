"""Every way through a flow: counted, and searched for pages that nobody ever sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from dialogs.checking import MESSAGES, NIGHTS
from dialogs.content import Content
from dialogs.pages import Chosen, Question
from dialogs.recording import NONE

Walked = Mapping[str, tuple[str, ...]]
"""Question -> the options chosen, in the order asked."""


def walks(questions: Mapping[str, Question]) -> Iterator[Walked]:
    """Every combination of raw answers that leads through the questions, depth first."""
    yield from _walks(list(questions.values()), {}, {})


def _walks(
    rest: list[Question], given: dict[str, tuple[str, ...]], chosen: dict[str, frozenset[str]]
) -> Iterator[Walked]:
    asked = next((n for n, question in enumerate(rest) if question.applies(chosen)), None)
    if asked is None:
        yield given
        return
    question = rest[asked]
    for options in choices(question):
        yield from _walks(
            rest[asked + 1 :],
            {**given, question.name: options},
            {**chosen, question.name: question.counting(options)},
        )


def choices(question: Question) -> Iterator[tuple[str, ...]]:
    """What one question can be answered with; every set of ticks where several may be chosen."""
    options = [option for option in question.options if not (question.several and option == NONE)]
    most = len(options) if question.several else 1
    for size in range(1, most + 1):
        yield from combinations(options, size)
    if question.several and NONE in question.options:
        yield (NONE,)


def chosen_by(questions: Mapping[str, Question], walked: Walked) -> Chosen:
    """The options that count on a walk, as steps see them."""
    return {name: questions[name].counting(options) for name, options in walked.items()}


@dataclass(frozen=True, slots=True)
class Survey:
    """What all walks of a flow showed: how many, the longest, and which pages never came."""

    paths: int
    longest: int
    questions: frozenset[str]
    steps: frozenset[str]


def survey(content: Content, flow: str) -> Survey:
    """Walk every path of a flow and note what is asked and which lines are shown."""
    questions = content.flows[flow]
    paths = longest = 0
    asked: set[str] = set()
    shown: set[str] = set()
    for walked in walks(questions):
        paths, longest = paths + 1, max(longest, len(walked))
        asked.update(walked)
        for known in _prefixes(walked):
            chosen = chosen_by(questions, known)
            whole = len(known) == len(walked)
            waiting = (s for s in content.steps.values() if s.name not in shown)
            shown.update(s.name for s in waiting if (whole or s.base) and s.applies(chosen))
    return Survey(paths, longest, frozenset(asked), frozenset(shown))


def _prefixes(walked: Walked) -> Iterator[Walked]:
    names = list(walked)
    for size in range(1, len(names) + 1):
        yield {name: walked[name] for name in names[:size]}


def unused(content: Content) -> list[str]:
    """Pages and facts that nothing leads to, as `file: name`."""
    surveys = [survey(content, flow) for flow in content.flows]
    asked = frozenset().union(*(found.questions for found in surveys))
    shown = frozenset().union(*(found.steps for found in surveys))
    said = _messages_said(content)
    told = {fact for page in _pages(content) for fact in page}
    lost = [page.file for page in content.questions.values() if page.name not in asked]
    lost += [page.file for page in content.steps.values() if page.name not in shown]
    lost += [page.file for page in content.messages.values() if page.name not in said]
    lost += [f"facts: {name}" for name in content.facts if name not in told]
    return lost


def _messages_said(content: Content) -> set[str]:
    said = {*MESSAGES, *NIGHTS, *content.commands, *content.danger}
    said.update(name for page in content.questions.values() for name in page.reply.values())
    said.update(name for page in content.messages.values() for name in page.buttons)
    return said


def _pages(content: Content) -> Iterator[tuple[str, ...]]:
    for group in (content.questions, content.steps, content.topics, content.messages):
        for page in group.values():
            yield page.facts
    yield from (gate.facts for gate in content.rules.gates.values())
    yield from (ladder.facts for ladder in content.rules.ladders.values())

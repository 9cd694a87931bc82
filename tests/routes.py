"""Ways through a flow, drawn by chance or made to order, from the questions as they are."""

import random
from collections.abc import Callable, Mapping, Sequence

from dialogs.forks import choices
from dialogs.pages import Question
from dialogs.walking import Walked

Pick = Callable[[Sequence[tuple[str, ...]]], tuple[str, ...]]
"""Chooses one of the answers a question can have."""


def route(questions: Mapping[str, Question], pick: Pick) -> Walked:
    """A whole way through the questions; `pick` answers each."""
    given: dict[str, tuple[str, ...]] = {}
    chosen: dict[str, frozenset[str]] = {}
    for question in questions.values():
        if question.applies(chosen):
            given[question.name] = pick(list(choices(question)))
            chosen[question.name] = question.counting(given[question.name])
    return given


def routes_to_all(questions: Mapping[str, Question]) -> dict[str, Walked]:
    """For each question the answers before it, on one way that leads there."""
    chance = random.Random(1)
    found: dict[str, Walked] = {}
    for _ in range(20_000):
        walked = route(questions, chance.choice)
        names = list(walked)
        for number, name in enumerate(names):
            found.setdefault(name, {before: walked[before] for before in names[:number]})
        if len(found) == len(questions):
            return found
    raise AssertionError(f"no way to {questions.keys() - found.keys()}")


def longest_route(questions: Mapping[str, Question]) -> Walked:
    """A whole way that asks as many questions as can be."""
    chance = random.Random(1)
    return max((route(questions, chance.choice) for _ in range(2000)), key=len)


def asked_now(questions: Mapping[str, Question], said: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The questions that are asked with these answers, up to the first without one."""
    chosen: dict[str, frozenset[str]] = {}
    asked: set[str] = set()
    for name, question in questions.items():
        if not question.applies(chosen):
            continue
        asked.add(name)
        if name not in said:
            break
        chosen[name] = question.counting(said[name])
    return asked

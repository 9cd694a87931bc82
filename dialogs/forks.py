"""A flow as a graph of forks: each question as it is reached, and where its answers lead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from dialogs.pages import Chosen, Question


@dataclass(frozen=True, slots=True, eq=False)
class Fork:
    """A question reached, and for each way to answer it what is asked next (None: the end).

    Places from which the same questions follow are one and the same fork, however long the way
    there: a flow with a million walks has a few dozen forks.
    """

    question: Question
    ways: Mapping[tuple[str, ...], "Fork | None"]


def fork(questions: Mapping[str, Question]) -> Fork | None:
    """The first fork of a flow."""
    return _Forks(list(questions.values())).at(0, {})


def forks(first: Fork | None) -> Iterator[Fork]:
    """Every fork that can be reached, once each."""
    seen: dict[int, Fork] = {}
    waiting = [first] if first else []
    while waiting:
        place = waiting.pop()
        if id(place) not in seen:
            seen[id(place)] = place
            waiting += [after for after in place.ways.values() if after]
    return iter(seen.values())


def choices(question: Question) -> Iterator[tuple[str, ...]]:
    """What one question can be answered with; every set of ticks where several may be chosen."""
    alone = question.alone if question.several else ()
    options = [option for option in question.options if option not in alone]
    for size in range(1, (len(options) if question.several else 1) + 1):
        yield from combinations(options, size)
    yield from ((option,) for option in question.options if option in alone)


class _Forks:
    """Makes forks, the same one for the same future."""

    def __init__(self, order: list[Question]) -> None:
        self._order = order
        self._made: dict[tuple[int, frozenset[tuple[str, frozenset[str]]]], Fork] = {}
        named = [
            {name for test in (*question.when, *question.unless) for name in test}
            for question in order
        ]
        self._later = [frozenset().union(*named[place:]) for place in range(len(order) + 1)]

    def at(self, place: int, chosen: Chosen) -> Fork | None:
        """The fork where the walk is next, when all before `place` is answered."""
        rest = range(place, len(self._order))
        asked = next((n for n in rest if self._order[n].applies(chosen)), None)
        if asked is None:
            return None
        known = {name: chosen[name] for name in self._later[asked] & chosen.keys()}
        key = (asked, frozenset(known.items()))
        if key not in self._made:
            question = self._order[asked]
            ways = {
                options: self.at(asked + 1, {**known, question.name: question.counting(options)})
                for options in choices(question)
            }
            self._made[key] = Fork(question, ways)
        return self._made[key]

"""How far a talk is: the number of the open question, and about how many there will be."""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil

from dialogs.flow import Path
from dialogs.pages import Chosen, Question

Known = tuple[frozenset[str], ...]
"""The options chosen so far that decide on later questions, in the order of `_deciding`."""


TINY = 1e-9
"""What sums of fractions may be off, so that 4 never becomes 5."""


class Progress:
    """Expects how long the rest of a flow is: every firm option of a question equally likely.

    An option that counts as another leads where that one leads, so it has no weight of its own.
    """

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = tuple(questions.values())
        self._places = {name: place for place, name in enumerate(questions)}
        self._deciding = [_deciding(self._questions[place:]) for place in self._places.values()]
        self._expected = lru_cache(maxsize=10_000)(self._expect)

    def of(self, path: Path) -> tuple[int, int]:
        """The open question's number, and about how many are asked in all, never fewer.

        Raises:
            ValueError: no question is open.

        """
        if path.open is None:
            raise ValueError("no question is open")
        if path.open.name in path.answers:  # asked once more: the answers behind it still count
            number = list(path.answers).index(path.open.name) + 1
            return number, max(number, len(path.answers))
        number = len(path.answers) + 1
        place = self._places[path.open.name]
        rest = self._expected(place, self._known(place, path.chosen))
        return number, max(number, ceil(number - 1 + rest - TINY))

    def _known(self, place: int, chosen: Chosen) -> Known:
        deciding = self._deciding[place].items()
        return tuple(chosen.get(name, frozenset()) & options for name, options in deciding)

    def _expect(self, place: int, known: Known) -> float:
        """The number of questions asked from this place on, on average."""
        chosen = dict(zip(self._deciding[place], known, strict=True))
        question = self._questions[place]
        if not question.applies(chosen):
            return self._rest(place, chosen)
        firm = [o for o in question.options if o not in question.counts_as] or [*question.options]
        lengths = [
            self._rest(place, {**chosen, question.name: question.counting((o,))}) for o in firm
        ]
        return 1 + sum(lengths) / len(lengths)

    def _rest(self, place: int, chosen: Chosen) -> float:
        following = place + 1
        if following == len(self._questions):
            return 0
        return self._expected(following, self._known(following, chosen))


def _deciding(questions: tuple[Question, ...]) -> dict[str, frozenset[str]]:
    """The answers that these questions ask about, and which of their options matter."""
    found: dict[str, frozenset[str]] = {}
    for question in questions:
        for test in (*question.when, *question.unless):
            for name, options in test.items():
                found[name] = found.get(name, frozenset()) | options
    return found

"""What a `when` may refer to: questions, named facts, and the options and values they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.faults import Fault
from dialogs.limits import at, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.content import Content
    from dialogs.pages import Conditional, Question, Step, Tests

Known = dict[str, set[str]]
"""What a `when` may name: a question or named fact, and its options or values."""


def known_names(content: Content) -> Known:
    """The options of every question, and the values of every named fact."""
    known: Known = {name: set(question.options) for name, question in content.questions.items()}
    return known | {name: {row.value for row in rows} for name, rows in content.rules.named.items()}


def test_faults(content: Content, page: Question | Step, known: Known) -> Iterator[Fault]:
    """What is wrong with the `when` and `unless` of a page."""
    for key, tests in (("when", page.when), ("unless", page.unless)):
        yield from (
            at(content, page, text, key, *place)
            for place, text in bad_tests(tests, known)
            if not content.broken & set(place)
        )


def bad_tests(tests: Tests, known: Known) -> Iterator[tuple[tuple[str, ...], str]]:
    """What some maps name that nobody knows, each with its place in the map."""
    for test in tests:
        for name, options in test.items():
            if name not in known:
                yield (name,), f"no question before this is named `{name}`"
                continue
            for option in sorted(options - known[name]):
                yield (name,), f"`{name}` has no option `{option}`"


def _rule_tests(content: Content) -> Iterator[tuple[tuple[str, ...], Tests]]:
    """Every `when` and `unless` of the rules, with its place."""
    rules = content.rules
    yield ("for_other",), rules.for_other
    placed: list[tuple[tuple[str, ...], Conditional]] = [
        (("gates", name), gate) for name, gate in rules.gates.items()
    ]
    for name, rows in rules.named.items():
        placed += [(("named", name, str(number)), row) for number, row in enumerate(rows)]
    for place, rule in placed:
        yield (*place, "when"), rule.when
        yield (*place, "unless"), rule.unless


def rule_faults(content: Content) -> Iterator[Fault]:
    """What is wrong with `rules.yaml`."""
    file = "rules.yaml"
    questions = dict(content.questions)
    for number, expiry in enumerate(content.rules.expiry):
        if unknown(content, questions, expiry.question):
            line = content.sources[file].line("expiry", str(number), "question")
            yield Fault(file, line, f"no question is named `{expiry.question}`")
    for place, group in _rule_tests(content):
        for inner, text in bad_tests(group, known_names(content)):
            yield Fault(file, content.sources[file].line(*place, *inner), text)
    for name in content.rules.named.keys() & content.questions.keys():
        line = content.sources[file].line("named", name)
        yield Fault(file, line, f"`{name}` is already the name of a question")
    for kind in ("gates", "ladders"):
        for name, rule in getattr(content.rules, kind).items():
            line = content.sources[file].line(kind, name, "facts")
            for fact in set(rule.facts) - content.facts.keys() - content.broken:
                yield Fault(file, line, f"no fact is named `{fact}`")

"""Pieces that every chapter of the book is made of: entries, facts, conditions in words."""

from collections.abc import Iterable, Mapping

from htpy import Element, Node, a, article, code, dd, div, dl, dt, h3, p, section, small, span
from htpy import h2 as heading

from dialogs.content import Content
from dialogs.pages import Conditional, Fact, Test

READ = ("\N{BALLOT BOX} fine", "\N{BALLOT BOX} change:")


def chapter(name: str, title: str, *inside: Node) -> Element:
    """A chapter with its address in the book."""
    return section(id=name)[heading[title], *inside]


def entry(name: str, file: str, *inside: Node) -> Element:
    """One page of the content, to be read and ticked."""
    ticks = p(".read")[span[READ[0]], span(".note")[READ[1]]]
    return article(id=f"page-{name}")[h3[name, " ", small[file]], *inside, ticks]


def bubble(*inside: Node) -> Element:
    """A text as it stands in the chat."""
    return div(".bubble")[*inside]


def facts(content: Content, names: Iterable[str]) -> Node:
    """The facts that a page rests on."""
    found = [content.facts[name] for name in names]
    return dl(".facts")[[_fact(fact) for fact in found]] if found else p(".none")["No claim."]


def _fact(fact: Fact) -> Node:
    number = a(href=f"#fact-{fact.id}")[code[fact.id]]
    return dt[number, f" ({fact.strength})"], dd[fact.says, " ", source(fact)]


def source(fact: Fact) -> Element:
    """Where a fact comes from."""
    said = fact.source or ("our own choice" if fact.url is None else fact.url)
    return span(".source")[a(href=fact.url)[said] if fact.url else said]


def condition(content: Content, page: Conditional) -> Element:
    """For whom a page is, in the words of the questions."""
    if not page.when and not page.unless:
        return p(".when")["For everybody."]
    when = [_test(content, test) for test in page.when]
    unless = [_test(content, test) for test in page.unless]
    parts = [f"If {' OR if '.join(when)}."] if when else []
    parts += [f"Not if {' OR if '.join(unless)}."] if unless else []
    return p(".when")[" ".join(parts)]


def _test(content: Content, test: Test) -> str:
    return " and ".join(_named(content, name, options) for name, options in test.items())


def _named(content: Content, name: str, options: Iterable[str]) -> str:
    question = content.questions.get(name)
    if question is None:
        return f"{name} is {' or '.join(sorted(options))}"
    labels = [label for option, label in question.options.items() if option in set(options)]
    return f"{question.title}: {' / '.join(labels)}"


def given(content: Content, answers: Mapping[str, tuple[str, ...]]) -> Element:
    """Somebody's answers, in the words of the questions."""
    return p(".when")["; ".join(_named(content, n, options) for n, options in answers.items())]

"""The book: everything that is said, whole and readable, whatever questions there are."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR
from toy import COLOUR, toy

from bot.__main__ import main
from bot.book import write
from bot.book.coverage import TALKS, coverage
from bot.book.diagram import edges
from bot.book.examples import FEWEST, examples
from bot.book.text import styled
from bot.outgoing import Outgoing
from dialogs.content import Content
from dialogs.conversation import Conversation


@pytest.fixture(scope="module")
def book(content: Content, conversation: Conversation) -> str:
    return write(content, conversation, NOW)


def test_every_page_and_fact_has_its_entry(content: Content, book: str) -> None:
    ids = re.findall(r'id="([^"]+)"', book)
    assert len(ids) == len(set(ids))
    pages = {*content.steps, *content.topics, *content.messages}
    pages |= {f"{name}?" for name in content.questions}
    assert {f"page-{name}" for name in pages} <= set(ids)
    assert {f"fact-{name}" for name in content.facts} <= set(ids)


def test_every_link_inside_leads_somewhere(book: str) -> None:
    links = set(re.findall(r'href="#([^"]+)"', book))
    assert links
    assert links <= set(re.findall(r'id="([^"]+)"', book))


def test_the_book_needs_nothing_from_anywhere(book: str) -> None:
    assert not re.findall(r"<(?:script|img|link|iframe)\b|\bsrc=|@import|url\((?!#)", book)
    assert "default-src 'none'" in book or "default-src &#39;none&#39;" in book


def test_the_book_says_which_version_was_read_and_has_a_place_to_sign(
    content: Content, book: str
) -> None:
    assert book.count(content.hash) >= 2
    assert all(word in book for word in ("Signature", f"{NOW:%Y-%m-%d}", "fine"))


def test_the_examples_show_every_line_of_a_finished_plan(
    content: Content, conversation: Conversation
) -> None:
    chosen = examples(content, conversation, NOW)
    shown = {line for example in chosen for line in example.lines}
    assert {name for name in content.steps.keys() - shown if not content.steps[name].base} == set()
    assert len(chosen) >= FEWEST
    assert all("card-end" in example.plan.pages for example in chosen)


def test_examples_go_along_with_an_added_question(tmp_path: Path) -> None:
    added = COLOUR.replace("title: Colour", "title: Make-up").replace("none: No colour", "none: No")
    found = toy(tmp_path / "content", {"en/intake/75-makeup.md": added})
    chosen = examples(found, Conversation(found, OPERATOR), NOW)
    given = {option for example in chosen for option in example.answers.get("makeup", ())}
    assert given == {"red", "blue", "none"}


def test_the_written_talks_are_counted_by_what_they_show(
    content: Content, conversation: Conversation, tmp_path: Path
) -> None:
    talks, reached = coverage(content, conversation, NOW)
    assert talks == len(list(TALKS.glob("*.txt")))
    questions, lines, topics, messages = reached
    assert questions.kind == "questions"
    first = f"{next(iter(content.questions))}?"
    assert first in questions.shown
    assert len(lines.shown) + len(lines.never) == len(content.steps)
    assert topics.shown
    assert "noted-toast" in messages.shown
    (tmp_path / "one.txt").write_text("# short\nyou /start\nbot welcome\nyou [nothing-so]\n")
    talks, reached = coverage(content, conversation, NOW + timedelta(days=1), tmp_path)
    assert (talks, reached[3].shown) == (1, ("welcome",))
    assert coverage(content, conversation, NOW, tmp_path / "none")[0] == 0


def test_the_diagram_has_every_arrow_once(content: Content) -> None:
    boxes, arrows = edges(content, "intake")
    assert len(arrows) == len({(edge.start, edge.end) for edge in arrows})
    assert all(edge.start < edge.end for edge in arrows)
    assert {edge.end for edge in arrows} == set(range(1, len(boxes)))


def test_entities_keep_their_place_behind_characters_of_two_units() -> None:
    marked = (
        {"type": "bold", "offset": 3, "length": 5},
        {"type": "italic", "offset": 5, "length": 3},
        {"type": "text_link", "offset": 9, "length": 1, "url": "https://example.org/?a=1&b=2"},
    )
    shown = str(styled(Outgoing("\N{GRINNING FACE} ab<cd &x", marked)))
    assert shown == (
        "\N{GRINNING FACE} <strong>ab<em>&lt;cd</em></strong> "
        '<a href="https://example.org/?a=1&amp;b=2">&amp;</a>x'
    )


def test_the_command_writes_the_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "book.html"
    assert main(["book", str(kept)]) == 0
    assert kept.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(kept) in capsys.readouterr().out

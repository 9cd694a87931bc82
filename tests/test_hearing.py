"""`milia-bot hear` tells what typed words mean, in JSON for scoring and in words for editors."""

import json
from typing import Any

import pytest

from bot.hearing import answers, explained
from dialogs.content import Content

KEYS = {"kind", "value", "question", "level", "confidence", "alternatives"}


def heard(content: Content, text: str, question: str | None = None) -> dict[str, Any]:
    (line,) = answers(content, [json.dumps({"text": text, "question": question})])
    found: dict[str, Any] = json.loads(line)
    assert found.keys() >= KEYS
    return found


@pytest.mark.parametrize(
    ("text", "question", "kind", "value"),
    [
        ("i put the toner on 20 mins ago and now my throat is tight", None, "danger", None),
        ("show me my plan", "look", "command", "routine"),
        ("what are milia?", "look", "topic", "what-are-milia"),
        ("on my cheeks", "location", "answer", "face"),
        ("scrap that, its for my baby", "picking", "correction", "baby"),
        ("\N{PILE OF POO}", "look", "none", None),
    ],
)
def test_each_kind_is_told(
    content: Content, text: str, question: str | None, kind: str, value: str | None
) -> None:
    found = heard(content, text, question)
    assert found["kind"] == kind
    assert value is None or found["value"] == value
    assert (found["level"] == "emergency") == (kind == "danger")


def test_a_danger_that_is_only_asked_about_is_unsure_with_its_cards(content: Content) -> None:
    found = heard(content, "my friend says my face is really swollen since the new cream")
    assert (found["kind"], found["asked"], found["level"]) == ("unsure", True, "emergency")
    assert found["alternatives"][0] == {
        "kind": "danger",
        "value": "danger-breathing",
        "level": "emergency",
    }


def test_the_same_words_are_told_the_same(content: Content) -> None:
    texts = ("hmm not sure really", "how much is it", "my skin hates me")
    lines = [json.dumps({"text": text}) for text in texts]
    assert list(answers(content, lines)) == list(answers(content, lines))


@pytest.mark.parametrize("line", ["[]", '{"text": 3}', '{"text": "a", "question": "nose"}', "{"])
def test_a_line_that_asks_nothing_is_refused(content: Content, line: str) -> None:
    with pytest.raises(ValueError, match=r"text|question|Expecting"):
        list(answers(content, [line]))


def test_an_editor_is_told_why(content: Content) -> None:
    told = explained(content, "on my cheeks", "location")
    assert "because of:" in told
    assert "like:" in told
    assert "may be: answer (" in told

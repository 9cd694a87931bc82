"""The labelled lines that understanding is scored on name what the content has."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dialogs.content import Content

HERE = Path(__file__).parent / "understanding"
BESIDE = {"routine", "greeting", "thanks", "out-of-scope", "emergency"}
"""What people want besides a topic."""


def labelled(name: str) -> Iterator[dict[str, Any]]:
    with (HERE / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def test_every_labelled_question_names_a_topic(content: Content) -> None:
    known = {*content.topics, *BESIDE}
    found = list(labelled("questions"))
    assert len(found) >= 300
    assert {name for line in found for name in (line["topic"], *line["also"])} <= known


def test_every_labelled_reply_names_an_option_topic_or_command(content: Content) -> None:
    found = list(labelled("replies"))
    assert len(found) >= 300
    for line in found:
        options = content.questions[line["question"]].options
        earlier = content.questions.get(line.get("of", ""))
        known = {
            "answer": options,
            "confirm": options,
            "topic": content.topics,
            "command": content.commands,
            "correction": earlier.options if earlier else (),
        }.get(line["kind"])
        assert known is None or line["value"] in known, line


def test_every_labelled_danger_has_a_level(content: Content) -> None:
    found = list(labelled("danger"))
    assert len(found) >= 300
    assert {line["level"] for line in found} <= {"soon", "urgent", "emergency"}
    for page in {line["page"] for line in found} & content.messages.keys():
        levels = {line["level"] for line in found if line["page"] == page}
        assert levels == {content.messages[page].level}


def test_no_line_is_labelled_both_dangerous_and_harmless() -> None:
    texts = [line["text"] for name in ("danger", "harmless") for line in labelled(name)]
    assert len(set(texts)) == len(texts) >= 900

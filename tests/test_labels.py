"""The labelled lines that understanding is scored on name what the content has."""

from score import lines

from dialogs.content import Content

BESIDE = {"routine", "greeting", "thanks", "out-of-scope", "emergency"}
"""What people want besides a topic."""


def test_every_labelled_question_names_a_topic(content: Content) -> None:
    known = {*content.topics, *BESIDE}
    found = list(lines("questions"))
    assert len(found) >= 300
    assert {name for line in found for name in (line["topic"], *line["also"])} <= known


def test_every_labelled_reply_names_an_option_topic_or_command(content: Content) -> None:
    found = list(lines("replies"))
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
    found = list(lines("danger"))
    assert len(found) >= 300
    assert {line["level"] for line in found} <= {"soon", "urgent", "emergency"}
    for page in {line["page"] for line in found} & content.messages.keys():
        levels = {line["level"] for line in found if line["page"] == page}
        assert levels == {content.messages[page].level}


def test_no_line_is_labelled_both_dangerous_and_harmless() -> None:
    texts = [line["text"] for name in ("danger", "harmless") for line in lines(name)]
    assert len(set(texts)) == len(texts) >= 900

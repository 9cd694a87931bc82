"""While a question is open all readings of a text are weighed side by side."""

from datetime import UTC, datetime

import pytest
from phone import House, walked
from routes import routes_to_all
from score import lines

from dialogs.answering import Answering
from dialogs.buttons import parse
from dialogs.chat import Chat
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.offering import Offering
from dialogs.speaking import Operator
from dialogs.turns import Tapped
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Correction,
    Danger,
    MaybeDanger,
    Understanding,
)
from dialogs.understanding.deciding import Reading
from dialogs.understanding.weights import WEIGHTS


@pytest.fixture(scope="module")
def understanding(content: Content) -> Understanding:
    return Understanding(content)


def readings(understanding: Understanding, content: Content) -> list[list[Reading]]:
    return [
        understanding.readings(line["text"], content.questions[line["question"]])
        for line in lines("replies", "dev")
    ]


def test_every_mark_has_a_weight_and_every_weight_a_mark(
    understanding: Understanding, content: Content
) -> None:
    found: dict[str, set[str]] = {}
    for reading in [reading for row in readings(understanding, content) for reading in row]:
        found.setdefault(reading.kind, set()).update(reading.marks)
    assert found.keys() == WEIGHTS.keys()
    for kind, marks in found.items():
        assert WEIGHTS[kind].keys() == marks, kind


def test_shares_are_of_one_whole_and_the_likeliest_comes_first(
    understanding: Understanding, content: Content
) -> None:
    for row in readings(understanding, content):
        assert sum(reading.share for reading in row) == pytest.approx(1)
        assert [r.share for r in row] == sorted((r.share for r in row), reverse=True)


def test_the_same_words_are_read_by_what_is_asked(
    understanding: Understanding, content: Content
) -> None:
    at = content.questions
    text = "just on the cheeks"
    assert understanding.read(text, at["location"]) != understanding.read(text, at["sunscreen"])
    assert understanding.read(f"sorry, {text}", at["sunscreen"]) == Correction(
        "location", ("face",)
    )


@pytest.mark.parametrize(
    ("text", "question", "meaning"),
    [
        ("the squeezing answer was meant to be a no", "skin", Correction("picking", ("no",))),
        ("hm depends, will they come back after removal?", "goal", About("prevention-coming-back")),
        ("what has being pregnant to do with it", "pregnancy", Command("why")),
        ("could you show me everything i answered so far", "skin", Command("change")),
        ("cheeks?", "location", Choice(("face",))),
        ("good heavens is it thursday", "skin", None),
    ],
)
def test_what_is_typed_at_a_question(
    text: str, question: str, meaning: object, understanding: Understanding, content: Content
) -> None:
    assert understanding.read(text, content.questions[question]) == meaning


def test_no_single_word_in_passing_makes_a_subject(
    understanding: Understanding, content: Content
) -> None:
    assert understanding.read("purple", None) is None
    assert understanding.read("toothpaste", None) == About("home-remedies")


def test_a_no_to_a_danger_is_followed_by_what_else_was_asked(
    conversation: Conversation, content: Content
) -> None:
    offering = Offering(Answering(content, Operator("", "", ""), "UTC"))
    for topic, page in (("home-remedies", "home-remedies"), (None, "welcome")):
        (asked,) = offering.danger(Chat(), ("danger-eye",), topic).replies
        named = [parse(row[0].data) for row in asked.rows]
        assert [press.option for press in named if press] == ["danger-eye", topic or "go-on"]
        tap = Tapped(asked.rows[-1][0].data, 5)
        told = conversation.turn(Chat(), tap, datetime(2026, 3, 2, 9, tzinfo=UTC))
        assert told.replies[0].pages == (page,)


@pytest.mark.parametrize("number", ["0", "99", "100", "250"])
def test_a_bare_number_is_no_subject_no_danger_and_rarely_an_answer(
    number: str, understanding: Understanding, content: Content
) -> None:
    assert understanding.read(number, None) is None
    for question in content.questions.values():
        meaning = understanding.read(number, question)
        if not content.reply_rules[question.name].bands:
            assert meaning is None, question.name
        assert not isinstance(meaning, (About, Command, Danger, MaybeDanger)), question.name


def test_what_else_it_might_have_been_is_a_topic(
    understanding: Understanding, content: Content
) -> None:
    found = [understanding.read(line["text"], None) for line in lines("questions", "dev")]
    others = [name for meaning in found if isinstance(meaning, About) for name in meaning.others]
    assert len(others) > 100
    assert set(others) <= content.topics.keys()


def test_words_in_another_sense_are_no_danger(understanding: Understanding) -> None:
    for text in ("he has gone grey, eyes half open", "the baby went blue, cot and all"):
        assert understanding.read_danger(text) == "danger-baby-emergency", text
    for text in ("she has grey hair today", "she has grey flannel today"):
        assert not isinstance(understanding.read(text, None), (Danger, MaybeDanger)), text


def test_words_that_take_other_answers_away_are_asked_about_however_plain(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(content)
    phone = walked(house, dict(routes_to_all(house.questions)["location"]))
    before = phone.answers()

    def says(question: str, option: str) -> None:
        meaning = Correction(question, (option,), said=True)
        monkeypatch.setattr(house.conversation._understanding, "read", lambda *_: meaning)

    says("who", "baby")
    assert phone.say("so and so").pages == [("confirm-answer",)]
    assert phone.answers() == before
    says("look", "yellow_patch")
    phone.say("so and so")
    assert phone.answers().keys() == before.keys()
    assert phone.answers() != before


def test_nothing_is_put_right_at_once_while_no_question_stands(
    understanding: Understanding,
) -> None:
    for text in ("the first one", "sorry, i do have a fever", "actually the lids"):
        found = understanding.read(text, None, {"location": (), "red_flag_kind": ()})
        assert not isinstance(found, Correction) or not found.said, text
    found = understanding.read("the first one", None, {"red_flag_kind": ()})
    assert isinstance(found, Correction)

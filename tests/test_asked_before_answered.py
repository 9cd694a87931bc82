"""A typed word answers only a question that stands on the screen, never one about to be asked."""

from pathlib import Path

import pytest
from phone import House, Phone, walked
from routes import routes_to_all
from toy import toy

from dialogs.content import Content


@pytest.fixture(scope="module")
def house(content: Content) -> House:
    return House(content)


def at(house: House, question: str) -> Phone:
    """Somebody without warning signs who is asked this now."""
    phone = walked(house, dict(routes_to_all(house.questions)[question]))
    assert phone.asked is not None
    assert phone.asked.name == question
    assert phone.answers()["red_flags"] == ("none",)
    return phone


@pytest.mark.parametrize("word", ["no", "none", "nope", "No.", "none of these", "not sure"])
def test_a_word_after_an_alarm_is_not_taken_for_the_safety_answer(word: str, house: House) -> None:
    phone = at(house, "location")
    phone.say("my eye hurts")
    before = phone.given()["red_flags"]
    came = phone.say(word)
    assert phone.given()["red_flags"] == before
    assert came.messages[-1].card is not None
    assert came.messages[-1].card.question == "red_flags"


def test_a_word_to_an_old_card_is_not_taken_for_a_safety_answer_that_has_expired(
    house: House,
) -> None:
    phone = at(house, "picking")
    before = phone.given()["red_flags"]
    phone.wait(days=91)
    came = phone.say("no")
    assert phone.given()["red_flags"] == before
    assert came.messages[-1].card is not None
    assert came.messages[-1].card.question == "red_flags"


@pytest.mark.parametrize("word", ["none of these", "no"])
def test_once_the_safety_question_stands_there_again_a_word_answers_it(
    word: str, house: House
) -> None:
    phone = at(house, "location")
    phone.say("my eye hurts")
    phone.choose("go-on")
    before = phone.given()["red_flags"]
    phone.say(word)
    assert phone.given()["red_flags"].options == ("none",)
    assert phone.given()["red_flags"].at > before.at


def test_ticks_left_on_a_card_to_change_are_not_set_when_the_question_is_asked_anew(
    tmp_path: Path,
) -> None:
    phone = walked(House(toy(tmp_path / "content")), {"colour": ("none",), "tools": ("axe",)})
    phone.say("/change")
    phone.choose("", "tools")
    phone.choose("none", "tools")
    phone.say("/back")
    assert phone.asked is not None
    assert phone.asked.name == "tools"
    assert {press.mark for _, press in phone.presses() if press.option in phone.asked.options} == {
        "+"
    }
    phone.choose("done", "tools")
    assert "tools" not in phone.answers()

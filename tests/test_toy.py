"""The conversation on toy content: taps, changes, ticks, and content or schemas that change."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR
from toy import COLOUR, SHAPE, TOOLS, toy

from dialogs import chat as chats
from dialogs.buttons import Press, parse
from dialogs.chat import Chat
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import Button, Tapped, Turn

SAFE = COLOUR.replace("why:", "safer_first: [none, red, blue]\nwhy:")
EXPIRING = "expiry:\n  - {question: colour, after_days: 90, after_change_hours: 24}\n"


@pytest.fixture
def talk(tmp_path: Path) -> Player:
    return begun(Conversation(toy(tmp_path / "content"), OPERATOR))


def begun(conversation: Conversation) -> Player:
    player = Player(conversation, NOW)
    player.say("/start")
    player.tap(player.find("consent"))
    return player


def choose(player: Player, question: str, option: str) -> Turn:
    return player.tap(player.find(option, question))


def answers(player: Player) -> dict[str, tuple[str, ...]]:
    assert player.chat is not None
    assert player.chat.run is not None
    return {name: answer.options for name, answer in player.chat.run.answers.items()}


def ticks(player: Player) -> list[str]:
    assert player.chat is not None
    return list(player.chat.ticks.get("tools", ()))


def pages(turn: Turn) -> list[tuple[str, ...]]:
    return [reply.pages for reply in turn.replies]


def test_two_questions_sharing_an_option_never_answer_each_other(talk: Player) -> None:
    choose(talk, "colour", "red")
    old = talk.find("red", "colour")
    turn = talk.tap(old)
    assert answers(talk) == {"colour": ("red",)}
    assert turn.replies == ()
    choose(talk, "shape", "red")
    assert answers(talk) == {"colour": ("red",), "shape": ("red",)}


def test_three_taps_at_once_are_one_answer(talk: Player) -> None:
    button = talk.find("red", "colour")
    turns = [talk.tap(button) for _ in range(3)]
    assert [len(turn.replies) for turn in turns] == [1, 0, 0]
    assert answers(talk) == {"colour": ("red",)}


def test_a_tap_on_an_earlier_question_changes_that_answer_and_keeps_the_later(talk: Player) -> None:
    blue = talk.find("blue", "colour")
    choose(talk, "colour", "red")
    choose(talk, "shape", "round")
    talk.wait(timedelta(days=3))
    turn = talk.tap(blue)
    assert answers(talk) == {"colour": ("blue",), "shape": ("round",)}
    assert pages(turn) == [("changed", "tools?")]


def test_answers_that_are_not_asked_any_more_are_gone_and_come_back_with_the_old_answer(
    talk: Player,
) -> None:
    none, red = talk.find("none", "colour"), talk.find("red", "colour")
    choose(talk, "colour", "red")
    choose(talk, "shape", "round")
    talk.tap(none)
    assert answers(talk) == {"colour": ("none",)}
    talk.tap(red)
    assert answers(talk) == {"colour": ("red",), "shape": ("round",)}


def test_a_less_safe_change_needs_a_confirming_tap(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "c", {"en/intake/10-colour.md": SAFE}), OPERATOR))
    blue, none = player.find("blue", "colour"), player.find("none", "colour")
    choose(player, "colour", "red")
    assert pages(player.tap(blue)) == [("confirm-less-safe",)]
    assert answers(player) == {"colour": ("red",)}
    player.tap(player.find("confirm"))
    assert answers(player) == {"colour": ("blue",)}
    player.tap(none)
    assert answers(player) == {"colour": ("none",)}


def test_of_two_disagreeing_taps_on_a_safety_question_the_safer_stands(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "c", {"en/intake/10-colour.md": SAFE}), OPERATOR))
    blue, none = player.find("blue", "colour"), player.find("none", "colour")
    player.tap(blue)
    player.tap(none)
    player.tap(blue)
    assert answers(player) == {"colour": ("none",)}


def test_ticks_are_set_not_toggled_and_none_clears_the_others(talk: Player) -> None:
    choose(talk, "colour", "none")
    saw = talk.find("saw", "tools")
    talk.tap(saw)
    assert talk.tap(saw).replies == ()
    talk.tap(talk.find("axe", "tools"))
    assert ticks(talk) == ["saw", "axe"]
    talk.tap(talk.find("none", "tools"))
    assert ticks(talk) == ["none"]
    talk.tap(talk.find("saw", "tools"))
    assert ticks(talk) == ["saw"]
    choose(talk, "tools", "done")
    assert answers(talk)["tools"] == ("saw",)


def test_done_without_a_tick_answers_nothing(talk: Player) -> None:
    choose(talk, "colour", "none")
    turn = choose(talk, "tools", "done")
    assert turn.toast is not None
    assert turn.toast.page == "none-ticked"
    assert "tools" not in answers(talk)


def test_any_chosen_option_of_several_matches_a_condition(talk: Player) -> None:
    choose(talk, "colour", "none")
    for option in ("saw", "unsure"):
        talk.tap(talk.find(option, "tools"))
    turn = choose(talk, "tools", "done")
    assert "see-axe" in turn.replies[-1].pages


def test_back_takes_the_last_answer_away_and_asks_it_again(talk: Player) -> None:
    choose(talk, "colour", "red")
    choose(talk, "shape", "round")
    assert pages(talk.say("/back")) == [("shape?",)]
    assert answers(talk) == {"colour": ("red",)}
    talk.say("/back")
    assert pages(talk.say("/back")) == [("back-none", "colour?")]


def test_an_edited_message_corrects_the_answer_it_gave_and_nothing_else(talk: Player) -> None:
    talk.say("rouge")
    assert pages(talk.edit("navy")) == [("changed", "shape?")]
    assert answers(talk) == {"colour": ("blue",)}
    talk.say("hello there")
    assert pages(talk.edit("red")) == [("edit-unused", "shape?")]
    assert answers(talk) == {"colour": ("blue",)}


def test_starting_over_makes_the_old_buttons_stale(talk: Player) -> None:
    old = talk.find("blue", "colour")
    choose(talk, "colour", "red")
    talk.say("/start")
    again = talk.find("start-over")
    talk.tap(again)
    assert answers(talk) == {}
    for button in (old, again):
        turn = talk.tap(button)
        assert turn.toast is not None
        assert turn.toast.page == "stale"
        assert pages(turn) == [("colour?",)]
        assert answers(talk) == {}


@pytest.mark.parametrize(
    "data",
    ["", "x", "0:a:colour:1:red", "1:~::0:@", "1:zz:colour:1:red", "1:~:colour:1:red", "\ud800"],
)
def test_forged_button_data_changes_nothing(talk: Player, data: str) -> None:
    before = talk.stored
    turn = talk.tap(Button("forged", data))
    assert talk.stored == before
    assert turn.toast is not None
    assert pages(turn) == [("colour?",)]


def test_an_expired_safety_answer_is_asked_again_and_the_rest_is_kept(tmp_path: Path) -> None:
    content = toy(tmp_path / "c", {"rules.yaml": EXPIRING})
    player = begun(Conversation(content, OPERATOR))
    old = player.find("red", "colour")
    choose(player, "colour", "red")
    choose(player, "shape", "round")
    player.tap(player.find("saw", "tools"))
    choose(player, "tools", "done")
    player.wait(timedelta(days=89))
    assert pages(player.say("/routine"))[0][0] == "level-home"
    player.wait(timedelta(days=2))
    assert pages(player.say("/routine")) == [("recheck", "colour?")]
    stale = player.tap(old)
    assert stale.toast is not None
    assert stale.toast.page == "stale"
    turn = choose(player, "colour", "red")
    assert "level-home" in turn.replies[-1].pages
    assert answers(player) == {"colour": ("red",), "shape": ("round",), "tools": ("saw",)}


def test_a_change_a_day_later_opens_the_safety_question_again(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "c", {"rules.yaml": EXPIRING}), OPERATOR))
    choose(player, "colour", "red")
    square, none = player.find("red", "shape"), player.find("none", "shape")
    player.tap(square)
    player.wait(timedelta(hours=25))
    assert pages(player.tap(none)) == [("changed", "recheck", "colour?")]


def test_a_removed_question_falls_away_and_the_talk_goes_on(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "a"), OPERATOR))
    choose(player, "colour", "red")
    less = toy(tmp_path / "b", {"en/intake/20-shape.md": None})
    player.conversation = Conversation(less, OPERATOR)
    turn = choose(player, "shape", "round")
    assert turn.toast is not None
    assert turn.toast.page == "stale"
    assert pages(turn) == [("tools?",)]


def test_a_renamed_option_is_asked_again_and_never_read_as_another(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "a"), OPERATOR))
    choose(player, "colour", "red")
    renamed = {
        "en/intake/10-colour.md": COLOUR.replace("red: Red", "crimson: Red"),
        "en/intake/20-shape.md": SHAPE.replace("[red, blue]", "[crimson, blue]"),
        "en/routine/10-look-red.md": None,
        "en/hear/intake/colour.yaml": None,
    }
    player.conversation = Conversation(toy(tmp_path / "b", renamed), OPERATOR)
    turn = choose(player, "shape", "round")
    assert pages(turn) == [("colour?",)]
    choose(player, "colour", "crimson")
    assert answers(player)["colour"] == ("crimson",)


def test_a_new_question_in_the_middle_is_asked_and_the_later_answers_are_kept(
    tmp_path: Path,
) -> None:
    player = begun(Conversation(toy(tmp_path / "a"), OPERATOR))
    choose(player, "colour", "red")
    choose(player, "shape", "round")
    more = toy(tmp_path / "b", {"en/intake/15-size.md": COLOUR.replace("colour", "size")})
    player.conversation = Conversation(more, OPERATOR)
    assert pages(player.say("/routine"))[-1] == ("size?",)
    choose(player, "size", "blue")
    assert answers(player) == {"colour": ("red",), "shape": ("round",), "size": ("blue",)}


def test_a_question_is_added_with_one_file_and_no_python(tmp_path: Path) -> None:
    page = TOOLS.replace("tools", "hats").replace('several: "true"\n', "")
    player = begun(Conversation(toy(tmp_path / "c", {"en/intake/40-hats.md": page}), OPERATOR))
    choose(player, "colour", "none")
    player.tap(player.find("saw", "tools"))
    assert pages(choose(player, "tools", "done")) == [("hats?",)]
    assert "level-home" in choose(player, "hats", "saw").replies[-1].pages


def test_an_older_schema_is_lifted_and_the_talk_goes_on(
    talk: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(talk, "colour", "red")
    assert talk.stored is not None
    old = json.loads(talk.stored)
    old["schema_version"] = 0
    old["lang"] = old.pop("language")

    def lift(data: dict[str, object]) -> dict[str, object]:
        return {
            **{k: v for k, v in data.items() if k != "lang"},
            "language": data["lang"],
            "schema_version": 1,
        }

    monkeypatch.setattr(chats, "UPGRADES", {0: lift, 1: lambda data: {**data, "schema_version": 2}})
    talk.stored = json.dumps(old)
    assert pages(choose(talk, "shape", "round")) == [("tools?",)]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema_version": 99}', '{"schema_version": 1, "x": 2}']
)
def test_a_stored_chat_that_cannot_be_read_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        chats.load(text)


def test_a_turn_never_changes_the_chat_it_was_given(talk: Player) -> None:
    choose(talk, "colour", "red")
    chat = talk.chat
    assert chat is not None
    before = chat.model_dump_json()
    event = Tapped(talk.find("round", "shape").data, 1)
    first = talk.conversation.turn(chat, event, NOW)
    assert chat.model_dump_json() == before
    assert talk.conversation.turn(chat, event, NOW) == first


def test_every_button_is_read_back_as_it_was_written() -> None:
    for press in (
        Press("abc123", "colour", 1, "red"),
        Press("abc123", "colour", 12, "red", "+"),
        Press("abc123", "colour", 1, mark="="),
        Press("~", option="consent", mark="@"),
    ):
        assert parse(press.data) == press


def test_a_chat_survives_being_stored(talk: Player) -> None:
    choose(talk, "colour", "red")
    choose(talk, "shape", "round")
    assert talk.chat == Chat.model_validate_json(talk.stored or "")


def test_a_run_is_named_by_its_start(talk: Player) -> None:
    assert talk.chat is not None
    assert talk.chat.run is not None
    assert int(talk.chat.run.id, 36) == int(talk.chat.run.started.timestamp() * 1000)
    assert datetime.fromtimestamp(int("zzzzzzzz", 36) / 1000, UTC).year == 2059


def test_ticks_stay_with_the_question_they_were_set_on(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "a"), OPERATOR))
    choose(player, "colour", "none")
    player.tap(player.find("saw", "tools"))
    hats = {"en/intake/25-hats.md": TOOLS.replace("tools", "hats")}
    player.conversation = Conversation(toy(tmp_path / "b", hats), OPERATOR)
    turn = player.say("/routine")
    assert pages(turn) == [("before-plan", "hats?")]
    labels = [button.label for row in turn.replies[-1].rows for button in row]
    assert labels[:2] == ["Saw", "Axe"]
    assert choose(player, "hats", "done").replies == ()

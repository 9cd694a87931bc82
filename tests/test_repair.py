"""Changing, undoing, being told where the talk is, and never being left alone with a miss."""

import json
from datetime import timedelta
from pathlib import Path
from timeit import timeit

import pytest
from conftest import NOW, OPERATOR
from toy import COLOUR, TOOLS, toy

from dialogs import chat as chats
from dialogs import sets
from dialogs.buttons import parse
from dialogs.chat import Chat, Run, load
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.flow import Flow
from dialogs.pages import LABEL_LIMIT
from dialogs.player import Player
from dialogs.progress import Progress
from dialogs.turns import Button, Reply, Turn

SAFE = COLOUR.replace("why:", "safer_first: [none, red, blue]\nwhy:")
CAREFUL = TOOLS.replace("why:", "safer_first: [unsure, axe, saw, none]\nwhy:")
EXPIRING = "expiry:\n  - {question: colour, after_days: 90, after_change_hours: 24}\n"


def begun(conversation: Conversation, *options: str) -> Player:
    player = Player(conversation, NOW)
    player.say("/start")
    player.tap(player.find("consent"))
    for option in options:
        player.tap(player.find(option))
    return player


@pytest.fixture
def talk(tmp_path: Path) -> Player:
    return begun(Conversation(toy(tmp_path / "content"), OPERATOR))


@pytest.fixture
def careful(tmp_path: Path) -> Player:
    pages = {"en/intake/10-colour.md": SAFE, "en/intake/30-tools.md": CAREFUL}
    return begun(Conversation(toy(tmp_path / "careful", pages), OPERATOR))


def finished(player: Player) -> Player:
    for question, option in (("colour", "red"), ("shape", "round")):
        player.tap(player.find(option, question))
    player.tap(player.find("axe", "tools"))
    player.tap(player.find("done", "tools"))
    return player


def run(player: Player) -> Run:
    assert player.chat is not None
    assert player.chat.run is not None
    return player.chat.run


def answers(player: Player) -> dict[str, tuple[str, ...]]:
    return {name: answer.options for name, answer in run(player).answers.items()}


def pages(turn: Turn | None) -> list[tuple[str, ...]]:
    return [reply.pages for reply in turn.replies] if turn else []


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.rows for button in row]


def slots(turn: Turn, page: str) -> dict[str, str]:
    return next(dict(p.slots) for r in turn.replies for p in r.parts if p.page == page)


# --- a card of all answers ---


def test_change_shows_every_answer_and_each_leads_to_its_question(talk: Player) -> None:
    finished(talk)
    turn = talk.say("i want to change something")
    assert pages(turn) == [("change-list",)]
    assert labels(turn.replies[0])[:3] == ["Colour: Red", "Shape: Round", "Tools: Axe"]
    turn = talk.tap(talk.find("change", "shape"))
    assert pages(turn) == [("change-pick", "shape?")]
    marked = [label for label in labels(turn.replies[0]) if not label[0].isascii()]
    assert len(marked) == 1
    assert marked[0].endswith("Round")
    assert turn.replies[0].on is not None
    talk.tap(talk.find("none", "shape"))
    assert answers(talk)["shape"] == ("none",)


def test_words_under_a_change_card_change_that_answer_and_answer_no_other(talk: Player) -> None:
    talk.tap(talk.find("red", "colour"))
    assert pages(talk.say("/change"))[-1] == ("change-list",)
    assert pages(talk.tap(talk.find("change", "colour"))) == [("change-pick", "colour?")]
    talk.say("No colour")
    assert answers(talk) == {"colour": ("none",)}


def test_when_something_else_stands_below_a_change_card_words_are_not_for_it(talk: Player) -> None:
    finished(talk)
    talk.say("/change")
    talk.tap(talk.find("change", "shape"))
    talk.say("/help")
    talk.say("No shape")
    assert answers(talk)["shape"] == ("round",)


def test_the_present_answer_leaves_everything_as_it_is(talk: Player) -> None:
    finished(talk)
    talk.say("/change")
    turn = talk.tap(talk.find("change", "shape"))
    before = run(talk)
    kept = next(b for row in turn.replies[0].rows for b in row if b.label.endswith("Round"))
    assert pages(talk.tap(kept)) == [("kept",)]
    assert run(talk) == before


def test_long_answers_are_cut_to_what_a_narrow_phone_shows(conversation: Conversation) -> None:
    player = begun(conversation, "me", "yes", "airway_swelling")
    turn = player.say("/change")
    assert max(map(len, labels(turn.replies[0]))) == LABEL_LIMIT


def test_without_an_answer_there_is_nothing_to_change(talk: Player) -> None:
    assert pages(talk.say("/change")) == [("change-none", "colour?")]


def test_ticks_are_changed_from_what_was_ticked(talk: Player) -> None:
    finished(talk)
    before = talk.chat
    talk.say("/change")
    talk.tap(talk.find("change", "tools"))
    talk.tap(talk.find("saw", "tools"))
    turn = talk.tap(talk.find("done", "tools"))
    assert answers(talk)["tools"] == ("saw", "axe")
    assert pages(turn)[0][0] == "changed"
    talk.tap(talk.find("undo", "tools"))
    assert talk.chat == before


def test_to_untick_or_to_say_none_is_confirmed_on_a_safety_question(careful: Player) -> None:
    finished(careful)
    for option in ("axe", "none"):
        careful.say("/change")
        careful.tap(careful.find("change", "tools"))
        if option == "axe":
            careful.tap(careful.find("saw", "tools"))
        careful.tap(careful.find(option, "tools"))
        assert pages(careful.tap(careful.find("done", "tools")))[0][0] == "confirm-less-safe"
        assert answers(careful)["tools"] == ("axe",)
    careful.tap(careful.find("confirm", "tools"))
    assert answers(careful)["tools"] == ("none",)


def test_a_set_of_ticks_is_found_again_by_its_word_and_no_word_is_an_id(talk: Player) -> None:
    question = talk.conversation._talk.flow.questions["tools"]
    for chosen in (("saw",), ("saw", "axe"), ("saw", "axe", "unsure")):
        assert sets.options(question, sets.word(chosen)) == chosen
    assert sets.options(question, "0abc") is None
    assert sets.options(talk.conversation._talk.flow.questions["colour"], "0abc") is None


# --- what a change alters ---


def test_the_preview_tells_what_falls_away_and_what_comes(careful: Player) -> None:
    finished(careful)
    before = careful.stored
    careful.tap(careful.find("none", "colour"))
    turn = careful.tap(careful.find("blue", "colour"))
    assert pages(turn)[0][0] == "confirm-less-safe"
    assert slots(turn, "alters-opened") == {"questions": "Shape"}
    careful.tap(careful.find("confirm"))
    careful.say("/undo")
    careful.say("/undo")
    careful.tap(careful.find("confirm"))
    assert careful.stored == before


def test_a_change_on_a_finished_plan_tells_the_lines_that_go_and_come(talk: Player) -> None:
    finished(talk)
    turn = talk.tap(talk.find("none", "colour"))
    assert slots(turn, "alters-closed") == {"questions": "Shape"}
    assert turn.replies[0].pages[-2:] == ("alters-gone", "look-red")
    turn = talk.tap(talk.find("red", "colour"))
    assert turn.replies[0].pages[-2:] == ("alters-come", "look-red")


def test_half_way_no_lines_are_told(talk: Player) -> None:
    talk.tap(talk.find("red", "colour"))
    turn = talk.tap(talk.find("none", "colour"))
    assert pages(turn) == [("changed", "alters-closed", "tools?")]


def test_of_many_lines_five_are_shown_and_the_rest_counted(conversation: Conversation) -> None:
    player = begun(conversation, "me", "none", "pearl", "face", "new", "no", "wait", "daily")
    turn = player.tap(player.find("lid", "location"))
    come = turn.replies[0].pages
    assert come[come.index("alters-come") + 6] == "alters-more"
    assert int(slots(turn, "alters-more")["count"]) >= 1


# --- undo ---


def test_a_typed_answer_can_be_undone_by_its_button(talk: Player) -> None:
    before = talk.chat
    turn = talk.say("rouge")
    assert pages(turn) == [("noted", "shape?")]
    undo = talk.find("undo", "colour")
    turn = talk.tap(undo)
    assert pages(turn) == [("undone", "colour?")]
    assert talk.chat == before
    assert talk.tap(undo).toast is not None
    assert talk.chat == before


def test_the_last_typed_answer_can_be_undone_above_the_routine(conversation: Conversation) -> None:
    player = begun(conversation, "me", "none", "pearl", "face", "new", "no", "wait")
    before = player.chat
    turn = player.say("every day")
    assert pages(turn)[0] == ("noted",)
    assert turn.replies[1].ends
    assert pages(player.tap(player.find("undo", "sunscreen"))) == [("undone", "sunscreen?")]
    assert player.chat == before


def test_an_undo_button_of_an_answer_that_was_replaced_is_stale(talk: Player) -> None:
    talk.say("rouge")
    undo = talk.find("undo", "colour")
    talk.tap(talk.find("blue", "colour"))
    turn = talk.tap(undo)
    assert turn.toast is not None
    assert turn.toast.page == "stale"
    assert answers(talk) == {"colour": ("blue",)}


@pytest.mark.parametrize("words", ["undo", "take that back", "/undo"])
def test_undo_in_words_undoes_the_newest_thing(talk: Player, words: str) -> None:
    finished(talk)
    talk.tap(talk.find("none", "shape"))
    talk.say(words)
    assert answers(talk)["shape"] == ("round",)
    talk.say(words)
    assert "tools" not in answers(talk)


def test_undo_towards_the_less_safe_side_is_confirmed(careful: Player) -> None:
    careful.tap(careful.find("blue", "colour"))
    careful.tap(careful.find("none", "colour"))
    assert pages(careful.say("undo"))[0][0] == "confirm-less-safe"
    assert answers(careful)["colour"] == ("none",)
    careful.tap(careful.find("confirm"))
    assert answers(careful)["colour"] == ("blue",)


def test_undo_never_skips_a_check_that_was_due(tmp_path: Path) -> None:
    """A change after a day makes the safety question due; changed back, it is due still."""
    player = begun(Conversation(toy(tmp_path / "c", {"rules.yaml": EXPIRING}), OPERATOR))
    finished(player)
    player.wait(timedelta(hours=25))
    assert pages(player.tap(player.find("none", "shape")))[-1][-2:] == ("recheck", "colour?")
    player.say("/undo")
    assert answers(player)["shape"] == ("round",)
    assert pages(player.say("/routine")) == [("recheck", "colour?")]


def test_undo_within_a_day_asks_nothing_again(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "c", {"rules.yaml": EXPIRING}), OPERATOR))
    before = finished(player).chat
    player.tap(player.find("none", "shape"))
    player.say("/undo")
    assert player.chat == before


def test_what_was_said_since_is_kept_with_the_answer_undone(talk: Player) -> None:
    talk.tap(talk.find("none", "colour"))
    talk.tap(talk.find("red", "colour"))
    talk.tap(talk.find("round", "shape"))
    talk.tap(talk.find("none", "colour"))
    assert "shape" not in answers(talk)
    talk.tap(talk.find("red", "colour"))
    assert answers(talk)["shape"] == ("round",)


def test_only_so_many_replaced_answers_are_kept(talk: Player) -> None:
    talk.tap(talk.find("red", "colour"))
    for _ in range(20):
        for option in ("blue", "none", "red"):
            talk.tap(talk.find(option, "colour"))
    assert len(talk.stored or "") < 4000


def test_a_chat_of_schema_1_is_lifted_with_its_replaced_answers_and_ticks() -> None:
    answer = {"options": ["b"], "at": "2026-03-02T09:00:00Z", "times": 2, "message_id": None}
    previous = {"options": ["a"], "fell": {}}
    begun_at = "2026-03-01T09:00:00Z"
    old = {
        "schema_version": 1,
        "consent": begun_at,
        "runs": [
            {
                "flow": "intake",
                "started": begun_at,
                "answers": {"q": {**answer, "previous": previous}},
            }
        ],
        "ticks": ["x"],
        "ticks_for": "tools",
    }
    lifted = load(json.dumps(old))
    assert lifted.run is not None
    before = lifted.run.answers["q"].previous
    assert before is not None
    assert before.answer.options == ("a",)
    assert before.answer.at == lifted.run.started
    assert lifted.ticks == {"tools": ("x",)}
    assert load(lifted.model_dump_json()) == lifted
    assert chats.SCHEMA == 2


# --- how far, and why ---


def test_every_question_card_tells_how_far_the_talk_is(conversation: Conversation) -> None:
    player = begun(conversation)
    told = []
    for option in ("me", "none", "pearl", "face", "new", "no", "wait", "daily"):
        turn = player.tap(player.find(option))
        told += [p.slots for r in turn.replies for p in r.parts if p.page == "progress"]
    assert [slots["number"] for slots in told] == [str(number) for number in range(2, 9)]
    assert told[-1]["about"] == "8"
    assert all(int(slots["about"]) >= int(slots["number"]) for slots in told)


def test_the_expected_length_is_never_less_than_what_was_asked(content: Content) -> None:
    flow = Flow("intake", content.flows["intake"], content.rules)
    progress = Progress(flow.questions)
    path = flow.follow(Run(flow="intake", started=NOW), NOW)
    number, about = progress.of(path)
    assert number == 1
    assert 1 < about <= len(flow.questions)
    assert timeit(lambda: progress.of(path), number=1000) / 1000 < 0.0002


def test_of_a_question_open_again_its_own_place_is_told(tmp_path: Path) -> None:
    player = begun(Conversation(toy(tmp_path / "c", {"rules.yaml": EXPIRING}), OPERATOR))
    finished(player)
    player.wait(timedelta(days=91))
    assert slots(player.say("/routine"), "progress") == {"number": "1", "about": "3"}


def test_why_is_answered_on_the_card_and_the_buttons_stay(talk: Player) -> None:
    shown = next(reply for _, reply in reversed(talk.shown) if reply.card)
    turn = talk.tap(talk.find("why-asked", "colour"))
    assert pages(turn) == [("colour?why", "colour?")]
    assert labels(turn.replies[0]) == labels(shown)
    assert turn.replies[0].card is not None
    assert turn.replies[0].card.on is not None


def test_why_on_an_old_card_is_told_of_its_question_above_the_open_one(talk: Player) -> None:
    why = talk.find("why-asked", "colour")
    talk.tap(talk.find("red", "colour"))
    turn = talk.tap(why)
    assert pages(turn) == [("colour?why", "shape?")]
    assert turn.replies[0].card is not None
    assert turn.replies[0].card.on is None


# --- not understood, away, started over ---


def test_after_misses_come_a_hint_an_example_and_buttons(talk: Player) -> None:
    assert pages(talk.say("zzz")) == [("not-understood", "colour?")]
    turn = talk.say("zzz")
    assert slots(turn, "not-understood-again") == {"example": "rouge", "other": "azure"}
    turn = talk.say("zzz")
    assert pages(turn) == [("not-understood-help", "colour?")]
    assert labels(turn.replies[0])[-2:] == ["One question back", "Help"]
    assert pages(talk.tap(talk.find("help"))) == [("help",), ("colour?",)]
    talk.tap(talk.find("red", "colour"))
    assert pages(talk.say("zzz"))[-1][0] == "not-understood"


def test_who_does_not_know_is_shown_the_way_out(talk: Player) -> None:
    talk.tap(talk.find("none", "colour"))
    for _ in range(3):
        turn = talk.say("zzz")
    assert slots(turn, "not-understood-unsure") == {"option": "Not sure"}


def test_an_unknown_command_is_told_so(talk: Player) -> None:
    assert pages(talk.say("/colour")) == [("unknown-command", "colour?")]


def test_after_days_an_answer_is_taken_and_anything_else_gets_the_choice(talk: Player) -> None:
    talk.tap(talk.find("red", "colour"))
    talk.wait(timedelta(days=4))
    turn = talk.say("zzz")
    assert pages(turn) == [("returning",)]
    assert labels(turn.replies[0]) == ["Go on where we were", "Show my plan", "Start over"]
    assert pages(talk.say("zzz")) == [("not-understood", "shape?")]
    talk.wait(timedelta(days=4))
    assert pages(talk.send("sticker")) == [("not-text",), ("returning",)]
    talk.wait(timedelta(days=4))
    assert pages(talk.say("round")) == [("noted", "tools?")]


def test_an_old_button_to_start_over_asks_again(talk: Player) -> None:
    talk.tap(talk.find("red", "colour"))
    talk.say("/start")
    old = talk.find("start-over")
    talk.tap(talk.find("round", "shape"))
    assert pages(talk.tap(old)) == [("returning",)]
    assert answers(talk) == {"colour": ("red",), "shape": ("round",)}
    talk.tap(talk.find("start-over"))
    assert answers(talk) == {}


def test_an_edit_that_gave_no_answer_is_told_to_change_none(talk: Player) -> None:
    talk.say("zzz")
    assert pages(talk.edit("red")) == [("edit-unused", "colour?")]
    assert answers(talk) == {}
    talk.say("rouge")
    assert pages(talk.edit("red")) == [("kept", "shape?")]
    assert pages(talk.edit("zzz")) == [("edit-unused", "shape?")]


def test_an_edit_of_a_ticked_word_is_not_silent(talk: Player) -> None:
    talk.tap(talk.find("none", "colour"))
    talk.say("saw")
    assert pages(talk.edit("axe")) == [("edit-unused", "tools?")]


def test_after_an_outage_only_who_is_mid_talk_is_asked(talk: Player) -> None:
    def asked(chat: Chat | None) -> list[tuple[str, ...]]:
        assert chat is not None
        return [reply.pages for reply in talk.conversation.asked_again(chat, NOW)]

    assert asked(talk.chat) == [("asked-again", "colour?")]
    assert asked(Chat()) == []
    talk.say("i want to kill myself")
    assert asked(talk.chat) == []
    talk.say("/routine")
    assert asked(finished(talk).chat) == []


@pytest.mark.parametrize("word", ["change", "change my answers", "undo", "back", "forget me"])
def test_words_for_repair_work_in_every_state(talk: Player, word: str) -> None:
    assert pages(Player(talk.conversation, NOW).say(word))
    for state in ("you zzz", "you [colour: red]", "you i want to kill myself", "wait 9 days"):
        talk.play(state)
        before = talk.stored
        turn = talk.say(word)
        assert turn.replies
        assert pages(turn)[0][0] not in ("not-understood", "here", "nothing-open")
        talk.stored = before


def test_forged_data_of_the_new_kinds_changes_nothing(talk: Player) -> None:
    finished(talk)
    before, name = run(talk), run(talk).id
    for told in ("colour:1:?", "tools:1:~0zz", "tools:1:saw", "tools:1:<saw", "colour:9:~blue"):
        talk.tap(Button("forged", f"1:{name}:{told}"))
        assert run(talk) == before, told
    assert parse(f"1:{name}:colour:1:?") is not None

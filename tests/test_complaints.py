"""Fifteen complaints that people make about bots of this kind; each is none here."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR
from phone import House, Phone, a_way_on, answer, begun, walked
from routes import longest_route, routes_to_all
from toy import COLOUR, toy

from bot.incoming import Incoming
from bot.rendering import Renderer
from bot.store.applying import Batch
from bot.store.opening import open_database
from bot.store.outbox import stamp
from bot.store.sqlite import Lone
from bot.talking import Talk
from dialogs.buttons import Mark, Press, action, parse
from dialogs.chat import Run, load
from dialogs.content import Content, ContentError
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import Button, Tapped
from dialogs.walking import Walked

SIDE_QUESTION = "what are milia?"
NOBODY_SAYS = "qwxz vfgh jkpl"


@pytest.fixture(scope="module")
def house(content: Content) -> House:
    return House(content)


@pytest.fixture(scope="module")
def route(house: House) -> Walked:
    return longest_route(house.questions)


def at_each_question(house: House) -> list[tuple[str, Phone]]:
    """Somebody at every question there is."""
    ways = routes_to_all(house.questions)
    return [(name, walked(house, dict(before))) for name, before in ways.items()]


def elsewhere(phone: Phone, house: House) -> Phone:
    """The same chat, at a bot that was started anew."""
    twin = phone.fork()
    twin.house = house
    return twin


def asked(phone: Phone) -> str:
    return phone.asked.name if phone.asked else ""


def test_1_nobody_is_trapped_start_help_and_forget_lead_out_of_every_question(
    house: House,
) -> None:
    for name, phone in at_each_question(house):
        for word in ("/start", "hello", "/help", "/forget"):
            twin = phone.fork()
            assert twin.say(word).messages, name
            assert a_way_on(twin), name
        twin = phone.fork()
        twin.say("/forget")
        twin.choose("forget")
        assert twin.stored is None
        assert twin.say("hello").messages[-1].keyboard


def test_1_start_offers_to_go_on_or_to_start_over_once_something_was_said(house: House) -> None:
    for name, phone in at_each_question(house):
        if not phone.answers():
            continue
        phone.say("/start")
        assert {"go-on", "start-over"} <= {press.option for _, press in phone.presses()}, name
        twin = phone.fork()
        twin.choose("go-on")
        assert (asked(twin), twin.answers()) == (name, phone.answers())
        phone.choose("start-over")
        assert (asked(phone), phone.answers()) == (next(iter(house.questions)), {})


def test_2_what_is_due_by_time_is_due_after_a_restart_too(content: Content, house: House) -> None:
    phone = walked(house, {"who": ("me",), "red_flags": ("none",)})
    again = elsewhere(phone, House(content))
    again.wait(days=91)
    assert again.say("/routine").messages[-1].card is not None
    assert asked(again) == "red_flags"


def test_3_taps_on_old_buttons_after_a_restart_do_not_freeze_the_chat(
    content: Content, house: House
) -> None:
    anew = House(content)
    for name, phone in at_each_question(house):
        for number, data in phone.shown():
            twin = elsewhere(phone, anew)
            assert twin.tap(data, number).incoming.callback_id, name
            assert a_way_on(twin), f"{name}: {data}"


def test_4_five_quick_taps_are_one_answer_and_one_next_question(house: House) -> None:
    phone = begun(house)
    data = phone.keyboard()[0]
    came = [phone.tap(data, 3) for _ in range(5)]
    assert [len(one.messages) for one in came] == [1, 0, 0, 0, 0]
    assert len(phone.answers()) == 1


def test_5_to_tap_every_button_twice_skips_no_question_and_spoils_no_answer(
    house: House, route: Walked
) -> None:
    phone, seen = begun(house), []
    for question, options in route.items():
        seen.append(asked(phone))
        data = phone.find(options[0], question)
        answer(phone, question, options)
        if not house.questions[question].several:
            phone.tap(data)
    assert seen == list(route)
    assert phone.answers() == route


def test_6_buttons_from_before_other_content_raise_nothing_and_lead_on(tmp_path: Path) -> None:
    house = House(toy(tmp_path / "before"))
    phone = walked(house, {"colour": ("blue",), "shape": ("round",)})
    pages = {
        "en/intake/10-colour.md": COLOUR.replace("blue: Blue", "green: Green"),
        "en/intake/20-shape.md": None,
        "en/hear/intake/colour.yaml": None,
    }
    after = House(toy(tmp_path / "after", pages))
    for number, data in phone.shown():
        twin = elsewhere(phone, after)
        came = twin.tap(data, number)
        assert came.toast or came.messages, data
        assert a_way_on(twin), data
    for odd in ("0:a:b:c", "2:~::0:@consent", "consent", "colour:red", "{}", ""):
        twin = elsewhere(phone, after)
        assert twin.tap(odd).toast == after.toast("stale")
        assert asked(twin) == "colour"


def test_7_back_leads_from_every_question_along_the_way_that_was_taken(
    house: House, route: Walked
) -> None:
    phone = walked(house, dict(route))
    for word, question in zip(("/back", "go back") * 20, reversed([*route]), strict=False):
        phone.say(word)
        assert asked(phone) == question
        assert question not in phone.answers()
    assert phone.answers() == {}
    phone.say("/back")
    assert asked(phone) == next(iter(route))


def test_8_any_one_answer_can_be_corrected_after_the_plan_and_the_others_stay(
    house: House, route: Walked
) -> None:
    plan = walked(house, dict(route))
    plan.say("/change")
    listed = [press.question for _, press in plan.presses() if press.question]
    assert listed == list(route)
    for data, press in plan.presses():
        if not press.question:
            continue
        twin = plan.fork()
        twin.tap(data)
        question, old = house.questions[press.question], plan.answers()[press.question]
        safer = [o for o in question.options if (o,) != old and not question.less_safe(old, (o,))]
        if question.several or not safer:
            continue
        twin.choose(safer[0], press.question)
        assert twin.answers()[press.question] == (safer[0],)
        before = list(route)[: list(route).index(press.question)]
        assert {name: twin.answers()[name] for name in before} == {n: route[n] for n in before}
        assert a_way_on(twin)


def test_8_what_a_change_alters_is_told_before_it_is_made_less_careful(house: House) -> None:
    phone = walked(house, {"who": ("me",), "red_flags": ("yes",), "red_flag_kind": ("unsure",)})
    phone.say("/change")
    phone.choose("", "red_flags")
    came = phone.choose("none", "red_flags")
    assert came.pages[-1][0] == "confirm-less-safe"
    assert house.questions["red_flag_kind"].title in came.messages[-1].text
    assert phone.answers()["red_flags"] == ("yes",)
    phone.choose("confirm")
    assert phone.answers() == {"who": ("me",), "red_flags": ("none",)}


def test_9_each_time_somebody_is_not_understood_they_are_told_more(house: House) -> None:
    for name, phone in at_each_question(house):
        texts, buttons = [], []
        for _ in range(3):
            came = phone.say(NOBODY_SAYS)
            assert asked(phone) == name
            texts.append(came.messages[-1].text)
            buttons.append(len(phone.keyboard()))
        assert len(set(texts)) == 3, name
        assert buttons[2] > buttons[0], name


def test_10_a_whole_talk_can_be_typed(house: House, route: Walked) -> None:
    phone = Phone(house)
    phone.say("hi")
    phone.say(house.content.messages["welcome"].buttons["consent"])
    for question, options in route.items():
        assert asked(phone) == question
        for option in options:
            phone.say(house.questions[question].options[option])
        if house.questions[question].several:
            phone.choose("done", question)
        assert phone.answers()[question] == options
    assert "card-end" in str(phone.say("/routine").pages)


def test_11_a_deploy_that_takes_any_question_away_leaves_everybody_a_way_on(
    content: Content, house: House
) -> None:
    people = at_each_question(house)
    for gone in house.questions:
        left = {name: q for name, q in house.questions.items() if name != gone}
        # Learning anew for each would take half a minute and show nothing.
        flows = {**content.flows, "intake": left}
        after = House(replace(content, flows=flows, examples={}))
        for name, phone in people:
            twin = elsewhere(phone, after)
            for text in ("hello", SIDE_QUESTION, "/routine"):
                assert twin.say(text).messages, f"{gone} is gone, at {name}"
            assert a_way_on(twin), f"{gone} is gone, at {name}"
            kept = {n: o for n, o in phone.answers().items() if n != gone}
            assert kept.items() <= twin.answers().items()


def test_11_a_deploy_that_takes_an_option_away_asks_those_again_who_chose_it(
    content: Content, house: House
) -> None:
    for name, phone in at_each_question(house):
        question = house.questions[name]
        for option in list(question.options)[:2]:
            twin = phone.fork()
            answer(twin, name, (option,))
            options = {o: label for o, label in question.options.items() if o != option}
            changed = question.model_copy(update={"options": options})
            flow = {**house.questions, name: changed}
            twin.house = House(replace(content, flows={**content.flows, "intake": flow}))
            twin.say("/start")
            if twin.presses() and not asked(twin):
                twin.choose("go-on")
            assert asked(twin) == name, option
            assert option not in [press.option for _, press in twin.presses()]


def test_12_a_save_that_is_cut_off_anywhere_leaves_the_chat_whole(
    content: Content, house: House, route: Walked, tmp_path: Path
) -> None:
    database = tmp_path / "milia.db"
    connection = open_database(database, lambda: NOW)
    talk = Talk(Conversation(content, OPERATOR), Renderer(content), lambda: NOW)
    known: list[dict[str, tuple[str, ...]]] = []
    for number, data in enumerate(taps_along(house, route)):
        connection.execute("BEGIN IMMEDIATE")
        Batch(Lone(connection), stamp(NOW), talk.turn, talk.apology).apply(
            Incoming(number, 7, Tapped(data, 1), "9")
        )
        connection.execute("COMMIT")
        known.append(stored(connection))
    log = database.with_name("milia.db-wal")
    size = log.stat().st_size
    cuts = [*range(0, size, max(1, size // 150)), size]
    found = [stored_after_a_cut(database, log, place, tmp_path / "cut") for place in cuts]
    connection.close()
    assert all(answers in known or answers == {} for answers in found)
    assert found == sorted(found, key=len)
    assert found[-1] == known[-1]
    assert len({len(answers) for answers in found}) == len(route) + 1


def taps_along(house: House, route: Walked) -> Iterator[str]:
    """The taps of somebody who agrees now and answers at once."""
    yield action("consent").data
    run = Run(flow="intake", started=NOW).id
    for name, options in route.items():
        mark: Mark = "+" if house.questions[name].several else ""
        for option in options:
            yield Press(run, name, 1, option, mark).data
        if mark:
            yield Press(run, name, 1, mark="=").data


def stored(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    row = connection.execute("SELECT state FROM chats WHERE chat_id = 7").fetchone()
    chat = load(row[0]) if row else None
    return {n: a.options for n, a in chat.run.answers.items()} if chat and chat.run else {}


def stored_after_a_cut(
    database: Path, log: Path, place: int, folder: Path
) -> dict[str, tuple[str, ...]]:
    """What a copy holds whose log ends at some byte."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(database, folder / database.name)
    (folder / log.name).write_bytes(log.read_bytes()[:place])
    connection = sqlite3.connect(folder / database.name)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        return stored(connection) if "chats" in tables else {}
    finally:
        connection.close()


def test_13_a_whole_talk_is_played_and_replayed_without_telegram(
    conversation: Conversation, route: Walked
) -> None:
    player = Player(conversation, NOW)
    player.say("/start")
    player.tap(player.find("consent"))
    for question, options in route.items():
        for option in options:
            player.tap(player.find(option, question))
        if (done := find_done(player, question)) is not None:
            player.tap(done)
    assert "card-end" in player.lines[-1]
    other = Player(conversation, NOW)
    for line in player.lines:
        if line.startswith("you "):
            other.play(line)
    assert other.lines == player.lines


def find_done(player: Player, question: str) -> Button | None:
    """The button that ends the ticks of a question, if it has ticks."""
    for _, reply in reversed(player.shown):
        for row in reply.rows:
            for button in row:
                press = parse(button.data)
                if press and press.question == question and press.mark == "=":
                    return button
    return None


def test_14_a_label_that_is_a_command_word_is_a_fault_of_the_content(tmp_path: Path) -> None:
    for number, label in enumerate(("Help", "start over", "My plan")):
        page = COLOUR.replace("blue: Blue", f"blue: {label}")
        with pytest.raises(ContentError, match=r"10-colour\.md"):
            toy(tmp_path / str(number), {"en/intake/10-colour.md": page})


def test_14_no_label_is_taken_for_anything_but_its_option(house: House) -> None:
    for name, phone in at_each_question(house):
        question = house.questions[name]
        for option, label in question.options.items():
            twin = phone.fork()
            twin.say(label)
            assert question.several or twin.answers()[name] == (option,), label


def test_15_after_a_side_question_the_same_question_stands_below_the_answer_once(
    house: House,
) -> None:
    for name, phone in at_each_question(house):
        came = phone.say(SIDE_QUESTION)
        assert [bool(message.card) for message in came.messages] == [False, True]
        assert came.pages[0] == ("what-are-milia",)
        assert asked(phone) == name


def test_15_with_a_plan_or_after_a_crisis_a_side_question_is_followed_by_no_question(
    house: House, route: Walked
) -> None:
    plan = walked(house, dict(route))
    assert [message.card for message in plan.say(SIDE_QUESTION).messages] == [None]
    sad = begun(house)
    sad.say("i want to kill myself")
    assert not any(message.card for message in sad.say(SIDE_QUESTION).messages)

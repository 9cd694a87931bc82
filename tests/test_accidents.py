"""Nine accidents over real sockets: ours comes through each; the control shows that it need not.

The control is a stock `ConversationHandler` bot. What it does in each accident is asserted as it
is, and the claim in the test's name is what its people would say of it.
"""

import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from accidents import (
    ANN,
    Control,
    Ours,
    answer,
    asks,
    begin,
    begun,
    button,
    handled,
    over,
    said,
    says,
    spins,
    spun,
    tap,
    texts,
)
from people import asked, buttons, until
from routes import longest_route, routes_to_all
from toy import COLOUR, write

from bot.playground import Playground
from dialogs.content import Content
from dialogs.walking import Walked

pytestmark = pytest.mark.asyncio
OUTAGE = 200
"""Seconds; longer than Telegram keeps a tap."""
GREEN = COLOUR.replace("blue: Blue", "green: Green")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def ours(server: Playground, tmp_path: Path) -> AsyncIterator[Ours]:
    bot = Ours(server, tmp_path)
    await bot.start()
    yield bot
    await over(bot)


@pytest_asyncio.fixture
async def control(server: Playground, tmp_path: Path) -> AsyncIterator[Control]:
    bot = Control(server, tmp_path)
    await bot.start()
    yield bot
    await over(bot)


@pytest.fixture(scope="module")
def route(content: Content) -> Walked:
    """The longest way through the questions."""
    return longest_route(content.flows["intake"])


def upto(route: Walked, question: str) -> Walked:
    """The answers before a question."""
    names = list(route)
    return {name: route[name] for name in names[: names.index(question)]}


def sharing(content: Content) -> tuple[Walked, str, str, str]:
    """The answers before two questions that follow each other and share an option; and these."""
    questions = content.flows["intake"]
    for first, before in routes_to_all(questions).items():
        for option in questions[first].options:
            given = {**before, first: (option,)}
            chosen = {name: questions[name].counting(options) for name, options in given.items()}
            later = list(questions)[list(questions).index(first) + 1 :]
            second = next((name for name in later if questions[name].applies(chosen)), None)
            single = second and not (questions[first].several or questions[second].several)
            if second and single and option in questions[second].options:
                return before, first, second, option
    raise AssertionError("no two questions share an option")


async def control_asks(server: Playground, answers: str = "") -> None:
    """Begin a talk with the control, and answer."""
    server.say(ANN, "/start")
    await says(server, "sensitive")
    for words, data in zip(("pick", "cream"), answers.split(), strict=False):
        server.tap(ANN, data=data)
        await says(server, words)


async def control_knows(server: Playground) -> str:
    """What the control says that it was told."""
    known = len(said(server))
    server.say(ANN, "/show_data")
    await until(lambda: len(said(server)) > known)
    return said(server)[-1].partition(": ")[2]


# --- 1: an old answer is edited ---


async def test_1_an_edit_of_an_old_answer_corrects_it(
    server: Playground, ours: Ours, content: Content, route: Walked
) -> None:
    question = content.flows["intake"]["location"]
    safest, other = question.safer_first[0], question.safer_first[-1]
    await begun(server, upto(route, "location"))
    await asks(server, "location")
    typed = server.say(ANN, question.options[other])
    await until(lambda: asked(server, ANN) not in ("", "location"))
    known = len(said(server))
    server.edit(ANN, typed["message_id"], question.options[safest])
    await until(lambda: len(said(server)) > known)
    assert any(question.options[safest] in text for text in said(server)[known:])
    assert asked(server, ANN) not in ("", "location")
    await ours.rest(server)
    assert ours.answers(ANN)["location"] == [safest]


async def test_1_the_control_keeps_the_old_answer_and_says_nothing(
    server: Playground, control: Control
) -> None:
    await control_asks(server, "no no")
    typed = server.say(ANN, "Niveau")
    await says(server, "sunscreen")
    known = texts(server)
    server.edit(ANN, typed["message_id"], "Nivea")
    await handled(server)
    assert said(server) == [text for text in known if text in said(server)]
    assert "cream=Niveau " in await control_knows(server) + " "


# --- 2: a deploy takes the state away ---


async def test_2_after_a_deploy_without_the_question_and_the_option_the_talk_goes_on(
    server: Playground, tmp_path: Path
) -> None:
    ours = Ours(server, tmp_path, CONTENT_DIR=str(write(tmp_path / "before")))
    await ours.start()
    await begun(server, {"colour": ("blue",), "shape": ("round",)})
    await asks(server, "tools")
    old = button(server, "saw")
    await ours.rest(server)
    pages = {
        "en/intake/10-colour.md": GREEN,
        "en/intake/20-shape.md": None,
        "en/hear/intake/colour.yaml": None,
    }
    ours.environment["CONTENT_DIR"] = str(write(tmp_path / "after", pages))
    await ours.start()
    (query,) = [server.tap(ANN, data=old[1], message_id=old[0])]
    await spun(server, query)
    await answer(server, "colour", ("green",))
    await answer(server, "tools", ("axe",))
    await says(server, "Show someone the axe.")
    await ours.rest(server)
    assert ours.answers(ANN)["colour"] == ["green"]
    assert ours.answers(ANN)["tools"] == ["axe"]


async def test_2_the_control_is_deaf_in_the_state_that_is_gone_even_to_start(
    server: Playground, control: Control
) -> None:
    await control_asks(server, "no no")
    assert await control.end(signal.SIGTERM) == 0
    control.environment["WITHOUT"] = "2"
    await control.start()
    known = said(server)
    server.say(ANN, "Nivea")
    server.say(ANN, "/start")
    await handled(server)
    assert said(server) == known


# --- 3: a restart ---


async def test_3_after_a_restart_the_open_question_and_all_answers_are_there(
    server: Playground, ours: Ours, route: Walked
) -> None:
    last = list(route)[-1]
    await begun(server, upto(route, last))
    await asks(server, last)
    await ours.rest(server)
    await ours.start()
    await answer(server, last, route[last])
    await until(lambda: asked(server, ANN) == "")
    await ours.rest(server)
    assert ours.answers(ANN) == {name: list(options) for name, options in route.items()}


async def test_3_after_an_outage_that_ate_a_tap_the_question_is_asked_again_once(
    server: Playground, ours: Ours, route: Walked
) -> None:
    question = list(route)[1]
    await begun(server, upto(route, question))
    await asks(server, question)
    await ours.rest(server)
    tap(server, route[question][0])
    server.advance(OUTAGE)
    assert server.overview()["pending"] == []
    ours.has_slept(OUTAGE)
    known = len(said(server))
    await ours.start()
    await until(lambda: len(said(server)) > known)
    assert asked(server, ANN) == question
    assert buttons(server, ANN)[0][0] == server.transcript(ANN)[-1]["message_id"]
    await ours.rest(server)
    ours.has_slept(OUTAGE)
    await ours.start()
    await handled(server)
    assert len(said(server)) == known + 1
    await answer(server, question, route[question])
    await until(lambda: asked(server, ANN) != question)


async def test_3_the_control_does_not_say_that_it_is_back_and_the_tap_is_lost(
    server: Playground, control: Control
) -> None:
    await control_asks(server, "no")
    assert await control.end(signal.SIGTERM) == 0
    query = server.tap(ANN, data="yes")
    server.advance(OUTAGE)
    known = said(server)
    await control.start()
    await handled(server)
    assert said(server) == known
    assert spins(server, query)
    assert await control_knows(server) == "skin=no"


# --- 4: the second of two taps meets the next question ---


async def test_4_a_double_tap_never_answers_the_next_question_that_has_the_same_option(
    server: Playground, ours: Ours, content: Content
) -> None:
    before, first, second, option = sharing(content)
    await begun(server, before)
    await asks(server, first)
    await spun(server, *tap(server, option, times=2))
    await asks(server, second)
    await ours.rest(server)
    assert ours.answers(ANN)[first] == [option]
    assert second not in ours.answers(ANN)


async def test_4_the_control_takes_the_second_tap_for_an_answer_to_the_next_question(
    server: Playground, control: Control
) -> None:
    await control_asks(server)
    message = server.transcript(ANN)[-1]["message_id"]
    for _ in range(2):
        server.tap(ANN, data="no", message_id=message, force=True)
    await says(server, "cream")
    assert await control_knows(server) == "skin=no picking=no"


# --- 5: a double tap on a question that is closed ---


async def test_5_the_spinner_of_a_tap_on_a_closed_question_ends(
    server: Playground, ours: Ours, route: Walked
) -> None:
    last = list(route)[-1]
    await begun(server, upto(route, last))
    await asks(server, last)
    number, data, press = button(server, route[last][0])
    twice = tap(server, route[last][0], times=2)
    if press.mark == "+":
        twice += tap(server, "=", times=2)
    await spun(server, *twice)
    await until(lambda: asked(server, ANN) == "")
    late = server.tap(ANN, data=data, message_id=number, force=True)
    await spun(server, late)
    assert len(server.toasts(ANN)) >= 1
    await ours.rest(server)
    assert ours.answers(ANN)[last] == [route[last][0]]


async def test_5_the_control_lets_the_button_of_a_closed_question_spin(
    server: Playground, control: Control
) -> None:
    await control_asks(server, "no no")
    server.say(ANN, "Nivea")
    await says(server, "Do you use sunscreen?")
    message = server.transcript(ANN)[-1]["message_id"]
    first, second = (server.tap(ANN, data="no", message_id=message, force=True) for _ in range(2))
    await handled(server)
    assert not spins(server, first)
    assert spins(server, second)


# --- 6: killed seconds after an answer ---


async def test_6_an_answer_that_was_replied_to_is_on_disk_when_the_bot_is_killed(
    server: Playground, ours: Ours, route: Walked
) -> None:
    first, second = list(route)[:2]
    await begun(server, upto(route, second))
    await asks(server, second)
    await ours.end(signal.SIGKILL)
    assert ours.answers(ANN) == {first: list(route[first])}
    await ours.start()
    await answer(server, second, route[second])
    await until(lambda: asked(server, ANN) != second)
    await ours.rest(server)
    assert list(ours.answers(ANN)) == [first, second]


async def test_6_the_control_forgets_the_answer_and_is_deaf_to_the_open_question(
    server: Playground, control: Control
) -> None:
    await control_asks(server, "no")
    await control.end(signal.SIGKILL)
    await control.start()
    query = server.tap(ANN, data="yes")
    await handled(server)
    assert spins(server, query)
    assert await control_knows(server) == ""


# --- 7: three taps at once ---


async def test_7_three_taps_at_once_are_one_answer_and_one_next_question(
    server: Playground, ours: Ours, route: Walked
) -> None:
    first, second = list(route)[:2]
    await begin(server)
    since = len(server.calls())
    await spun(server, *tap(server, route[first][0], times=3))
    await asks(server, second)
    await ours.rest(server)
    assert ours.answers(ANN) == {first: list(route[first])}
    cards = [shown for shown in server.outbox(since) if keyboard_of(shown, second)]
    assert len(cards) == 1


async def test_7_three_different_options_at_once_answer_that_question_and_no_other(
    server: Playground, ours: Ours, content: Content
) -> None:
    first = next(iter(content.flows["intake"]))
    options = list(content.flows["intake"][first].options)[-3:]
    await begin(server)
    found = [button(server, option) for option in options]
    taps = [server.tap(ANN, data=data, message_id=n, force=True) for n, data, _ in found]
    await spun(server, *taps)
    await ours.rest(server)
    assert list(ours.answers(ANN)) == [first]
    assert ours.answers(ANN)[first][0] in options


async def test_7_the_control_answers_two_questions_and_lets_the_third_tap_spin(
    server: Playground, control: Control
) -> None:
    await control_asks(server)
    message = server.transcript(ANN)[-1]["message_id"]
    taps = [
        server.tap(ANN, data=data, message_id=message, force=True)
        for data in ("yes", "no", "unsure")
    ]
    await handled(server)
    assert [spins(server, query) for query in taps] == [False, False, True]
    assert await control_knows(server) == "skin=yes picking=no"


# --- 8: a sticker, then a cry for help ---


async def test_8_a_sticker_and_help_are_answered_at_every_question_which_then_stands_again(
    server: Playground, ours: Ours, route: Walked
) -> None:
    await begin(server)
    for question, options in route.items():
        await asks(server, question)
        for sent in (server.send(ANN, "sticker"), server.say(ANN, "/help")):
            await until(partial(is_below, server, sent["message_id"]))
            assert asked(server, ANN) == question
        await answer(server, question, options)
    await until(lambda: asked(server, ANN) == "")
    known = len(said(server))
    server.send(ANN, "sticker")
    server.say(ANN, "/help")
    await until(lambda: len(said(server)) >= known + 2)


def is_below(server: Playground, message_id: int) -> bool:
    """Whether the newest keyboard stands below a message."""
    return next((number for number, *_ in buttons(server, ANN)), 0) > message_id


async def test_8_the_control_is_silent_about_a_sticker_and_help_leads_nowhere(
    server: Playground, control: Control
) -> None:
    await control_asks(server)
    for words, data in (("pick", "no"), ("cream", "no")):
        known = said(server)
        server.send(ANN, "sticker")
        await handled(server)
        assert said(server) == known
        assert await after_help(server) == "Use /start and /cancel."
        server.tap(ANN, data=data)
        await says(server, words)
    server.send(ANN, "sticker")
    await handled(server)
    assert said(server)[-1] == "Use /start and /cancel."


async def after_help(server: Playground) -> str:
    """The last thing that the bot says after a call for help."""
    known = len(said(server))
    server.say(ANN, "/help")
    await until(lambda: len(said(server)) > known)
    await handled(server)
    return said(server)[-1]


# --- 9: a turn that raises ---


async def test_9_a_turn_that_raises_ends_in_an_apology_with_the_question_and_all_answers(
    server: Playground, tmp_path: Path, content: Content, route: Walked
) -> None:
    first, second = list(route)[:2]
    ours = Ours(server, tmp_path, FAULTY=second)
    ours.script = "faulty_bot.py"
    await ours.start()
    await begun(server, upto(route, second))
    await asks(server, second)
    (query,) = tap(server, route[second][0])
    await spun(server, query)
    await says(server, content.messages["apology"].text.split(",")[0])
    assert asked(server, ANN) == second
    await ours.rest(server)
    assert ours.answers(ANN) == {first: list(route[first])}
    ours.script = None
    await ours.start()
    await answer(server, second, route[second])
    await until(lambda: asked(server, ANN) != second)
    await ours.rest(server)
    assert list(ours.answers(ANN)) == [first, second]


async def test_9_the_control_says_nothing_and_lets_the_button_spin(
    server: Playground, tmp_path: Path
) -> None:
    control = Control(server, tmp_path, FAULT="1")
    await control.start()
    await control_asks(server, "no")
    known = said(server)
    query = server.tap(ANN, data="no")
    await handled(server)
    await over(control)
    assert said(server) == known
    assert spins(server, query)


def keyboard_of(shown: dict[str, object], question: str) -> bool:
    """Whether something shown is the card of a question."""
    return f":{question}:" in str(shown.get("message"))

"""A change that is changed back leaves the chat as it was, whatever was asked and answered."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phone import Came, House, Phone, walked
from routes import asked_now, route
from toy import toy

from dialogs.buttons import Press
from dialogs.content import Content
from dialogs.forks import choices

EXAMPLES = settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module", params=["real", "toy"])
def house(
    request: pytest.FixtureRequest, content: Content, tmp_path_factory: pytest.TempPathFactory
) -> House:
    """The real questions, and toys among which is one that may have several answers."""
    if request.param == "real":
        return House(content)
    return House(toy(tmp_path_factory.mktemp("toys") / "content"))


def draw_talk(data: st.DataObject, house: House) -> Phone:
    """Somebody who has answered the first few questions of some way, at least one."""

    def pick(options: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        return data.draw(st.sampled_from(options))

    whole = route(house.questions, pick)
    size = data.draw(st.integers(1, len(whole)), label="answered")
    return walked(house, {name: whole[name] for name in list(whole)[:size]})


def draw_change(data: st.DataObject, phone: Phone) -> tuple[str, tuple[str, ...]]:
    """A question that was answered and is still asked, and another answer to it."""
    asked = asked_now(phone.house.questions, phone.answers())
    name = data.draw(st.sampled_from(sorted(asked & phone.answers().keys())), label="question")
    others = [o for o in choices(phone.house.questions[name]) if o != phone.answers()[name]]
    return name, data.draw(st.sampled_from(others), label="other")


def change(phone: Phone, name: str, options: tuple[str, ...]) -> Came:
    """Change an answer by the buttons of its card, and confirm it if that is asked."""
    chat, given_ = phone.chat, phone.given()[name]
    assert chat is not None
    assert chat.run is not None
    press = Press(chat.run.id, name, given_.times)
    if not phone.house.questions[name].several:
        came = phone.tap(press.data + options[0])
    else:
        phone.say("/change")
        phone.tap(f"{press.data}?")
        for option in phone.house.questions[name].options:
            if (option in options) != (option in given_.options):
                phone.tap(press.data + ("+" if option in options else "-") + option)
        came = phone.tap(f"{press.data}=")
    if ("confirm-less-safe",) in [pages[:1] for pages in came.pages]:
        came = phone.choose("confirm")
    assert phone.answers()[name] == options
    return came


def remembered(phone: Phone) -> dict[str, Any]:
    """The chat as it is stored, but for the count of misses."""
    assert phone.chat is not None
    return phone.chat.model_dump(exclude={"misses"})


@EXAMPLES
@given(data=st.data())
def test_a_change_and_the_change_back_give_the_original_chat(
    data: st.DataObject, house: House
) -> None:
    phone = draw_talk(data, house)
    before = remembered(phone)
    name, other = draw_change(data, phone)
    original = phone.answers()[name]
    change(phone, name, other)
    assert remembered(phone) != before
    change(phone, name, original)
    assert remembered(phone) == before


@EXAMPLES
@given(data=st.data())
def test_undo_after_a_change_gives_the_original_chat(data: st.DataObject, house: House) -> None:
    phone = draw_talk(data, house)
    before = remembered(phone)
    change(phone, *draw_change(data, phone))
    undone(phone)
    assert remembered(phone) == before


@EXAMPLES
@given(data=st.data())
def test_the_button_to_undo_that_stands_under_a_change_gives_the_original_chat(
    data: st.DataObject, house: House
) -> None:
    phone = draw_talk(data, house)
    before = remembered(phone)
    change(phone, *draw_change(data, phone))
    undo = [d for d, press in phone.presses() if press.mark == "~"]
    undo = undo or [d for _, d in phone.shown() if ":~" in d.partition(":")[2].partition(":")[2]]
    came = phone.tap(undo[-1])
    if ("confirm-less-safe",) in [pages[:1] for pages in came.pages]:
        phone.choose("confirm")
    assert remembered(phone) == before


@EXAMPLES
@given(data=st.data())
def test_changes_undone_one_by_one_lead_back_through_the_same_chats(
    data: st.DataObject, house: House
) -> None:
    """To change an answer to what it was is to undo, so each change is to something new."""
    phone = draw_talk(data, house)
    seen, said = [phone.answers()], {(n, o) for n, o in phone.answers().items()}
    for _ in range(data.draw(st.integers(2, 4))):
        name, other = draw_change(data, phone)
        if (name, other) in said:
            continue
        change(phone, name, other)
        said.add((name, other))
        seen.append(phone.answers())
    for before in reversed(seen[:-1]):
        undone(phone)
        assert phone.answers() == before


def undone(phone: Phone) -> None:
    """Undo in words, and confirm it if that is asked."""
    came = phone.say("/undo")
    if ("confirm-less-safe",) in [pages[:1] for pages in came.pages]:
        phone.choose("confirm")

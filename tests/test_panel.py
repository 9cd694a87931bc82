"""What editors are told: where a message comes from, and the talk as a test."""

import asyncio

import pytest
from toy import REAL

from bot.outgoing import Outgoing
from bot.panel import OLDER, LocalPanel, origin
from bot.playground import Playground
from bot.rereading import Pages
from dialogs.content import Content
from dialogs.turns import CalledInGroup, Sent, Turn, Typed


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(REAL)


def test_every_page_that_can_be_shown_is_found_with_its_facts(content: Content) -> None:
    names = [*content.steps, *content.topics, *content.messages]
    names += [f"{name}{mark}" for name in content.questions for mark in ("?", "?why")]
    for name in names:
        found = origin(content, name)
        assert (REAL / found["file"]).is_file(), name
        assert all(fact["says"] for fact in found["facts"])
    question = next(iter(content.questions.values()))
    told = [fact["id"] for fact in origin(content, f"{question.name}?")["facts"]]
    assert told == [*question.facts]


def test_a_page_that_is_gone_is_named_all_the_same(content: Content) -> None:
    assert origin(content, "no-such-page") == {"page": "no-such-page", "file": "", "facts": []}


@pytest.mark.asyncio
async def test_a_talk_is_written_down_for_the_chat_it_was_in(pages: Pages) -> None:
    server = Playground()
    panel = LocalPanel(server, pages)
    first, other = server.say(1, "a  b\nc")["message_id"], server.say(2, "x")["message_id"]
    panel.waited(3600)
    panel.heard(Typed("a  b\nc", first), Turn(None))
    panel.heard(Typed("x", other), Turn(None))
    panel.heard(Sent("photo", server.send(1, "photo")["message_id"]), Turn(None))
    panel.heard(CalledInGroup("https://t.me/one"), Turn(None))
    panel.heard(Typed("lost", 999), Turn(None))
    await asyncio.sleep(0)
    panel.waited(90 * 86400)
    panel.waited(90)
    lines = ["you a b c", "you (photo)", "wait 90 days", "wait 2 minutes"]
    assert panel.known(1)["talk"].splitlines() == lines
    assert panel.known(2)["talk"].splitlines() == ["you x", *lines[2:]]
    assert panel.known(3)["talk"] == ""


@pytest.mark.asyncio
async def test_an_edit_that_no_test_can_make_is_marked(pages: Pages) -> None:
    server = Playground()
    panel = LocalPanel(server, pages)
    first, last = (server.say(1, text)["message_id"] for text in ("one", "two"))
    for event in (
        Typed("one", first),
        Typed("two", last),
        Typed("TWO", last, edited=True),
        Typed("ONE", first, edited=True),
    ):
        panel.heard(event, Turn(None))
    await asyncio.sleep(0)
    lines = ["you one", "you two", "edit TWO", OLDER, "edit ONE"]
    assert panel.known(1)["talk"].splitlines() == lines


@pytest.mark.asyncio
async def test_the_pages_of_a_message_are_told_once_each(pages: Pages) -> None:
    server = Playground()
    panel = LocalPanel(server, pages)
    with server.watch(1) as watch:
        panel.sent(1, 5, Outgoing("x", pages=("help", "who?", "help")))
        told = await anext(watch)
    assert [page["page"] for page in told.about["origins"][5]] == ["help", "who?"]
    assert panel.known(1)["origins"] == told.about["origins"]

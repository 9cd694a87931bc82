"""Whole talks with the real bot in a real browser, by keyboard alone, at two sizes and colours."""

import os
from pathlib import Path

import pytest
from browser import Chat, Local, NewChat, Scheme, plain_option
from playwright.async_api import expect

from dialogs.content import Content
from dialogs.player import Player

pytest_plugins = ("browsing",)
pytestmark = pytest.mark.asyncio(loop_scope="session")
LOOKS: tuple[tuple[int, int, Scheme], ...] = (
    (11, 390, "light"),
    (12, 390, "dark"),
    (13, 1280, "light"),
    (14, 1280, "dark"),
)


async def look(chat: Chat, folder: Path, name: str) -> None:
    """Keep a picture of the window, and see that nothing sticks out of it."""
    kept = Path(os.environ.get("SCREENSHOTS", folder))
    await chat.page.screenshot(path=kept / f"{name}.png")
    wide = "node => node.scrollWidth - node.clientWidth"
    assert await chat.log.evaluate(wide) == 0
    assert await chat.page.locator("html").evaluate(wide) == 0


async def answer(chat: Chat, line: str) -> str:
    """Give the plain answer to the open question; gives the last line that came back."""
    question = chat.open_question(line)
    assert question is not None
    option = plain_option(question)
    after = await chat.turn(chat.press(chat.button(question.options[option])))
    if question.several:
        await chat.box.focus()
        return await chat.turn(chat.press(chat.button(chat.label("ticks-done", "done"))))
    return after


@pytest.mark.parametrize(("person", "width", "scheme"), LOOKS)
async def test_a_whole_talk_goes_by_keyboard_alone(
    person: int,
    width: int,
    scheme: Scheme,
    local: Local,
    new_chat: NewChat,
    content: Content,
    player: Player,
    tmp_path: Path,
) -> None:
    chat = await new_chat(local.url, person, width, scheme)
    start, topic = (
        chat.page.get_by_role("button", name="Start", exact=True),
        next(iter(content.topics)),
    )
    await expect(start).to_be_focused()
    await look(chat, tmp_path, f"{width}-{scheme}-1-start")
    assert await chat.turn(chat.page.keyboard.press("Enter")) == "bot welcome"
    await expect(chat.box).to_be_focused()
    line = await chat.turn(chat.press(chat.button(chat.label("welcome", "consent"))))
    asked = 0
    while chat.open_question(line):
        await chat.box.focus()
        if asked == 1:
            assert await chat.say(content.topics[topic].title) == line
            assert f"bot {topic}" in await chat.lines()
            await look(chat, tmp_path, f"{width}-{scheme}-2-aside")
        line = await answer(chat, line)
        asked += 1
    assert line.startswith("bot level-")
    assert line.endswith(", card-end")
    await expect(chat.messages.last).to_contain_text(
        content.messages["card-end"].text.split("} ")[1][:30]
    )
    await look(chat, tmp_path, f"{width}-{scheme}-3-plan")
    await an_old_button_says_that_it_is_old(chat)
    await a_listed_answer_is_changed(chat, content)
    await look(chat, tmp_path, f"{width}-{scheme}-4-changed")
    await the_talk_plays_again(chat, player)


async def an_old_button_says_that_it_is_old(chat: Chat) -> None:
    await chat.box.focus()
    old = chat.log.get_by_role("button", name=chat.label("welcome", "consent"))
    await chat.turn(chat.press(old))
    assert "toast stale" in await chat.lines()
    await expect(chat.page.get_by_role("status", name="Notices")).not_to_be_empty()


async def a_listed_answer_is_changed(chat: Chat, content: Content) -> None:
    """From the card of all answers to the question, and another option there."""
    await chat.say("/change")
    first = next(iter(content.questions.values()))
    await expect(chat.page.get_by_role("button", name=f"{first.title}: ").last).to_be_visible()
    shown = await chat.log.get_by_role("button").all_text_contents()
    question = next(
        q
        for q in reversed([*content.questions.values()])
        if not q.several and any(label.startswith(f"{q.title}: ") for label in shown)
    )
    listed = chat.page.get_by_role("button", name=f"{question.title}: ")
    await chat.turn(chat.press(listed.last))
    other = next(option for option in question.options if option != plain_option(question))
    line = await chat.turn(chat.press(chat.button(question.options[other])))
    if line.startswith("bot confirm-less-safe"):
        await chat.turn(chat.press(chat.button(chat.label("confirm-less-safe", "confirm"))))
    assert "bot changed" in "\n".join(await chat.lines())


async def the_talk_plays_again(chat: Chat, player: Player) -> None:
    """What the panel offers to copy is a talk that goes the same way in memory."""
    lines = await chat.lines()
    for line in lines:
        if line.startswith(("you ", "edit ", "wait ")):
            player.play(line)
    assert player.lines == lines

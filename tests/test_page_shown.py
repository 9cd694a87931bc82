"""What the page shows of what a bot does, with the bot left out: put there by hand."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from browser import NewChat
from playwright.async_api import expect
from standin import keyboard

from bot.playground import Playground
from bot.playground.page import Page

pytest_plugins = ("browsing",)
pytestmark = pytest.mark.asyncio(loop_scope="session")
RING = """() => {
  const here = document.activeElement;
  return here === document.body || getComputedStyle(here).outlineStyle !== 'none';
}"""
"""Whether the focus can be seen, or is with the browser itself."""
SMILE = "\N{GRINNING FACE}"


@pytest_asyncio.fixture(loop_scope="session")
async def bare() -> AsyncIterator[tuple[Playground, Page]]:
    """The page without a bot: what it shows is put there by hand."""
    server = Playground()
    page = Page(server)
    server.mount(*page.routes())
    async with server:
        yield server, page
        page.close()


def shown(server: Playground, text: str, entities: list[dict[str, Any]], **more: Any) -> None:
    """Let the bot say something to person 1."""
    server.person(1, started=True)
    content = {"text": text, "entities": entities, **more}
    server.state.put(server.state.chats[1], server.state.bot, content)


async def test_entities_stand_where_they_belong(
    bare: tuple[Playground, Page], new_chat: NewChat
) -> None:
    server, page = bare
    text = f"{SMILE} bold both <i>& link code\n\N{BULLET} /help https://example.org/a."
    at = [text.index(word) + 1 for word in ("bold", "both", "link", "code")]
    marks = [
        {"type": "italic", "offset": at[1], "length": 4},
        {"type": "bold", "offset": at[0], "length": 9},
        {"type": "text_link", "offset": at[2], "length": 4, "url": "https://example.org/?a&b"},
        {"type": "code", "offset": at[3], "length": 4},
        {"type": "text_link", "offset": 0, "length": 2, "url": "javascript:alert(1)"},
    ]
    shown(server, text, marks)
    chat = await new_chat(page.url)
    bubble = chat.messages.last
    await expect(bubble.locator("strong")).to_have_text("bold both")
    await expect(bubble.locator("strong em")).to_have_text("both")
    await expect(bubble.locator("code")).to_have_text("code")
    await expect(bubble.get_by_role("link")).to_have_text(["link", "https://example.org/a"])
    await expect(bubble.get_by_role("button", name="/help")).to_be_visible()
    assert text in str(await bubble.inner_text())


async def test_edits_deletions_typing_and_alerts_show_at_once(
    bare: tuple[Playground, Page], new_chat: NewChat
) -> None:
    server, page = bare
    shown(server, "Before", [], reply_markup=keyboard())
    chat = await new_chat(page.url)
    await chat.button("Yes").click()
    await expect(chat.button("Yes")).to_have_attribute("aria-busy", "true")
    tap = next(iter(server.state.taps))
    told = {"callback_query_id": str(tap), "text": "Sure", "show_alert": True, "url": ""}
    server.state.tell("answered", 1, told)
    await expect(chat.page.get_by_role("dialog")).to_contain_text("Sure")
    await chat.page.get_by_role("button", name="OK").click()
    await expect(chat.button("Yes")).not_to_have_attribute("aria-busy", "true")
    here = server.state.chats[1]
    server.state.tell("action", 1, {"action": "typing"})
    await expect(chat.log).to_contain_text("typing")
    message = next(iter(here.messages.values()))
    server.state.replace(
        here, {k: v for k, v in message.items() if k != "reply_markup"} | {"text": "After"}
    )
    await expect(chat.messages.last).to_contain_text("After")
    await expect(chat.messages.last).to_contain_text("edited")
    await expect(chat.log.get_by_role("group")).to_have_count(0)
    server.state.remove(here, message["message_id"])
    await expect(chat.messages).to_have_count(0)


async def test_a_keyboard_in_place_of_the_keys_answers_with_its_words(
    bare: tuple[Playground, Page], new_chat: NewChat
) -> None:
    server, page = bare
    shown(server, "Which?", [])
    chat = await new_chat(page.url)
    answers = chat.page.get_by_role("group", name="Answers")
    await expect(answers).to_be_hidden()
    server.state.tell("keyboard", 1, {"keyboard": [["This one", "That one"]]})
    await answers.get_by_role("button", name="That one").click()
    await expect(chat.messages.last).to_contain_text("That one")


async def test_the_focus_stays_on_a_button_that_is_drawn_anew(
    bare: tuple[Playground, Page], new_chat: NewChat
) -> None:
    server, page = bare
    rows = [[{"text": name, "callback_data": name}] for name in ("one", "two", "three")]
    shown(server, "Which?", [], reply_markup={"inline_keyboard": rows})
    chat = await new_chat(page.url)
    await chat.box.focus()
    await chat.reach(chat.button("two"))
    here = server.state.chats[1]
    message = next(iter(here.messages.values()))
    server.state.replace(here, message | {"text": "Which now?"})
    await expect(chat.messages.last).to_contain_text("Which now?")
    await expect(chat.button("two")).to_be_focused()
    moved = {"inline_keyboard": [[{"text": "new", "callback_data": "new"}], *rows[2:]]}
    server.state.replace(here, message | {"reply_markup": moved})
    await expect(chat.button("new")).to_be_focused()

"""What the page shows and lets one do, in a real browser against the real bot."""

import re
import shutil
from pathlib import Path
from time import monotonic

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from browser import Chat, Local, NewChat, Scheme, local_bot
from playwright.async_api import expect
from toy import REAL

from dialogs.content import Content

pytest_plugins = ("browsing",)
pytestmark = pytest.mark.asyncio(loop_scope="session")
RING = """() => {
  const here = document.activeElement;
  return here === document.body || getComputedStyle(here).outlineStyle !== 'none';
}"""
"""Whether the focus can be seen, or is with the browser itself."""
SMILE = "\N{GRINNING FACE}"


async def started(new_chat: NewChat) -> float:
    """Seconds from the command to the first answer on the page."""
    began = monotonic()
    async with local_bot() as bot:
        chat = await new_chat(bot.url)
        await chat.turn(chat.page.get_by_role("button", name="Start", exact=True).click())
        took = monotonic() - began
        await chat.page.close()
    return took


async def test_it_is_usable_within_three_seconds(new_chat: NewChat) -> None:
    took = [await started(new_chat)]
    while took[-1] >= 3 and len(took) < 3:  # others may have kept the machine busy
        took.append(await started(new_chat))
    assert took[-1] < 3, took


async def test_two_people_have_a_talk_each(local: Local, new_chat: NewChat) -> None:
    one, other = await new_chat(local.url, 21), await new_chat(local.url, 22)
    await one.start()
    await expect(other.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await other.start()
    await one.say("what are milia?")
    await expect(one.messages.filter(has_text="what are milia?")).to_have_count(1)
    await expect(other.messages.filter(has_text="what are milia?")).to_have_count(0)
    again = await new_chat(local.url, 21)
    await expect(again.messages).to_have_count(await one.messages.count())
    await one.page.get_by_label("Person").select_option("22")
    await expect(one.messages).to_have_count(await other.messages.count())


async def test_own_messages_are_edited_and_deleted(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 31)
    await chat.start()
    await chat.say("what are mila?")
    await chat.page.keyboard.press("ArrowUp")
    await expect(chat.box).to_have_value("what are mila?")
    await chat.page.keyboard.press("Escape")
    await expect(chat.box).to_have_value("")
    mine = chat.page.get_by_role("button", name="Actions: what are")
    await chat.press(mine)
    await chat.page.get_by_role("menuitem", name="Edit").press("Enter")
    await chat.box.fill("what are milia")
    await chat.turn(chat.box.press("Enter"))
    assert "edit what are milia" in await chat.lines()
    own = chat.log.get_by_role("article", name=re.compile("^You,"))
    await expect(own.filter(has_text="edited")).to_have_count(1)
    before = await chat.messages.count()
    await mine.click()
    await chat.page.get_by_role("menuitem", name="Delete").click()
    await expect(chat.messages).to_have_count(before - 1)


async def test_anything_can_be_sent(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 41, 390)
    await chat.start()
    for kind in ("Photo", "Voice message", "Sticker", "Location", "Document"):
        await sent(chat, kind)


async def sent(chat: Chat, kind: str) -> None:
    await chat.page.get_by_role("button", name="Attach").click()
    await chat.turn(chat.page.get_by_role("menuitem", name=kind).click())
    page = "photo" if kind == "Photo" else "not-text"
    assert (await chat.lines())[-1].startswith(f"bot {page}, ")
    mine = chat.log.get_by_role("article", name=re.compile("^You,"))
    if kind == "Photo":
        await expect(mine.last.get_by_role("img", name="Photo, 90")).to_have_js_property(
            "naturalWidth", 90
        )
    else:
        await expect(mine.last).to_contain_text("notes.pdf" if kind == "Document" else kind)


async def test_the_commands_are_the_bots_own(
    local: Local, new_chat: NewChat, content: Content
) -> None:
    chat = await new_chat(local.url, 51)
    await chat.start()
    await chat.page.get_by_role("button", name="Commands").click()
    menu = chat.page.get_by_role("menu", name="Commands")
    await expect(menu.get_by_role("menuitem")).to_have_count(len(content.commands))
    await chat.page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(chat.box).to_be_focused()
    await chat.page.keyboard.type("/hel")
    await chat.page.keyboard.press("ArrowDown")
    await chat.turn(chat.page.keyboard.press("Enter"))
    assert "bot help" in await chat.lines()


async def test_a_blocked_bot_is_silent_until_it_is_unblocked(
    local: Local, new_chat: NewChat
) -> None:
    chat = await new_chat(local.url, 61)
    await chat.start()
    await chat.page.get_by_role("button", name="Chat menu").click()
    await chat.page.get_by_role("menuitem", name="Block the bot").click()
    await expect(chat.box).to_be_hidden()
    await chat.page.get_by_role("button", name="Unblock the bot").click()
    await expect(chat.box).to_be_visible()
    assert (await chat.say("/help")).endswith("?")


async def test_colours_can_be_chosen(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 71, 390, "dark")
    ground = "node => getComputedStyle(node).backgroundColor"
    dark = await chat.page.locator("body").evaluate(ground)
    await chat.page.get_by_role("button", name="Chat menu").click()
    await chat.page.get_by_role("menuitem", name="Colours: light").click()
    assert await chat.page.locator("body").evaluate(ground) != dark
    await chat.page.reload()
    assert await chat.page.locator("body").evaluate(ground) != dark


async def test_the_clock_moves_and_the_talk_says_so(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 81, 390)
    await chat.start()
    clock = chat.page.locator("time")
    before = await clock.text_content()
    await chat.page.get_by_role("button", name="Panel").click()
    for move in ("+1 hour", "+1 day", "+7 days", "+90 days"):
        await chat.turn(chat.page.get_by_role("button", name=move).click())
    await expect(clock).not_to_have_text(before or "")
    waits = ["wait 1 hour", "wait 1 day", "wait 7 days", "wait 90 days"]
    assert (await chat.lines())[-4:] == waits
    await chat.page.keyboard.press("Escape")
    await expect(chat.page.get_by_role("button", name="Panel")).to_be_focused()
    assert re.match(r"bot resume, .*\?$", await chat.say("/start"))


async def test_the_talk_can_be_copied(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 85)
    await chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await chat.start()
    await chat.page.get_by_role("button", name="Copy").click()
    await expect(chat.page.get_by_text("Copied.")).to_be_visible()
    copied = await chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("you /start\nbot welcome\nyou [consent]\nbot ")
    assert copied.endswith("?\n")


async def test_the_panel_names_pages_facts_and_sources(
    local: Local, new_chat: NewChat, content: Content
) -> None:
    chat = await new_chat(local.url, 91)
    await chat.start()
    await chat.say("what are milia?")
    panel = chat.page.get_by_role("complementary", name="Panel for editors")
    await panel.get_by_role("button", name="Earlier message").click()
    topic = content.topics["what-are-milia"]
    await expect(panel).to_contain_text(topic.file)
    for name in topic.facts:
        await expect(panel).to_contain_text(content.facts[name].says)
    await expect(panel).to_contain_text(content.hash)


async def test_a_changed_page_counts_from_the_next_turn_and_a_bad_one_never(
    new_chat: NewChat, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(REAL, tmp_path / "content"))
    help_page = folder / "en/messages/help.md"
    good = help_page.read_text(encoding="utf-8")
    async with local_bot(CONTENT_DIR=str(folder)) as bot:
        chat = await new_chat(bot.url)
        await chat.start()
        help_page.write_text(good.replace("Tap a button", "Touch a button"), encoding="utf-8")
        await chat.say("/help")
        await expect(chat.messages.filter(has_text="Touch a button")).to_have_count(1)
        help_page.write_text(good.replace("facts: [", "facts: [made-up, "), encoding="utf-8")
        faults = chat.page.get_by_role("list", name="Faults")
        await expect(faults).to_contain_text("en/messages/help.md:2")
        await expect(faults).to_contain_text("made-up")
        await chat.say("/help")
        await expect(chat.messages.filter(has_text="Touch a button")).to_have_count(2)
        help_page.write_text(good, encoding="utf-8")
        await chat.say("/help")
        await expect(faults).to_be_empty()
        await expect(chat.messages.filter(has_text="Tap a button")).to_have_count(1)
        await chat.page.close()


@pytest.mark.parametrize(
    ("person", "width", "scheme"),
    [(95, 390, "light"), (96, 390, "dark"), (97, 1280, "light"), (98, 1280, "dark")],
)
async def test_axe_finds_nothing_amiss(
    person: int, width: int, scheme: Scheme, local: Local, new_chat: NewChat
) -> None:
    """Contrast, names, roles, landmarks: at the start, in a talk, with a menu, in the panel."""
    chat = await new_chat(local.url, person, width, scheme)
    await no_fault(chat)
    await chat.start()
    await chat.say("what are milia?")
    await no_fault(chat)
    await chat.page.get_by_role("button", name="Attach").click()
    await no_fault(chat)
    await chat.page.keyboard.press("Escape")
    if width < 600:
        await chat.page.get_by_role("button", name="Panel").click()
        await no_fault(chat)


async def no_fault(chat: Chat) -> None:
    found = await Axe().run(chat.page)
    assert found.violations_count == 0, found.generate_report()


async def test_everything_has_a_name_and_shows_the_focus(local: Local, new_chat: NewChat) -> None:
    chat = await new_chat(local.url, 99)
    await chat.start()
    await chat.say("what are milia?")
    nameless = """() => [...document.querySelectorAll('button, a, select, textarea, input')]
        .filter(node => node.checkVisibility() && !(node.ariaLabel || node.textContent.trim()
            || node.labels?.length)).map(node => node.outerHTML)"""
    assert await chat.page.evaluate(nameless) == []
    await chat.box.focus()
    for _ in range(25):
        await chat.page.keyboard.press("Tab")
        assert await chat.page.evaluate(RING), await chat.focused()

"""The book in a real browser: readable on a phone and on paper, and without barriers."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from conftest import NOW
from playwright.async_api import Browser

from bot.book import write
from dialogs.content import Content
from dialogs.conversation import Conversation

pytest_plugins = ("browsing",)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_book_reads_well_on_a_phone_and_fetches_nothing(
    browser: Browser, content: Content, conversation: Conversation, tmp_path: Path
) -> None:
    kept = tmp_path / "book.html"
    kept.write_text(write(content, conversation, NOW), encoding="utf-8")
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: asked.append(told.text))
    await page.goto(kept.as_uri())
    wide = "node => node.scrollWidth"
    assert await page.locator("html").evaluate(wide) == 390
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert asked == [kept.as_uri()]
    await page.close()

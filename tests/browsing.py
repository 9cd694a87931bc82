"""Fixtures of the tests in a browser: Chromium itself, windows in it, and a bot to talk to."""

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser import Chat, Local, NewChat, Scheme, local_bot
from playwright.async_api import Browser, async_playwright, expect

from dialogs.content import Content

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    async with async_playwright() as playing:
        started = await playing.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_chat(browser: Browser, content: Content) -> AsyncIterator[NewChat]:
    """Opens windows; afterwards none of them may have complained or looked outside."""
    chats: list[Chat] = []

    async def opened(
        url: str, person: int = 1, width: int = 1280, scheme: Scheme = "light"
    ) -> Chat:
        size = {"width": width, "height": 844 if width < 600 else 800}
        page = await browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        chat = Chat(page, content)
        chats.append(chat)
        await page.goto(f"{url}?person={person}")
        await expect(page.get_by_role("heading", name="Playground")).to_be_visible()
        return chat

    yield opened
    for chat in chats:
        await chat.page.close()
    assert [fault for chat in chats for fault in chat.faults] == []
    outside = {url for chat in chats for url in chat.asked if "//127.0.0.1:" not in url}
    assert outside == set()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def local() -> AsyncIterator[Local]:
    """One bot for all that do not change its pages; each test takes people of its own."""
    async with local_bot() as bot:
        yield bot

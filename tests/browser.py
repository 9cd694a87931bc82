"""The real bot as a chat page, and a person who reaches it in Chromium by roles and labels."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Locator, Page, expect

from dialogs.content import Content
from dialogs.pages import Question

ROOT = Path(__file__).parent.parent
SETTINGS = ("TELEGRAM_BOT_TOKEN", "PORT", "CONTENT_DIR", "DATABASE_URL", "LOG_LEVEL", "DISPLAY")
TALK, BUTTONS = "The talk as a conversation test", "Buttons"
PREFERRED = {"who": "me"}
"""Where no answer is the plain one, the one that leads through most questions."""
MOST_TABS = 60
ARROW = """node => {
  const here = document.activeElement;
  if (!node.closest('[role=group], [role=menu]')?.contains(here)) return '';
  const after = here.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  return after ? 'ArrowDown' : 'ArrowUp';
}"""
"""The arrow that leads from the focus to a button, if both are in the same group."""

Scheme = Literal["light", "dark"]
NewChat = Callable[..., Awaitable["Chat"]]

expect.set_options(timeout=10_000)


class Local:
    """`python -m bot` without a token, as a process of its own."""

    process: asyncio.subprocess.Process
    told: list[str]

    async def start(self, **settings: str) -> "Local":
        known = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot"),
            cwd=ROOT,
            env=known | {"PORT": "0"} | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.told = []
        while not self.told or "/chat/" not in self.told[-1]:
            self.told.append(await self.line())
        return self

    @property
    def url(self) -> str:
        return next(line for line in self.told if "/chat/" in line)

    async def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = await self.process.wait()
        assert self.process.stdout is not None
        self.told += (await self.process.stdout.read()).decode().splitlines()
        return code

    async def line(self) -> str:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, self.told
        return line.decode().rstrip("\n")


@asynccontextmanager
async def local_bot(**settings: str) -> AsyncIterator[Local]:
    bot = await Local().start(**settings)
    try:
        yield bot
    finally:
        if bot.process.returncode is None:
            await bot.end()


class Chat:
    """One window of the page, and what went wrong in it."""

    def __init__(self, page: Page, content: Content) -> None:
        self.page, self._content = page, content
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda told: self.faults.append(f"{told.type}: {told.text}"))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        self.log = page.get_by_role("log")
        self.box = page.get_by_role("textbox", name="Message", exact=True)
        self.messages = self.log.get_by_role("article")

    async def lines(self) -> list[str]:
        """The talk so far, as the panel has it."""
        return (await self.page.get_by_label(TALK).input_value()).splitlines()

    def button(self, label: str) -> Locator:
        """A button under the newest message that has any; a tick may stand before its label."""
        return self.log.get_by_role("group", name=BUTTONS).last.get_by_role("button", name=label)

    async def turn(self, doing: Awaitable[None]) -> str:
        """Do something and wait until it is answered; gives the last line that came back."""
        before = await self.page.get_by_label(TALK).input_value()
        await doing
        await expect(self.page.get_by_label(TALK)).not_to_have_value(before)
        return (await self.lines())[-1]

    async def say(self, text: str) -> str:
        await self.box.fill(text)
        return await self.turn(self.box.press("Enter"))

    async def start(self) -> None:
        await self.turn(self.page.get_by_role("button", name="Start", exact=True).click())
        await self.turn(self.button(self.label("welcome", "consent")).click())

    def label(self, message: str, button: str) -> str:
        return self._content.messages[message].buttons[button]

    def open_question(self, line: str) -> Question | None:
        """The question that a line of the talk ends with."""
        page = line.rpartition(" ")[2]
        return self._content.questions[page[:-1]] if page.endswith("?") else None

    async def focused(self) -> str:
        """What has the focus, in words."""
        words = "document.activeElement.ariaLabel || document.activeElement.textContent"
        return str(await self.page.evaluate(words))

    async def reach(self, target: Locator, key: str = "Shift+Tab") -> None:
        """Move the focus with one key until it is there."""
        await expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if await target.evaluate("node => node === document.activeElement"):
                return
            await self.page.keyboard.press(await target.evaluate(ARROW) or key)
        raise AssertionError(f"the focus never came to {target}, but to {await self.focused()}")

    async def press(self, target: Locator, key: str = "Shift+Tab") -> None:
        """Press something with the keyboard alone, beginning at the message box."""
        await self.reach(target, key)
        await self.page.keyboard.press("Enter")


def plain_option(question: Question) -> str:
    """The answer that leads on: nothing wrong, or the least careful one."""
    if question.name in PREFERRED:
        return PREFERRED[question.name]
    order = [*question.options] if not question.safer_first else [*reversed(question.safer_first)]
    return "none" if "none" in order else order[0]

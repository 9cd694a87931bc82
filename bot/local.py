"""The real bot on this machine only: stand-in, page and bot in one process, without a token."""

import asyncio
import os
import secrets
import sys
import tempfile
import webbrowser
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import SecretStr

from bot import logs
from bot.panel import LocalPanel
from bot.playground import Playground
from bot.playground.page import Page
from bot.rereading import Pages, Rereading
from bot.running import serve
from bot.settings import Settings, SettingsError
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.speaking import Operator

PORT = 8080
"""The port when none is set and nobody else has it."""
LIMITS = ("send_rate", "chat_rate", "flood_limit")
LOOK_EVERY = 1.0
"""Seconds between looks at the content folder, besides the look before each turn."""


def run_locally(settings: Settings) -> int:
    """Serve the chat page until SIGTERM or Ctrl-C; gives the exit code.

    Raises:
        SettingsError: the port that was set cannot be used.
        ContentError: the pages have faults.

    """
    pages = Pages(settings.content_dir)
    token = f"1234567:{secrets.token_urlsafe(26)}"  # so that no other program can be this bot
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    logs.set_up(level, token)
    try:
        asyncio.run(_run(settings, pages, token))
    except KeyboardInterrupt:
        _say("")
    return 0


async def _run(settings: Settings, pages: Pages, token: str) -> None:
    server = Playground(token, port=PORT if settings.port is None else settings.port, driven=False)
    panel = LocalPanel(server, pages)
    page = Page(server, panel)
    server.mount(*page.routes())
    async with AsyncExitStack() as stack:
        await _enter(stack, server, settings.port)
        stack.callback(page.close)
        _say(f"No TELEGRAM_BOT_TOKEN is set: the bot talks on this machine only.\n{page.url}")
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="milia-"))
        beside = [asyncio.to_thread(_open, page.url), _look(pages, panel)]
        tasks = [asyncio.create_task(job) for job in beside]
        try:
            await _serve(_local(settings, server, Path(folder)), server, pages, panel)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _enter(stack: AsyncExitStack, server: Playground, wanted: int | None) -> None:
    """Open the port; the usual one may be taken, one that was asked for may not."""
    try:
        await stack.enter_async_context(server)
    except OSError as error:
        if wanted is not None:
            text = f"{wanted} cannot be used ({error.strerror}); set another, or leave it unset"
            raise SettingsError(f"PORT: {text}") from None
        _say(f"Port {PORT} is taken, so a free one is used; PORT sets one.")
        server.port = 0
        await stack.enter_async_context(server)


def _local(settings: Settings, server: Playground, folder: Path) -> Settings:
    """Give the settings of a bot that talks to the stand-in and keeps nothing after its end."""
    return settings.model_copy(
        update={
            "telegram_bot_token": SecretStr(server.token),
            "telegram_api_url": server.url,
            "database_url": f"sqlite:///{folder / 'milia.db'}",
            "webhook_url": "",
            # The stand-in has no limits to keep to, unless somebody wants to see what they do.
            **{name: 0 for name in LIMITS if name not in settings.model_fields_set},
        }
    )


async def _serve(settings: Settings, server: Playground, pages: Pages, panel: LocalPanel) -> None:
    whose = (settings.operator_name, settings.operator_contact, settings.privacy_contact)
    operator = Operator(*whose, keeps_words=settings.not_understood_log is not None)

    def read() -> tuple[Content, Conversation]:
        zone = settings.default_zone
        return pages.content, Rereading(pages, operator, zone, panel.reread, panel.heard)

    await serve(settings, read, server.now, panel.sent)


async def _look(pages: Pages, panel: LocalPanel) -> None:
    """Tell of faults as soon as a file is saved, without waiting for the next turn."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if await asyncio.to_thread(pages.refresh):
            panel.reread()


def _open(address: str) -> None:
    """Open the page in a browser, if somebody sits before this program and has one."""
    seen = sys.platform in {"darwin", "win32"} or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    if not (seen and sys.stdout.isatty()):
        return
    try:
        browser = webbrowser.get()
        # A browser for the terminal would take the terminal away from us.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(address)
    except (webbrowser.Error, OSError):
        return


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - to whoever started it

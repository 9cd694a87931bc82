"""A card that was sent, and whose sending nobody could write down, hides nothing for good."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from people import asked, buttons, choose, until
from serving import settings_for
from standin import ANN, Server

from bot.application import read
from bot.clock import utc_now
from bot.running import serve
from dialogs.content import Content

pytestmark = pytest.mark.asyncio


def newest(server: Server) -> dict[str, Any]:
    return next(m for m in reversed(server.transcript(ANN)) if "reply_markup" in m)


@asynccontextmanager
async def asked_first(server: Server, content: Content, folder: Path) -> AsyncIterator[str]:
    """A bot that has asked the first question; gives its name."""
    settings = settings_for(server, folder)
    bot = asyncio.create_task(serve(settings, lambda: read(settings), utc_now))
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    choose(server, ANN, "consent")
    first = next(iter(content.questions))
    await until(lambda: asked(server, ANN) == first)
    yield first
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(bot, 6)


async def copied(server: Server) -> int:
    """Leave behind what a process does that ends between a send and the note of it."""
    known = newest(server)
    copy = await server.ask(
        "sendMessage", chat_id=ANN, text=known["text"], reply_markup=known["reply_markup"]
    )
    return int(copy["message_id"])


def tap_first(server: Server, message_id: int) -> None:
    """Tap the first button of a card."""
    label = newest(server)["reply_markup"]["inline_keyboard"][0][0]["text"]
    server.tap(ANN, label, message_id=message_id)


async def test_a_tap_on_a_copy_that_hides_the_open_question_brings_it_below(
    server: Server, content: Content, tmp_path: Path
) -> None:
    async with asked_first(server, content, tmp_path) as first:
        known = newest(server)["message_id"]
        copy = await copied(server)
        tap_first(server, known)
        await until(lambda: len(server.toasts(ANN)) == 1)
        tap_first(server, copy)
        await until(lambda: asked(server, ANN) not in ("", first))
        assert newest(server)["message_id"] > copy


async def test_an_answer_on_an_unrecorded_copy_is_replied_to_below_any_other_copy(
    server: Server, content: Content, tmp_path: Path
) -> None:
    async with asked_first(server, content, tmp_path) as first:
        choose(server, ANN, "me")
        await until(lambda: asked(server, ANN) not in ("", first))
        second = asked(server, ANN)
        # Two processes ended in turn; the person taps the upper copy.
        upper, lower = await copied(server), await copied(server)
        tap_first(server, upper)
        await until(lambda: asked(server, ANN) not in ("", second))
        assert newest(server)["message_id"] > lower

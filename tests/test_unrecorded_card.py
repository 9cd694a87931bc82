"""A card that was sent, and whose sending nobody could write down, hides nothing for good."""

import asyncio
import os
import signal
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


async def test_a_tap_on_a_copy_that_hides_the_open_question_brings_it_below(
    server: Server, content: Content, tmp_path: Path
) -> None:
    settings = settings_for(server, tmp_path)
    bot = asyncio.create_task(serve(settings, lambda: read(settings), utc_now))
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    choose(server, ANN, "consent")
    first = next(iter(content.questions))
    await until(lambda: asked(server, ANN) == first)
    known = newest(server)
    # What a process leaves behind that ended between a send and the note of it.
    copy = await server.ask(
        "sendMessage", chat_id=ANN, text=known["text"], reply_markup=known["reply_markup"]
    )
    label = known["reply_markup"]["inline_keyboard"][0][0]["text"]
    server.tap(ANN, label, message_id=known["message_id"])
    await until(lambda: len(server.toasts(ANN)) == 1)
    server.tap(ANN, label, message_id=copy["message_id"])
    await until(lambda: asked(server, ANN) not in ("", first))
    assert newest(server)["message_id"] > copy["message_id"]
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(bot, 6)


async def test_an_answer_on_an_unrecorded_copy_is_replied_to_below_any_other_copy(
    server: Server, content: Content, tmp_path: Path
) -> None:
    settings = settings_for(server, tmp_path)
    bot = asyncio.create_task(serve(settings, lambda: read(settings), utc_now))
    server.say(ANN, "/start")
    await until(lambda: bool(buttons(server, ANN)))
    choose(server, ANN, "consent")
    first = next(iter(content.questions))
    await until(lambda: asked(server, ANN) == first)
    choose(server, ANN, "me")
    await until(lambda: asked(server, ANN) not in ("", first))
    known, second = newest(server), asked(server, ANN)
    # Two processes in turn ended between a send and the note of it; the person taps the upper copy.
    upper, lower = [
        await server.ask(
            "sendMessage", chat_id=ANN, text=known["text"], reply_markup=known["reply_markup"]
        )
        for _ in range(2)
    ]
    label = known["reply_markup"]["inline_keyboard"][0][0]["text"]
    server.tap(ANN, label, message_id=upper["message_id"])
    await until(lambda: asked(server, ANN) not in ("", second))
    assert newest(server)["message_id"] > lower["message_id"]
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(bot, 6)

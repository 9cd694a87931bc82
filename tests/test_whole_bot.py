"""The real bot, a process of its own, over real sockets: a whole talk, to its end."""

import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from people import Bot, asked, buttons, choose, until

from bot.playground import Playground

pytestmark = pytest.mark.asyncio
ANSWERS = {"who": "me", "red_flags": "none", "look": "pearl", "location": "face"} | {
    "history": "new",
    "picking": "sometimes",
    "goal": "wait",
    "sunscreen": "never",
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def bot(server: Playground, tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(server, tmp_path)
    await bot.start()
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.end(signal.SIGKILL)


def has_messages(server: Playground, person: int, number: int) -> bool:
    return len(server.transcript(person)) >= number


async def begin(server: Playground, person: int) -> None:
    server.say(person, "/start")
    await until(lambda: bool(buttons(server, person)))
    choose(server, person, "consent")
    await until(lambda: asked(server, person) != "")


def texts(server: Playground, person: int) -> list[str]:
    return [message.get("text", "") for message in server.transcript(person)]


def is_asked(server: Playground, person: int, question: str) -> bool:
    return asked(server, person) == question


async def test_a_whole_talk_with_a_side_question_ends_with_the_routine(
    server: Playground, bot: Bot
) -> None:
    await begin(server, 7)
    for question, option in ANSWERS.items():
        await until(partial(is_asked, server, 7, question))
        if question == "location":
            wanted = len(server.transcript(7)) + 3
            server.say(7, "what are milia?")
            await until(partial(has_messages, server, 7, wanted))
            assert asked(server, 7) == "location"
        choose(server, 7, option)
    await until(lambda: asked(server, 7) == "" and "Why this?" in str(server.buttons(7)))
    routine = texts(server, 7)[-1]
    server.say(7, "/routine")
    await until(lambda: texts(server, 7)[-1] == routine and texts(server, 7)[-2] == "/routine")
    assert await bot.end(signal.SIGTERM) == 0
    assert bot.answers(7) == {name: [option] for name, option in ANSWERS.items()}
    assert server.state.commands
    assert not any("**" in text for text in texts(server, 7))

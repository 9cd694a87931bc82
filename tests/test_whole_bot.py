"""The real bot, a process of its own, over real sockets: whole talks, and killed at any point."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from people import Bot, asked, buttons, choose, until

from bot.playground import Playground

pytestmark = pytest.mark.asyncio
KILLS, PEOPLE = 30, 60
START = {"red_flags": "none", "look": "pearl"}
PATHS: tuple[dict[str, str], ...] = (
    {"who": "me"}
    | START
    | {"location": "face", "history": "new", "picking": "sometimes", "goal": "wait"}
    | {"sunscreen": "never"},
    {"who": "teen"} | START | {"location": "lid", "picking": "no", "sunscreen": "daily"},
    {"who": "another_adult"}
    | START
    | {"location": "body", "history": "unsure", "picking": "unsure", "sunscreen": "stings"},
    {"who": "child", "red_flags": "none", "look": "unsure"}
    | {"location": "mixed", "picking": "recent_sore", "sunscreen": "unsure"},
)


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


async def begin(server: Playground, person: int) -> None:
    server.say(person, "/start")
    await until(lambda: bool(buttons(server, person)))
    choose(server, person, "consent")
    await until(lambda: asked(server, person) != "")


def texts(server: Playground, person: int) -> list[str]:
    return [message.get("text", "") for message in server.transcript(person)]


def is_asked(server: Playground, person: int, question: str) -> bool:
    return asked(server, person) == question


def is_over(server: Playground, person: int, question: str) -> bool:
    return asked(server, person) != question


def has_polled(server: Playground, polls: int) -> bool:
    return server.counts().get("getupdates", 0) > polls


def has_messages(server: Playground, person: int, wanted: int) -> bool:
    return len(server.transcript(person)) >= wanted


async def test_a_whole_talk_with_a_side_question_ends_with_the_routine(
    server: Playground, bot: Bot
) -> None:
    await begin(server, 7)
    for question, option in PATHS[0].items():
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
    assert bot.answers(7) == {name: [option] for name, option in PATHS[0].items()}
    assert server.state.commands
    assert not any("**" in text for text in texts(server, 7))


async def test_nobody_notices_that_the_bot_was_killed(server: Playground, bot: Bot) -> None:
    """30 kills at random moments over 390 answers: none lost, none wrong."""
    chance = random.Random(1)
    late: list[str] = []

    async def person(number: int) -> None:
        await asyncio.sleep(number * 0.9)
        await begin(server, number)
        for question, option in PATHS[number % len(PATHS)].items():
            await asyncio.sleep(chance.uniform(0, 1))
            choose(server, number, option)
            try:
                await until(partial(is_over, server, number, question))
            except TimeoutError:
                late.append(f"{number}: {question}")
                return

    async def killer() -> None:
        """Four times in five while it works, else while it starts."""
        for _ in range(KILLS):
            polls = server.counts().get("getupdates", 0)
            if chance.random() < 0.8:
                await until(partial(has_polled, server, polls))
            await asyncio.sleep(chance.uniform(0.1, 1.6))
            await bot.end(signal.SIGKILL)
            await bot.start()

    people = [person(number) for number in range(1, PEOPLE + 1)]
    await asyncio.gather(killer(), *people)
    assert late == []
    await until(lambda: server.overview()["pending"] == [])
    assert await bot.end(signal.SIGTERM) == 0
    for number in range(1, PEOPLE + 1):
        said = PATHS[number % len(PATHS)]
        assert bot.answers(number) == {name: [option] for name, option in said.items()}
    assert bot.rows("outbox") == 0
    assert bot.rows("dead_letters") == 0

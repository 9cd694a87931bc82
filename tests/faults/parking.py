"""A chat that another session holds: its update is parked, and its turn comes when it is free."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from people import asked, until

from faults import points
from faults.scripted import begun, tap
from faults.town import Town

HOOKS = tuple(f"{when} {name}" for name in points.WHILE_BUSY for when in ("before", "after"))
BUSY_FOR = 9.0
"""Seconds in which the bot gives up waiting for a chat, and some more."""


async def parked(town: Town, times: int) -> None:
    """Hold a chat until its update is parked; again and again, and with a death around that."""
    for hook in ("", *HOOKS) * times:
        await _parked(town, hook)


async def _parked(town: Town, hook: str) -> None:
    person = await begun(town)
    question = asked(town.server, person.number)
    option = next(iter(town.questions[question].options))
    await until(lambda: not _count(town, "outbox", person.number))
    await town.bot.stop()
    with _holding(town, person.number):
        town.bot.orders = town.orders(kill=hook)
        await town.bot.start()
        person.said[question] = (option,)
        tap(town, person, option)
        if hook:
            town.fired[hook] = town.fired.get(hook, 0) + await town.bot.died(within=BUSY_FOR)
            town.bot.orders = town.orders()
            await town.bot.start()
        await until(partial(_count, town, "parked", person.number))
    await until(lambda: asked(town.server, person.number) != question)


@contextmanager
def _holding(town: Town, chat_id: int) -> Iterator[None]:
    with psycopg.connect(town.address) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (chat_id,))
        yield


def _count(town: Town, table: str, chat_id: int) -> Any:
    with psycopg.connect(town.address) as connection:
        query = f"SELECT count(*) FROM {table} WHERE chat_id=%s"  # noqa: S608 - our own names
        found = connection.execute(query, (chat_id,)).fetchone()
        return found[0] if found else 0

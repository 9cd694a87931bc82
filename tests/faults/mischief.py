"""Somebody whose talk calls for all that is rare: turns that raise, and being forgotten."""

import asyncio
from collections.abc import Callable

from people import buttons

from faults.persons import is_of
from faults.town import Town

MISCHIEF = 7_320_000_001
SOUR = "words whose turn raises"
SHORT = 5.0
"""Seconds after which they do not care any more."""


async def mischief(town: Town, number: int = MISCHIEF) -> None:
    """Begin, say what cannot be taken, be forgotten, block the bot; again and again."""
    server = town.server

    def shows(option: str) -> bool:
        return any(press.option == option for _, press, _ in buttons(server, number))

    def tap(option: str) -> None:
        for message_id, press, button in buttons(server, number):
            if press.option == option:
                server.tap(number, data=button["callback_data"], message_id=message_id)
                return

    def known() -> int:
        return len(server.transcript(number))

    while not town.ending:
        server.say(number, "/start")
        await _until(lambda: shows("consent"))
        tap("consent")
        await _until(lambda: not shows("consent"))
        before = known() + 1
        server.say(number, SOUR)
        town.buried += 1
        await _until(lambda before=before: known() > before)  # type: ignore[misc]
        server.say(number, "/forget")
        await _until(lambda: shows("forget"))
        tap("forget")
        await _until(lambda: not shows("forget"))
        server.say(number, "/start")
        server.block(number)
        await _until(lambda: not any(is_of(u, number) for u in server.state.updates.pending))
        server.unblock(number)


async def _until(true: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(SHORT):
            while not true():  # noqa: ASYNC110 - the people only have eyes
                await asyncio.sleep(0.02)
    except TimeoutError:
        return

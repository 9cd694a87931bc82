"""Deaths at chosen statements: for each hook the bot is started, dies there, and goes on after."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from faults import points
from faults.mischief import SOUR, mischief
from faults.starting import Afresh
from faults.town import Town

PAUSE = 200.0
"""Seconds that seem to pass before each start that is to ask people again."""
SHOWN_WITHIN = 3.0
"""Seconds in which a hook fires, or not in this start."""


async def killed_at(town: Town, hooks: Iterable[str], tries: int = 5) -> dict[str, int]:
    """Start the bot for each hook, to die there; gives the hooks with how often each fired."""
    beside = asyncio.create_task(mischief(town))
    _strained(town)
    fired = {hook: await _killed_at(town, hook, tries) for hook in sorted(hooks, key=_first)}
    town.dice.calm()
    town.bot.orders = town.orders(sour=SOUR)
    await town.bot.start()
    town.ending = True
    await beside
    return fired


async def quirks(town: Town, seconds: float) -> None:
    """Let everything happen that is rare, and kill the bot once, so that all can be seen of it."""
    beside = asyncio.create_task(mischief(town))
    _strained(town)
    await asyncio.sleep(seconds)
    await town.bot.kill()
    await town.bot.start()
    await asyncio.sleep(seconds)
    town.dice.calm()
    town.ending = True
    await beside


def _strained(town: Town) -> None:
    """Let Telegram refuse a message now and then, or tell to wait, so that all this is seen too."""
    town.dice.refused, town.dice.methods = 0.05, frozenset({"sendmessage"})
    town.dice.flooded, town.dice.wait = 0.01, 1


def _first(hook: str) -> bool:
    """What happens only in an empty database goes first."""
    return not hook.endswith(points.ONCE)


async def _killed_at(town: Town, hook: str, tries: int) -> int:
    starter = town.bot.starter
    fired = 0
    for attempt in range(tries):
        if hook.endswith(points.AFTER_A_PAUSE):
            town.move_clock(town.moved + PAUSE)
            town.dice.flooded = 0.0  # Telegram's clock stays: its waits would end later there
        if hook.endswith(points.SLOW_START):
            town.bot.starter = Afresh()
        if hook.endswith(points.AFTER_A_DEATH):
            await _at_peace(town, kill=True)
        often = hook.partition(" ")[2] in points.TALK  # else a start may see it once, or never
        nth = town.chance.choice((1, 1, 2, 3)) if often and not attempt else 1
        town.bot.orders = town.orders(kill=hook, nth=nth, sour=SOUR)
        await _start(town)
        fired += await town.bot.died(within=SHOWN_WITHIN)
        if fired:
            break
    town.bot.starter = starter
    if not hook.endswith(points.ONCE):  # a start in peace would leave none that find it empty
        await _at_peace(town)
    return fired


async def _at_peace(town: Town, seconds: float = 5.0, *, kill: bool = False) -> None:
    """Let the bot live for a moment: what is at work in three deaths in a row is put aside (R5)."""
    town.bot.orders = town.orders(sour=SOUR)
    town.dice.calm()  # what still waits when it is told to stop takes it seconds
    old = _waiting(town)
    await _start(town)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await town.speaks()
            while old & _waiting(town):  # noqa: ASYNC110 - the queue has no event
                await asyncio.sleep(0.01)
    await (town.bot.kill() if kill else town.bot.stop())
    _strained(town)


async def _start(town: Town) -> None:
    """Start the bot; that a webhook is set once a second at most would cost one at each start."""
    town.server.state.webhook._set = None
    await town.bot.start()


def _waiting(town: Town) -> set[int]:
    return {update["update_id"] for update in town.server.state.updates.pending}

"""What happens to a town: each function makes one kind of trouble, and ends when it is over."""

import asyncio
from collections.abc import Iterable

from faults import points
from faults.mischief import SOUR, mischief
from faults.starting import Afresh
from faults.town import Town

PAUSE = 200.0
"""Seconds that seem to pass before each start that is to ask people again."""

SHOWN_WITHIN = 3.0
"""Seconds in which a hook fires, or not in this start."""


async def killed(town: Town, times: int, within: float = 1.2) -> None:
    """Kill the bot at random times: four in five while it works, else while it starts."""
    for _ in range(times):
        if town.chance.random() < 0.8:
            await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.02, within))
        await town.bot.kill()
        await town.bot.start()


async def killed_at(town: Town, hooks: Iterable[str], tries: int = 3) -> dict[str, int]:
    """Start the bot for each hook, to die there; gives the hooks with how often each fired."""
    beside = asyncio.create_task(mischief(town))
    town.dice.refused, town.dice.methods = 0.05, frozenset({"sendmessage"})
    fired = {hook: await _killed_at(town, hook, tries) for hook in sorted(hooks, key=_first)}
    town.dice.refused = 0
    town.bot.orders = town.orders(sour=SOUR)
    await town.bot.start()
    town.ending = True
    await beside
    return fired


def _first(hook: str) -> bool:
    """What happens only in an empty database goes first."""
    return not hook.endswith(points.ONCE)


async def _killed_at(town: Town, hook: str, tries: int) -> int:
    starter = town.bot.starter
    fired = 0
    for attempt in range(tries):
        if hook.endswith(points.AFTER_A_PAUSE):
            town.move_clock(town.moved + PAUSE)
        if hook.endswith(points.SLOW_START):
            town.bot.starter = Afresh()
        nth = 1 if attempt else town.chance.choice((1, 1, 2, 3))
        town.bot.orders = town.orders(kill=hook, nth=nth, sour=SOUR)
        await town.bot.start()
        fired += await town.bot.ended(within=SHOWN_WITHIN)
        await town.bot.over()
        if fired:
            break
    town.bot.starter = starter
    return fired


async def stopped(town: Town, times: int) -> None:
    """Tell the bot to stop, and start it again."""
    for _ in range(times):
        await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.3, 1.0))
        await town.bot.stop()
        await town.bot.start()


async def cut_off(town: Town, times: int, seconds: float = 2.0) -> None:
    """Close Telegram's port for a while."""
    for _ in range(times):
        await asyncio.sleep(town.chance.uniform(0.3, 1.0))
        await town.server.__aexit__(None, None, None)
        town.troubled()
        await asyncio.sleep(seconds)
        await town.server.__aenter__()
        town.troubled()

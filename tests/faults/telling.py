"""Words that somebody types, looked for in every place where they have no business."""

import asyncio
from pathlib import Path

from people import asked, buttons, choose, until

from faults.persons import is_of
from faults.postgres import Postgres
from faults.town import Town

CANARY = "canaryword"
SOUR = f"{CANARY} whose turn raises"
POISON = f"{CANARY} that end the process"
TALKER = 7_350_000_001
SECONDS = 0.6
"""How long the database, or Telegram, is in trouble."""


async def told(town: Town, server: Postgres, times: int) -> None:
    """Let somebody type a word in answers, in what no turn can take, and while all else fails."""
    town.canaries.append(CANARY)
    town.bot.orders = town.orders(sour=SOUR, poison=POISON)
    await town.bot.start()
    town.server.say(TALKER, f"/start {CANARY}")
    await until(lambda: bool(buttons(town.server, TALKER)))
    choose(town.server, TALKER, "consent")
    await until(lambda: asked(town.server, TALKER) != "")
    for _ in range(times):
        await _types(town)
        await _fails(town, server)
    await _taken(town)
    _listen(town)


async def _types(town: Town) -> None:
    question = town.questions[asked(town.server, TALKER)]
    label = next(iter(question.options.values()))
    texts = (CANARY, f"{label} {CANARY}", f"/{CANARY}", SOUR, POISON)
    town.buried += 2
    for text in texts:
        town.server.say(TALKER, text)
        await _taken(town)
        _look(town)


async def _fails(town: Town, server: Postgres) -> None:
    """Type while the database fails, and while Telegram hangs up on half of all calls."""
    town.server.say(TALKER, f"well, {CANARY}")
    await _broken(town, server)
    town.dice.dropped = town.dice.refused = 0.25
    town.server.say(TALKER, f"so, {CANARY}")
    await _taken(town)
    _look(town)
    town.dice.calm()
    town.troubled()


async def _broken(town: Town, server: Postgres) -> None:
    if town.address.startswith("sqlite"):
        for how in ("io", "locked", "full", "readonly"):
            town.spoil_store(how)
            town.server.say(TALKER, f"{how} {CANARY}")
            await asyncio.sleep(SECONDS)
        town.spoil_store("")
        return
    await asyncio.to_thread(server.stop)
    town.toll.cuts.append(town.server.now())
    town.troubled()
    town.server.say(TALKER, f"then, {CANARY}")
    await asyncio.sleep(SECONDS)
    await asyncio.to_thread(server.start)
    town.troubled()


async def _taken(town: Town) -> None:
    await until(lambda: not any(is_of(u, TALKER) for u in town.server.state.updates.pending))


def _look(town: Town) -> None:
    """Look at what the system tells everybody of a process: its title and its environment."""
    if town.bot.started is None or town.bot.started.exited.done():
        return
    for name in ("cmdline", "environ", "comm"):
        about = Path(f"/proc/{town.bot.started.pid}/{name}")
        if about.exists() and CANARY.encode() in about.read_bytes():
            town.overheard += f"{CANARY} in {name}\n"


def _listen(town: Town) -> None:
    """Look at every other chat, and at whatever was sent to no chat at all."""
    for call in town.server.state.calls:
        if str(call.params.get("chat_id")) != str(TALKER) and CANARY in str(call.params):
            town.overheard += f"{CANARY} in {call.method}\n"

"""What happens to a town: each function makes one kind of trouble, and ends when it is over."""

import asyncio
import resource
import sqlite3
from contextlib import closing, suppress

import httpx
from people import asked, until

from faults.postgres import Postgres
from faults.scripted import begun, tap
from faults.town import Town

POISONER = 7_330_000_001
RESTARTS = 3
"""How often one update may end the process before it is put aside."""
SMALL_DISK, DISK = 16 * 2**20, "disk"
"""Bytes of a disk to be filled, and where it is in the town's folder."""


async def killed(town: Town, times: int, within: float = 1.2) -> None:
    """Kill the bot at random times: four in five while it works, else while it starts."""
    for _ in range(times):
        if town.chance.random() < 0.8:
            await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.02, within))
        await town.bot.kill()
        await town.bot.start()


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


async def spoiled(town: Town, seconds: float, **shares: float) -> None:
    """Let shares of all calls fail: `refused` with 500, `dropped` unheard, `flooded` with 429."""
    await town.speaks()
    for name, share in shares.items():
        setattr(town.dice, name, share)
    if "flooded" in shares:
        town.dice.methods = frozenset({"sendmessage", "editmessagetext"})
    await asyncio.sleep(seconds)
    town.dice.calm()
    town.troubled()


async def failing(town: Town, how: str, times: int, seconds: float = 1.0) -> None:
    """Let the database fail: full, readonly, locked or io."""
    for _ in range(times):
        await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.3, 0.8))
        town.spoil_store(how)
        await asyncio.sleep(seconds)
        town.spoil_store("")


async def limited(town: Town, times: int, seconds: float = 1.0) -> None:
    """Let the system refuse every byte by which a file would grow, as a full disk does."""
    for _ in range(times):
        await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.3, 0.8))
        assert town.bot.started is not None
        pid, kind = town.bot.started.pid, resource.RLIMIT_FSIZE
        before = resource.prlimit(pid, kind)
        resource.prlimit(pid, kind, (4096, before[1]))
        town.troubled()
        await asyncio.sleep(seconds)
        resource.prlimit(pid, kind, before)
        town.troubled()


async def rivalled(town: Town, seconds: float = 2.0) -> None:
    """Let another program poll with the same token; it confirms nothing."""
    await town.speaks()
    end = asyncio.get_running_loop().time() + seconds
    async with httpx.AsyncClient(base_url=town.server.url, trust_env=False) as rival:
        while asyncio.get_running_loop().time() < end:
            await rival.post(f"/bot{town.server.token}/getUpdates", json={"timeout": 1})
            await asyncio.sleep(0.05)
    town.troubled()


async def doubled(town: Town, times: int) -> list[str]:
    """Start a second bot on the same database, which refuses; gives what the second ones said."""
    await town.speaks()
    said = []
    for number in range(times):
        second = town.another(f"second-{number}")
        await second.start_once()
        assert await second.ended(within=10)
        said.append(second.log.read_text())
    return said


async def jumped(town: Town, times: int, seconds: float = 86_400.0) -> None:
    """Let the clock of the bot jump ahead and back while people talk."""
    for _ in range(times):
        for jump in (seconds, 0, -seconds, 0):
            await asyncio.sleep(town.chance.uniform(0.3, 0.6))
            town.move_clock(jump)


async def cut_from_database(town: Town, server: Postgres, times: int, seconds: float = 1) -> None:
    """Cut the power of PostgreSQL, and give it back."""
    for _ in range(times):
        await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.3, 0.8))
        await asyncio.to_thread(server.stop)
        town.toll.cuts.append(town.server.now())
        town.troubled()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)
        town.troubled()


async def workers_killed(town: Town, times: int) -> None:
    """Kill one of several workers at a time."""
    for _ in range(times):
        await asyncio.sleep(town.chance.uniform(0.3, 1.2))
        bot = town.chance.choice(town.bots)
        await bot.kill()
        await bot.start()


async def poisoned(town: Town, text: str, times: int) -> None:
    """Let people say what ends the process, or what no turn can take."""
    await town.speaks()
    for number in range(times):
        await asyncio.sleep(town.chance.uniform(0.1, 0.5))
        kills = len(town.toll.kills)
        town.server.say(POISONER + number, text)
        town.buried += 1
        await asyncio.sleep(0.5)
        await town.speaks()
        assert len(town.toll.kills) - kills <= RESTARTS


async def banned(town: Town, seconds: int) -> None:
    """Let Telegram ban one chat for long; the bot is killed in it, and after it."""
    person = await begun(town)
    question = asked(town.server, person.number)
    option = next(iter(town.questions[question].options))
    match = {"chat_id": person.number}
    town.server.fault("flood", match=match, retry_after=seconds)
    person.said[question] = (option,)
    tap(town, person, option)
    await until(lambda: town.server.fired().get("flood", 0) > 0)
    for passed in (seconds // 2, seconds - seconds // 2 + 1):
        await town.person().talk()
        await town.bot.kill()
        town.server.advance(passed)
        town.move_clock(town.moved + passed)
        await town.bot.start()
    await town.person().talk()
    await until(lambda: asked(town.server, person.number) != question)


async def damaged(town: Town) -> None:
    """Overwrite the middle of the database file; the bot refuses to start and leaves it alone."""
    await asyncio.sleep(0.5)
    await town.bot.stop()
    sound = town.bot.database.read_bytes()
    broken = sound[:4096] + b"?" * (len(sound) - 8192) + sound[-4096:]
    town.bot.database.write_bytes(broken)
    await town.bot.start_once()
    assert await town.bot.ended(within=10)
    assert town.bot.started is not None
    assert town.bot.started.exited.result() == 1
    assert town.bot.database.read_bytes() == broken
    town.bot.database.write_bytes(sound)
    town.toll.kills.clear()
    await town.bot.start()


async def held(town: Town, seconds: float) -> None:
    """Let another program have the database file when the bot starts."""
    await asyncio.sleep(0.5)
    await town.bot.stop()
    with closing(sqlite3.connect(town.bot.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await town.bot.start()
        town.troubled()
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")
    town.troubled()


async def crowded_out(town: Town, times: int, seconds: float = 1.0) -> None:
    """Fill the small disk that the database is on to the last byte."""
    assert (town.folder / DISK).is_mount()  # or the machine's own disk would be filled
    ballast = town.folder / DISK / "ballast"
    for _ in range(times):
        await town.speaks()
        await asyncio.sleep(town.chance.uniform(0.3, 0.8))
        town.troubled()
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            for _ in range(SMALL_DISK // 4096):
                file.write(b"x" * 4096)
        await asyncio.sleep(seconds)
        ballast.unlink()
        town.troubled()

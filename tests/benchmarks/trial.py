"""One trial: a contestant started on a core of its own, warmed up, talked to, measured, stopped."""

import asyncio
import os
import random
import signal
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from entries import ROOT, Databases, Entry, command
from measured import cpu, memory
from quick_telegram import TOKEN, Network, Telegram
from talkers import Crowd, Limited

BOT_CORE, OUR_CORE = 0, 1
WARM_UP = 20
START_WITHIN = 60.0
QUIET = 0.2
"""Seconds without a call after which a bot has nothing left to do."""
STOP_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a contestant. `rate` is steps a second of all together; 0: all it can."""

    name: str
    people: int
    talks: int
    rate: float = 0.0
    round_trip: float = 0.0
    jitter: float = 0.0
    duplicates: float = 0.0
    seconds: float = 60.0
    limited: bool = False
    """Whether beside them there is somebody whom Telegram lets nothing be said to."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a trial: seconds if not said otherwise."""

    updates: int
    cpu_per_1000: float
    """Milliseconds."""
    database_cpu_per_1000: float
    """Milliseconds of the PostgreSQL server, beside the bot's own."""
    updates_a_second: float
    calls_an_update: float
    p50: float
    """From tap to visible reply."""
    p99: float
    handed_p50: float
    """From handing the update over to visible reply."""
    handed_p99: float
    memory: float
    """Megabytes at the end."""
    first_poll: float
    first_answer: float
    telegram_busy: float
    """The share of its core that stand-in and people used; near 1, they are what is measured."""
    wrong: int
    late: int
    stuck: int
    visible_an_update: float

    def plain(self) -> dict[str, float]:
        """Give it as plain data."""
        return asdict(self)


class FailedError(Exception):
    """A contestant that does not start, or ends by itself."""


async def run(
    entry: Entry, load: Load, folder: Path, databases: Databases, seed: int = 0
) -> Result:
    """Run a trial.

    Raises:
        FailedError: the contestant did not start, or ended by itself.

    """
    telegram = Telegram(Network())
    server = await telegram.serve()
    database = databases.new() if entry.postgres else ""
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{telegram.port}",
        **entry.environment(folder, database),
    }
    log = folder / "bot.log"
    begun = time.perf_counter()
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command(entry),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            preexec_fn=partial(os.sched_setaffinity, 0, {BOT_CORE}),
        )
    ended = asyncio.create_task(process.wait())
    trying = asyncio.create_task(
        _talked(entry, load, telegram, process.pid, databases.pid if database else 0, begun, seed)
    )
    try:
        await asyncio.wait((ended, trying), return_when=asyncio.FIRST_COMPLETED)
        if not trying.done():
            raise FailedError(f"{entry.name} ended by itself:\n{log.read_text()[-600:]}")
        return trying.result()
    except TimeoutError:
        raise FailedError(f"{entry.name} does not start:\n{log.read_text()[-600:]}") from None
    finally:
        trying.cancel()
        await _stopped(process, ended)
        server.close()


async def _talked(
    entry: Entry,
    load: Load,
    telegram: Telegram,
    pid: int,
    database_pid: int,
    begun: float,
    seed: int,
) -> Result:
    """Wait for the first poll, let one and then some people talk, and then measure the load."""
    told: list[str] = []
    dice = random.Random(seed)
    alone = Crowd(telegram, entry.choose, told, dice)
    async with asyncio.timeout(START_WITHIN):
        talking = asyncio.create_task(alone.talk(1, 1, START_WITHIN))
        first_poll = await telegram.first_poll - begun
        await talking
    if alone.telegram.unknown_chats or not alone.steps or not told:
        raise FailedError(f"{entry.name} does not answer: {telegram.calls}")
    first_answer = alone.seen.first_at - begun
    await Crowd(telegram, entry.choose, told, dice).talk(WARM_UP, WARM_UP, START_WITHIN)
    await _quiet(telegram)
    telegram.network.round_trip, telegram.network.jitter = load.round_trip, load.jitter
    telegram.network.duplicates = load.duplicates
    crowd = Crowd(telegram, entry.choose, told, dice, load.rate)
    calls = _calls(telegram)
    before, database_before = cpu(pid), cpu(database_pid) if database_pid else 0.0
    own, wall = time.process_time(), time.perf_counter()
    beside = asyncio.create_task(Limited(telegram).type()) if load.limited else None
    taken = await crowd.talk(load.people, load.talks, load.seconds)
    if beside:
        beside.cancel()
    busy = (time.process_time() - own) / (time.perf_counter() - wall)
    await _quiet(telegram)
    spent = cpu(pid) - before
    database_spent = cpu(database_pid) - database_before if database_pid else 0.0
    steps, seen = max(1, crowd.steps), crowd.seen
    return Result(
        updates=crowd.steps,
        cpu_per_1000=spent / steps * 1e6,
        database_cpu_per_1000=database_spent / steps * 1e6,
        updates_a_second=crowd.steps / max(taken, 1e-9),
        calls_an_update=(_calls(telegram) - calls) / steps,
        p50=_part(seen.from_tap, 50),
        p99=_part(seen.from_tap, 99),
        handed_p50=_part(seen.from_handing, 50),
        handed_p99=_part(seen.from_handing, 99),
        memory=memory(pid),
        first_poll=first_poll,
        first_answer=first_answer,
        telegram_busy=busy,
        wrong=seen.wrong,
        late=seen.late,
        stuck=seen.stuck,
        visible_an_update=seen.visible / steps,
    )


async def _quiet(telegram: Telegram) -> None:
    """Wait until the bot has done what it does after its replies; two seconds at most."""
    end = time.perf_counter() + 2
    while time.perf_counter() < min(end, telegram.last_call + QUIET):  # noqa: ASYNC110 - a clock
        await asyncio.sleep(QUIET / 4)


async def _stopped(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    _, late = await asyncio.wait((ended,), timeout=STOP_WITHIN)
    if late:
        process.kill()
        await ended


def _calls(telegram: Telegram) -> int:
    """Count the calls, polls left out."""
    return sum(telegram.calls.values()) - telegram.calls.get("getupdates", 0)


def _part(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100)[percent - 1]


def pin() -> None:
    """Keep stand-in and people off the bot's core."""
    os.sched_setaffinity(0, {OUR_CORE})
    if len(os.sched_getaffinity(0)) != 1:
        sys.exit("this machine has one core only; nothing can be measured on it")

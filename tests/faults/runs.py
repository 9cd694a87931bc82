"""Every kind of run: what happens, on what, and how much of it in which column."""

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dialogs.content import Content
from faults import dying, parking, points, telling, trials, troubles
from faults.mischief import SOUR
from faults.oracle import Account
from faults.postgres import Postgres
from faults.starting import Afresh, Forked, Starter
from faults.town import Plan, Town

POISON = "words that end the process"
LITE = ("polling/sqlite", "webhook/sqlite")
MANY = ("polling/postgres", "webhook/postgres")
ALL = (*LITE, *MANY)
POLLED = ("polling/sqlite", "polling/postgres")
Make = Callable[[Town, Postgres, int], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """One kind of trouble of some `size`, and the combinations it makes sense on.

    `afresh`: every start is a whole one, as everybody starts the bot, whatever starter is given.
    """

    make: Make
    on: tuple[str, ...] = ALL
    size: int = 1
    plan: Plan = Plan("")  # noqa: RUF009 - frozen
    trail: bool = False
    starts: bool = True
    afresh: bool = False


async def _hooks(town: Town, _: Postgres, __: int) -> None:
    store = "postgres" if town.address.startswith("postgres") else "sqlite"
    others = (*points.AFTER_A_PAUSE, *points.WHILE_BUSY)  # have runs of their own
    usual = [hook for hook in points.hooks(town.plan.mode, store) if not hook.endswith(others)]
    town.fired = await dying.killed_at(town, usual)


async def _rare_hooks(town: Town, _: Postgres, __: int) -> None:
    rare = [f"{when} {name}" for name in points.AFTER_A_PAUSE for when in ("before", "after")]
    store = "postgres" if town.address.startswith("postgres") else "sqlite"
    known = points.hooks(town.plan.mode, store)
    town.fired = await dying.killed_at(town, [hook for hook in rare if hook in known], tries=8)


async def _core_hooks(town: Town, _: Postgres, __: int) -> None:
    hooks = [f"{when} {name}" for name in points.CORE for when in ("before", "after")]
    town.fired = await dying.killed_at(town, hooks)


async def _trail(town: Town, _: Postgres, __: int) -> None:
    await dying.quirks(town, 1.0)


SLOW = Plan("", chats=50, thinking=1.0)
LONE = Plan("", chats=0)
RUNS: Mapping[str, Run] = {
    "kills": Run(lambda t, _, n: troubles.killed(t, n, within=4), size=10, plan=SLOW, afresh=True),
    "quick-kills": Run(lambda t, _, n: troubles.killed(t, n), size=4),
    "hooks": Run(_hooks, plan=Plan("", chats=6), trail=True, starts=False),
    "core-hooks": Run(_core_hooks, plan=Plan("", chats=6), starts=False),
    "trail": Run(_trail, plan=Plan("", chats=6), trail=True),
    "rare-hooks": Run(_rare_hooks, plan=Plan("", chats=6, thinking=1.0), starts=False),
    "stops": Run(lambda t, _, n: troubles.stopped(t, n), size=5, plan=Plan("", chats=200)),
    "outages": Run(lambda t, _, n: troubles.cut_off(t, n), size=2),
    "errors": Run(lambda t, _, n: troubles.spoiled(t, 4 * n, refused=0.05, dropped=0.05)),
    "storm": Run(lambda t, _, n: troubles.spoiled(t, 4 * n, flooded=0.05)),
    "ban-60": Run(lambda t, _, __: troubles.banned(t, 60), plan=LONE),
    "ban-3600": Run(lambda t, _, __: troubles.banned(t, 3600), plan=LONE),
    "rival": Run(lambda t, _, n: troubles.rivalled(t, 3 * n), POLLED),
    "second": Run(lambda t, _, n: troubles.doubled(t, n), (*LITE, "polling/postgres"), size=2),
    "full": Run(lambda t, _, n: troubles.failing(t, "full", n), LITE, size=3),
    "full-disk": Run(lambda t, _, n: troubles.crowded_out(t, n), LITE, size=3),
    "limited": Run(lambda t, _, n: troubles.limited(t, n), LITE, size=3),
    "readonly": Run(lambda t, _, n: troubles.failing(t, "readonly", n), LITE, size=3),
    "locked": Run(lambda t, _, n: troubles.failing(t, "locked", n, 5), LITE),
    "io": Run(lambda t, _, n: troubles.failing(t, "io", n), LITE, size=3),
    "held": Run(lambda t, _, __: troubles.held(t, 2), LITE),
    "damaged": Run(lambda t, _, __: troubles.damaged(t), LITE),
    "power": Run(troubles.cut_from_database, MANY, size=3),
    "parked": Run(lambda t, _, n: parking.parked(t, n), MANY, plan=Plan("", chats=6)),
    "clock": Run(lambda t, _, n: troubles.jumped(t, n), size=2),
    "workers": Run(
        lambda t, _, n: troubles.workers_killed(t, n),
        ("webhook/postgres",),
        size=6,
        plan=Plan("", workers=3),
    ),
    "poison": Run(lambda t, _, n: troubles.poisoned(t, POISON, n), size=3),
    "told": Run(telling.told, plan=Plan("", chats=6), starts=False),
    "sour": Run(lambda t, _, n: troubles.poisoned(t, SOUR, n), size=3),
}
PARTS = ("quick-kills", "core-hooks", "trail")
"""Short forms of `kills` and `hooks`, for the test run."""


@dataclass(frozen=True, slots=True)
class Place:
    """What runs take place in."""

    content: Content
    starter: Starter
    postgres: Postgres


@asynccontextmanager
async def placed(content: Content, *, afresh: bool = False) -> AsyncIterator[Place]:
    """A PostgreSQL, and a starter of bots: copies of a warmed-up process, or each `afresh`."""
    async with AsyncExitStack() as stack:
        starter = Afresh() if afresh else await stack.enter_async_context(Forked())
        yield Place(content, starter, stack.enter_context(Postgres()))


MOUNT, UNMOUNT = ("/bin/mount", "-t", "tmpfs", "-o"), ("/bin/umount", "-l")


@contextmanager
def _folder(*, small: bool = False) -> Iterator[Path]:
    """A folder of a run's own, with a `small` disk in it if wanted, which only root makes."""
    with tempfile.TemporaryDirectory(prefix="milia-faults-") as folder:
        if not small:
            yield Path(folder)
            return
        size, disk = f"size={troubles.SMALL_DISK}", Path(folder) / troubles.DISK
        disk.mkdir()
        subprocess.run([*MOUNT, size, "milia", disk], check=True)  # noqa: S603
        try:
            yield Path(folder)
        finally:
            subprocess.run([*UNMOUNT, disk], check=True)  # noqa: S603


def possible(name: str) -> bool:
    """Whether this machine lets us: a small disk to be filled takes root."""
    return name != "full-disk" or os.geteuid() == 0


async def ran(
    place: Place, name: str, on: str, *, seed: int = 1, size: int = 0, **about: Any
) -> Account:
    """Do one run; `about` changes its plan."""
    run = RUNS[name]
    mode, _, store = on.partition("/")
    plan = replace(run.plan, **{"name": name, "seed": seed, "mode": mode, **about})
    with _folder(small=name == "full-disk") as folder:
        address = place.postgres.database() if store == "postgres" else ""
        if name == "full-disk":
            address = f"sqlite:///{folder / troubles.DISK / 'milia.db'}"
        starter = Afresh() if run.afresh else place.starter
        async with Town(plan, folder, starter, place.content, address) as town:
            for bot in town.bots:
                if name in NEED_ORDERS:
                    bot.orders = town.orders(trail=run.trail, sour=SOUR, poison=POISON)

            async def trouble() -> None:
                await run.make(town, place.postgres, size or run.size)

            return await town.live(trouble, starts=run.starts)


NEED_ORDERS = frozenset(
    {"trail", "full", "readonly", "locked", "io", "clock", "poison", "sour", "ban-60", "ban-3600"}
)
"""Runs in which the process itself has to be made to fail, and so is started by the launcher."""


async def tried(place: Place, name: str, *, planted: bool, seed: int = 1) -> Account:
    """Do the run that gives a planted bug away, with the bug or without."""
    trial = trials.TRIALS[name]
    plan = Plan(name, seed, chats=trial.chats, patience=1.5, repeats=0)
    with _folder() as folder:
        async with Town(plan, folder, place.starter, place.content) as town:
            town.plant = name if planted else ""
            more = dict(trial.settings)
            if "CONTENT_DIR" in more:
                more |= trials.toy(town.folder)
            town.bot.environment |= more
            town.bot.orders = town.orders(trail=True)
            return await town.live(lambda: trial.trouble(town))

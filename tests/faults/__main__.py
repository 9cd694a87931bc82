"""Runs of faults from the command line: `python tests/faults [options] [name ...]`.

Without a name every run is done, on every combination it makes sense on, but for those that are
parts of others. Each run prints its account as a line of JSON, its seed in it; `--seed N` repeats
a run, `--from N` goes on at a seed.
"""

import argparse
import asyncio
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from toy import REAL  # noqa: E402

from dialogs.content import load  # noqa: E402
from faults.oracle import Account, too_many  # noqa: E402
from faults.runs import ALL, PARTS, RUNS, Place, placed, possible, ran, tried  # noqa: E402
from faults.trials import TRIALS  # noqa: E402


def main() -> int:
    """Give 1 if anything went wrong that must not."""
    return asyncio.run(_main(_wanted()))


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/faults", description=__doc__)
    known = [*RUNS, "planted"]
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(known))
    parser.add_argument("--on", action="append", choices=ALL, help="only on this combination")
    parser.add_argument("--seed", type=int, help="do this seed and no other")
    parser.add_argument("--from", type=int, default=1, dest="first", help="begin at this seed")
    parser.add_argument("--rounds", type=int, default=1, help="how many seeds to do")
    parser.add_argument(
        "--size", type=int, default=0, help="how often in a run: kills, outages ..."
    )
    parser.add_argument("--chats", type=int, help="how many people at once")
    parser.add_argument(
        "--afresh", action="store_true", help="start no copies of a warmed-up process in any run"
    )
    wanted = parser.parse_args()
    # `choices` would refuse no name at all.
    if strange := [name for name in wanted.names if name not in known]:
        parser.error(f"no such run: {', '.join(strange)}")
    return wanted


async def _main(wanted: argparse.Namespace) -> int:
    names = wanted.names or [*(name for name in RUNS if name not in PARTS), "planted"]
    seeds = [wanted.seed] if wanted.seed else range(wanted.first, wanted.first + wanted.rounds)
    accounts: list[Account] = []
    async with placed(load(REAL), afresh=wanted.afresh) as place:
        more = {"chats": wanted.chats} if wanted.chats else {}
        for seed in seeds:
            for name in names:
                if name == "planted":
                    accounts += await _planted(place, seed)
                    continue
                if not possible(name):
                    print(f"{name}: not possible here")  # noqa: T201
                    continue
                for on in RUNS[name].on:
                    if on in (wanted.on or ALL):
                        account = await ran(place, name, on, seed=seed, size=wanted.size, **more)
                        print(account.line, flush=True)  # noqa: T201
                        accounts.append(account)
    return _sum(accounts)


async def _planted(place: Place, seed: int) -> list[Account]:
    """Find every planted bug by its own check, which is silent without the bug."""
    accounts = []
    for name, trial in TRIALS.items():
        sound = await tried(place, name, planted=False, seed=seed)
        ill = await tried(place, name, planted=True, seed=seed)
        told = {check: ill.faults.get(check, 0) for check in trial.tells}
        print(f"planted: {name}: {told}, without: {sound.faults}", flush=True)  # noqa: T201
        sound.failed += not any(told.values())
        accounts.append(sound)
    return accounts


def _sum(accounts: list[Account]) -> int:
    for name in sorted({account.name for account in accounts}):
        found = [account for account in accounts if account.name == name]
        counts = {
            what: sum(getattr(account, what) for account in found)
            for what in ("kills", "answers", "lost", "wrong", "stuck", "repeated", "unmatched")
        }
        share = f"{counts['repeated'] / max(1, counts['answers']):.2%}"
        print(f"{name}: {len(found)} runs, {counts}, {share} repeated")  # noqa: T201
    ill = [account for account in accounts if account.faults]
    if more := too_many(accounts):
        print("FAULTS: more repeated than may be after kills at random")  # noqa: T201
    for account in ill:
        print(f"FAULTS in {account.name}, seed {account.seed}: {account.faults}")  # noqa: T201
    print(f"{len(accounts)} runs, {len(ill)} with faults")  # noqa: T201
    return bool(ill) or more


if __name__ == "__main__":
    sys.exit(main())

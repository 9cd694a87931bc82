"""Runs seeds: one with all that happened in it (`--seed`), or many (`--from`, `--count`)."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

from simulation.planted import plant  # noqa: E402
from simulation.world import Run, simulate, sweep  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/simulation")
    parser.add_argument("--seed", type=int, help="replay this one and tell what happens")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--sweep", type=int, help="crash this seed at each of its points")
    parser.add_argument("--plant", default="", help="with a bug planted")
    given = parser.parse_args()
    with plant(given.plant):
        if given.seed is not None:
            run = simulate(given.seed)
            say(*run.log)
            return told([run])
        if given.sweep is not None:
            return told(sweep(given.sweep))
        start = time.perf_counter()
        runs = [simulate(seed) for seed in range(given.first, given.first + given.count)]
        say(f"{time.perf_counter() - start:.1f} s")
        return told(runs)


def say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def told(runs: Sequence[Run]) -> int:
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(run.counts)
        if run.broken:
            say(f"seed {run.seed}: {run.broken}")
    letters = Counter(run.broken.letter for run in runs if run.broken)
    say(
        f"{len(runs)} runs, {sum(run.crashes for run in runs)} ends of a process, "
        f"{sum(run.points for run in runs)} crash points, {dict(counts)}; broken: {dict(letters)}"
    )
    return 1 if letters else 0


if __name__ == "__main__":
    raise SystemExit(main())

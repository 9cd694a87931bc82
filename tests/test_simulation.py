"""The whole bot in simulated worlds: whatever fails, and wherever it ends, nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest
from simulation.planted import plant
from simulation.world import simulate, sweep

SEEDS = 250
"""More of them by `python tests/simulation --from 1000 --count 200000`."""
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_world_breaks_a_promise(part: int) -> None:
    runs = [simulate(seed) for seed in range(part, SEEDS, PARTS)]
    broken = [f"seed {run.seed}: {run.broken}" for run in runs if run.broken]
    assert not broken, "replay with `python tests/simulation --seed N`\n" + "\n".join(broken)
    assert sum(run.crashes for run in runs) > len(runs)
    assert sum(run.counts["sent"] for run in runs) > 5 * len(runs)


def test_a_crash_at_each_point_of_a_talk_in_turn_loses_nothing() -> None:
    runs = sweep(34)
    assert not [run.broken for run in runs if run.broken]
    assert sum(run.crashes for run in runs) > 300


@pytest.mark.parametrize("seed", [6, 5], ids=["counting", "real"])
def test_a_seed_replays_exactly(seed: int) -> None:
    script = Path(__file__).parent / "simulation"
    told = [
        subprocess.run(  # noqa: S603 - this very program
            [sys.executable, str(script), "--seed", str(seed)],
            env={"PYTHONHASHSEED": hashes},
            capture_output=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    ]
    assert told[0] == told[1]
    assert b"sent" in told[0]


@pytest.mark.parametrize(
    ("bug", "letters"),
    [
        ("ack before commit", "a"),
        ("lose ids", "b"),
        ("high-water mark", "a"),
        ("clear outbox before send", "d"),
        ("drop on 403 of others", "d"),
        ("newest first", "e"),
        ("no owner check", "fh"),
        ("clamp retry_after", "g"),
        ("bans forgotten at a restart", "g"),
        ("deferred delete", "h"),
        ("sender keeps stale row", "h"),
        ("forgotten chat revived", "b"),
        ("forgotten chat noted again", "h"),
    ],
)
def test_a_planted_bug_is_seen(bug: str, letters: str) -> None:
    with plant(bug):
        found = next(run.broken for run in map(simulate, range(500)) if run.broken)
    assert found.letter in letters

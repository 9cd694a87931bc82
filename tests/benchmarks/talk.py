"""Bots side by side: a talk of seven questions by many people at once, measured.

`python tests/benchmarks/talk.py --help`; what the figures mean stands in README.md beside it.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[2]))

import idle
from entries import ENTRIES, Databases, Entry, databases
from table import tables
from trial import FailedError, Load, pin, run

Figures = dict[str, dict[str, list[dict[str, float]]]]


def loads(options: argparse.Namespace) -> list[Load]:
    """Give what was asked for: one load, or the five of the full table."""
    unusual = (options.load, options.limited, options.jitter_ms, options.duplicates)
    if any(unusual) or options.delay_ms is not None:
        return [_one(options)]
    chats, seconds = options.chats, options.seconds
    return [
        Load("full load", chats, chats, seconds=seconds),
        Load("full load, 40 ms round trip", chats, chats, round_trip=0.04, seconds=seconds),
        Load("50 updates a second", 60, 60, 50.0, seconds=seconds),
        ten := Load("10 people, 40 ms round trip", 10, 30, 10.0, round_trip=0.04, seconds=seconds),
        replace(ten, name=f"{ten.name}, beside a limited chat", limited=True),
    ]


def _one(options: argparse.Namespace) -> Load:
    load = options.load or "full"
    rate = 0.0 if load == "full" else float(load.removesuffix("/s"))
    delay = (options.delay_ms or 0) / 1000
    words = [load, f"{options.delay_ms or 0:g} ms round trip"]
    if options.jitter_ms:
        words.append(f"{options.jitter_ms:g} ms jitter each way")
    if options.duplicates:
        words.append(f"{options.duplicates:.0%} delivered twice")
    talks = options.talks or options.chats
    jitter, twice = options.jitter_ms / 1000, options.duplicates
    if options.limited:
        words.append("beside a limited chat")
    name, limited = ", ".join(words), options.limited
    return Load(name, options.chats, talks, rate, delay, jitter, twice, options.seconds, limited)


async def measure(options: argparse.Namespace, made: Databases) -> Figures:
    """Run all loads: rounds outside, contestants inside, so that noise meets all alike."""
    entries = [ENTRIES[name] for name in options.only.split(",")]
    asked = loads(options)
    figures: Figures = {load.name: {} for load in asked}
    for number in range(options.rounds):
        for load in asked:
            for entry in entries:
                found = await _tried(entry, load, made, number)
                if found:
                    figures[load.name].setdefault(entry.name, []).append(found)
    return figures


async def _tried(entry: Entry, load: Load, made: Databases, number: int) -> dict[str, float] | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = await run(entry, load, Path(folder), made, number)
        except FailedError as error:
            print(error, file=sys.stderr)  # noqa: T201
            return None
    told = f"CPU {result.cpu_per_1000:.0f} ms/1,000, p50 {result.p50 * 1000:.1f} ms"
    trouble = f"wrong {result.wrong}, late {result.late}, stuck {result.stuck}"
    print(f"{number + 1} {load.name}: {entry.name}: {told}, {trouble}", file=sys.stderr)  # noqa: T201
    return result.plain()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--only", default=",".join(ENTRIES), help="contestants, the first is the measure")
    add("--chats", type=int, default=400, help="people at a time")
    add("--talks", type=int, default=0, help="talks in all, with one load; as many as chats")
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=30.0, help="the longest a trial may take")
    add("--load", help="`full`, or steps a second such as 50/s; unset: the five of the table")
    add("--delay-ms", type=float, help="the round trip to Telegram")
    add("--jitter-ms", type=float, default=0.0, help="random time added each way")
    add("--duplicates", type=float, nargs="?", const=0.1, default=0.0, help="share sent twice")
    add("--limited", action="store_true", help="beside somebody to whom Telegram answers 429")
    add("--idle", type=int, default=0, help="instead: ours beside so many idle chats")
    add("--json", type=Path, help="also write every round's figures to this file")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = arguments()
    pin()
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as made:
        if options.idle:
            counted = idle.measure(
                options.idle, options.chats, options.rounds, options.seconds, made
            )
            figures: Figures = {"idle chats": uvloop.run(counted)}
            text = idle.table(figures["idle chats"])
        else:
            figures = uvloop.run(measure(options, made))
            text = tables({load: rows for load, rows in figures.items() if rows})
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()

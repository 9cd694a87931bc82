"""From the start of the process to its first poll: our bot beside a bare echo bot, side by side.

`python tests/benchmarks/start.py [rounds]`. Only the ratio means anything: both run in turn on
the same machine, against the same stand-in.
"""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.playground import Playground

ROOT = Path(__file__).parents[2]
CONTESTANTS = {
    "echo": [str(Path(__file__).parent / "echo_bot.py")],
    "ours": ["-m", "bot"],
}


async def started(server: Playground, arguments: list[str], folder: str) -> float:
    """Seconds until the first poll arrives."""
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "DATABASE_URL": f"sqlite:///{folder}/milia.db",
        "OPERATOR_NAME": "x",
        "OPERATOR_CONTACT": "x",
        "PRIVACY_CONTACT": "x",
        "LOG_LEVEL": "ERROR",
    }
    before = server.counts().get("getupdates", 0)
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    while server.counts().get("getupdates", 0) == before:  # noqa: ASYNC110 - looks at the log
        await asyncio.sleep(0.001)
    taken = time.perf_counter() - begun
    process.send_signal(signal.SIGKILL)
    await process.wait()
    return taken


async def main(rounds: int) -> None:
    """Print the medians and the ratio of each round."""
    taken: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for number in range(rounds + 1):
        for name, arguments in CONTESTANTS.items():
            with tempfile.TemporaryDirectory() as folder:
                async with Playground() as server:
                    seconds = await started(server, arguments, folder)
            if number:  # the first round fills the caches of files
                taken[name].append(seconds)
    for name, times in taken.items():
        print(f"{name}: median {statistics.median(times) * 1000:.0f} ms of {rounds}")  # noqa: T201
    ratios = [ours / echo for ours, echo in zip(taken["ours"], taken["echo"], strict=True)]
    low, high = min(ratios), max(ratios)
    print(f"ratio: median {statistics.median(ratios):.2f}, from {low:.2f} to {high:.2f}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))

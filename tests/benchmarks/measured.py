"""What a process costs: its CPU time and memory, its children's included."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_SCHED = 2
"""The kind of clock that counts the nanoseconds a whole process has run."""


def family(pid: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    yield pid
    with suppress(OSError):
        for thread in (PROC / str(pid) / "task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def cpu(pid: int) -> float:
    """Seconds of CPU, user and system, of a process and its living children.

    As /proc/PID/stat has it, but to the nanosecond instead of the hundredth: this is the clock of
    `clock_getcpuclockid`. Linux only.
    """
    total = 0.0
    for one in family(pid):
        with suppress(OSError):
            total += time.clock_gettime((~one << 3) | _SCHED)
    return total


def memory(pid: int) -> float:
    """Megabytes of resident memory of a process and its children."""
    total = 0
    for one in family(pid):
        with suppress(OSError):
            lines = (PROC / str(one) / "status").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return total / 1024

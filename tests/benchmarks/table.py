"""The figures of all rounds as tables: medians, and ratios to the first contestant."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Figures = Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]
"""By load and contestant, what each round measured."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, the figure in it, what to multiply it by, and its decimals."""

    head: str
    figure: str
    factor: float = 1.0
    decimals: int = 0


COLUMNS = (
    Column("CPU ms/1,000", "cpu_per_1000"),
    Column("+database", "database_cpu_per_1000"),
    Column("updates/s", "updates_a_second"),
    Column("calls/update", "calls_an_update", decimals=2),
    Column("p50 ms", "p50", 1000, 1),
    Column("p99 ms", "p99", 1000, 1),
    Column("handed p50", "handed_p50", 1000, 1),
    Column("handed p99", "handed_p99", 1000, 1),
    Column("MB", "memory"),
    Column("first poll ms", "first_poll", 1000),
    Column("first answer ms", "first_answer", 1000),
    Column("wrong", "wrong"),
    Column("late", "late"),
    Column("stuck", "stuck"),
    Column("Telegram busy", "telegram_busy", 1, 2),
)


def tables(figures: Figures) -> str:
    """Write a table for each load."""
    return "\n\n".join(f"## {load}\n\n{_table(rows)}" for load, rows in figures.items())


def _table(rows: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    base = next(iter(rows))
    heads = ["contestant", f"CPU ratio to {base}", *(column.head for column in COLUMNS)]
    lines = [heads, ["---", *(["---:"] * (len(heads) - 1))]]
    for name, rounds in rows.items():
        lines.append([name, ratio(rounds, rows[base]), *(_cell(rounds, one) for one in COLUMNS)])
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def _cell(rounds: Sequence[Mapping[str, float]], column: Column) -> str:
    value = statistics.median(one[column.figure] for one in rounds) * column.factor
    if column.figure in ("wrong", "late", "stuck"):  # one bad round must not hide in a median
        value = sum(one[column.figure] for one in rounds)
    return f"{value:,.{column.decimals}f}"


def ratio(
    rounds: Sequence[Mapping[str, float]],
    base: Sequence[Mapping[str, float]],
    figure: str = "cpu_per_1000",
) -> str:
    """Give the median of the ratios, each within its round, and how far they spread."""
    both = zip(rounds, base, strict=False)
    ratios = [one[figure] / other[figure] for one, other in both if other[figure]]
    if not ratios:
        return "-"
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})"

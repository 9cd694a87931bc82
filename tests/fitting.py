"""How much each mark of a reading counts (`dialogs/understanding/weights.py`): fitted here.

`python tests/fitting.py` weighs the readings of the lines in `fitting.jsonl`, from which nothing
else is learned, and writes the weights down. To be run after `hear/` has grown much; the same
lines give the same weights. It takes about a minute.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import exp, sqrt
from pathlib import Path

from score import SAME, SMALL, Line, lines
from toy import REAL

from dialogs.content import Content, load
from dialogs.understanding import Choice, Confirm, Danger, MaybeDanger, Understanding
from dialogs.understanding.deciding import Reading

LINES = Path(__file__).parent / "fitting.jsonl"
WRITTEN = Path(__file__).parent.parent / "dialogs/understanding/weights.py"
ROUNDS, STEP = 300, 0.1
SHRINK = 0.0002
"""How much weights are drawn to 0, so that few lines do not decide a mark."""

ANSWERS = 2.0
"""How much a plain answer counts beside another line: most of what is typed is one."""

Mark = tuple[str, str]
Candidate = tuple[bool, dict[Mark, float]]
HEAD = '''"""How much each mark of a reading counts; written by `tests/fitting.py`, not by hand."""

from collections.abc import Mapping

'''


def fitted(reader: Understanding, content: Content) -> Mapping[Mark, float]:
    """Find the weights under which the right readings of all lines are likeliest."""
    rows = list(_rows(reader, content))
    weights: dict[Mark, float] = defaultdict(float)
    speed, size = defaultdict[Mark, float](float), defaultdict[Mark, float](float)
    for turn in range(1, ROUNDS + 1):
        slope = defaultdict[Mark, float](float)
        for weight, row in rows:
            _lean(slope, weights, weight, row)
        for mark in sorted(slope):
            pull = slope[mark] / len(rows) + SHRINK * weights[mark]
            speed[mark] = 0.9 * speed[mark] + 0.1 * pull
            size[mark] = 0.99 * size[mark] + 0.01 * pull * pull
            straight = speed[mark] / (1 - 0.9**turn)
            weights[mark] -= STEP * straight / (sqrt(size[mark] / (1 - 0.99**turn)) + 1e-8)
    return weights


def _lean(
    slope: dict[Mark, float], weights: Mapping[Mark, float], weight: float, row: list[Candidate]
) -> None:
    sums = [sum(weights[mark] * value for mark, value in marks.items()) for _, marks in row]
    most = max(sums)
    parts = [exp(value - most) for value in sums]
    total = sum(parts)
    right = sum(part for part, (fits, _) in zip(parts, row, strict=True) if fits)
    for part, (fits, marks) in zip(parts, row, strict=True):
        lean = weight * (part / total - (part / right if fits else 0.0))
        for mark, value in marks.items():
            slope[mark] += lean * value


def _rows(reader: Understanding, content: Content) -> Iterator[tuple[float, list[Candidate]]]:
    with LINES.open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    for line in (*given, *lines("replies", "dev")):
        question = content.questions[line["question"]]
        if isinstance(reader.read(line["text"], question), (Danger, MaybeDanger)):
            continue
        readings = reader.readings(line["text"], question)
        row = [
            (fits(line, reading), {(reading.kind, mark): v for mark, v in reading.marks.items()})
            for reading in readings
        ]
        if any(right for right, _ in row):
            yield ANSWERS if line["kind"] == "answer" else 1.0, row


def fits(line: Line, reading: Reading) -> bool:
    """Whether a reading is the right one for a line."""
    wanted = set(line.get("values") or [line["value"]])
    named = SAME.get(str(line.get("value")), str(line.get("value")))
    match reading.kind:
        case "answer":
            told = isinstance(reading.answer, (Choice, Confirm))
            said = set(reading.answer.options) if reading.answer and told else set()  # type: ignore[union-attr]
            return line["kind"] in ("answer", "confirm") and said == wanted
        case "correction":
            said = set(reading.options)
            return line["kind"] == "correction" and (reading.name, said) == (line["of"], wanted)
        case "topic":
            small = line["kind"] == "none" and reading.name in SMALL
            return small or (line["kind"] in ("topic", "command") and reading.name == named)
        case "command":
            same = SAME.get(reading.name, reading.name) == named
            return line["kind"] in ("topic", "command") and same
    return bool(line["kind"] == "none")


def main() -> None:
    """Fit, and write the weights down."""
    content = load(REAL)
    weights = fitted(Understanding(content), content)
    kinds = sorted({kind for kind, _ in weights})
    text = HEAD + "WEIGHTS: Mapping[str, Mapping[str, float]] = {\n"
    for kind in kinds:
        text += f'    "{kind}": {{\n'
        for (own, mark), value in sorted(weights.items()):
            text += f'        "{mark}": {value:.3f},\n' if own == kind else ""
        text += "    },\n"
    WRITTEN.write_text(text + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How well typed words are understood, on lines that nobody wrote with the content in sight.

`python tests/score.py` prints the shares. Lines are never tuned on: what was learned
from one belongs in `hear/` only together with the line's removal from here.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toy import REAL

from dialogs.content import Content, load
from dialogs.understanding import About, Choice, Command, Danger, Meaning, Understanding

LABELLED = Path(__file__).parent / "understanding"
LISTED = ("danger-crop", "danger-lashes")
"""Kinds of danger that have no card of their own yet; any danger card counts for them."""


def lines(name: str) -> Iterator[dict[str, Any]]:
    """The labelled lines of one file."""
    with (LABELLED / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def asked(reader: Understanding) -> Counter[str]:
    """Side questions: answered with the right topic, a wrong one, or not at all."""
    found: Counter[str] = Counter()
    for line in lines("questions"):
        meaning = reader.read(line["text"], None)
        if isinstance(meaning, About):
            right = meaning.topic in (line["topic"], *line.get("also", ()))
            found["right" if right else "wrong"] += 1
        elif line["topic"] == "emergency":
            found["right" if isinstance(meaning, Danger) else "not served"] += 1
        else:
            found["not served"] += 1
    return found


def replied(reader: Understanding, content: Content) -> Counter[str]:
    """Replies by kind: right, stored wrong, or not understood."""
    found: Counter[str] = Counter()
    for line in lines("replies"):
        meaning = reader.read(line["text"], content.questions[line["question"]])
        found[f"{line['kind']}: {_judged(line, meaning)}"] += 1
    return found


def _judged(line: dict[str, Any], meaning: Meaning) -> str:
    kind, wanted = line["kind"], set(line.get("values") or [line.get("value")])
    match meaning:
        case Choice(options):
            right = kind in ("answer", "confirm") and set(options) == wanted
            return "right" if right else "stored wrong"
        case Command(name):
            return "right" if kind == "command" and name in wanted else "other"
        case About(topic):
            return "right" if kind == "topic" and topic in wanted else "other"
        case Danger():
            return "alarm"
    return "right" if kind == "none" else "not understood"


def alarmed(reader: Understanding) -> Counter[str]:
    """Dangerous lines by the card they bring, and harmless ones that bring one."""
    found: Counter[str] = Counter()
    for line in lines("danger"):
        card = reader.read_danger(line["text"])
        same = card == line["page"] or (card and line["page"] in LISTED)
        found["danger: right card" if same else "danger: another card" if card else "missed"] += 1
    for line in lines("harmless"):
        alarm = reader.read_danger(line["text"])
        found["harmless: false alarm" if alarm else "harmless: quiet"] += 1
    return found


def main() -> None:
    """Print all shares."""
    content = load(REAL)
    reader = Understanding(content)
    for found in (asked(reader), replied(reader, content), alarmed(reader)):
        print(*(f"{count:5} {what}" for what, count in sorted(found.items())), sep="\n")  # noqa: T201
        print()  # noqa: T201


if __name__ == "__main__":
    main()

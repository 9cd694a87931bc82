"""How well typed words are understood, on lines that nobody wrote with the content in sight.

`python tests/score.py` prints the shares of both halves of the lines. One half (`dev`) may be
looked at; no line of the other (`held`) is ever printed, and nothing is tuned on it. A line is
never learned from: what `hear/` says shares no four words in a row with it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from toy import REAL

from dialogs.content import Content, load
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
    MaybeDanger,
    Meaning,
    Sure,
    Understanding,
    Unsure,
)

LABELLED = Path(__file__).parent / "understanding"
HALVES = ("dev", "held")
SAME = {"privacy": "privacy-my-data", "sources": "sources-who-wrote-this"}
"""Commands that show what a topic is about."""

Line = dict[str, Any]
Tally = Counter[str]


def half(text: str) -> str:
    """The half that a line belongs to, for ever."""
    return HALVES[sha256(text.encode()).digest()[0] % 2]


def lines(name: str, which: str | None = None) -> Iterator[Line]:
    """The labelled lines of one file, or those of one half of it."""
    with (LABELLED / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from (line for line in map(json.loads, file) if which in (None, half(line["text"])))


def asked(reader: Understanding, which: str | None = None) -> Tally:
    """Side questions: the right topic at once, within the buttons, a wrong one, or none."""
    found: Tally = Counter()
    for line in lines("questions", which):
        wanted = {line["topic"], *line["also"]}
        meaning = reader.read(line["text"], None)
        found[_answered(meaning, wanted)] += 1
        found["first choice right"] += bool(wanted & set(_offered(meaning)[:1]))
    return found


def _answered(meaning: Meaning, wanted: set[str]) -> str:
    if isinstance(meaning, (Danger, MaybeDanger)):
        if "emergency" in wanted:
            return "right at once"
        beside = isinstance(meaning, MaybeDanger) and meaning.topic in wanted
        return "asked of danger, then right" if beside else "taken for danger"
    if isinstance(meaning, (About, Command)):
        return "right at once" if wanted & set(_offered(meaning)[:1]) else "wrong at once"
    return "right within the buttons" if wanted & set(_offered(meaning)) else "not served"


def _offered(meaning: Meaning) -> list[str]:
    sures: tuple[Sure, ...] = meaning.alternatives if isinstance(meaning, Unsure) else ()
    if isinstance(meaning, (About, Command)):
        sures = (meaning,)
    if isinstance(meaning, (Danger, MaybeDanger)):
        return ["emergency"]
    return [
        sure.topic if isinstance(sure, About) else SAME.get(sure.name, sure.name)
        for sure in sures
        if isinstance(sure, (About, Command))
    ]


def replied(reader: Understanding, content: Content, which: str | None = None) -> Tally:
    """Replies by kind: right, offered, stored wrong, or something else."""
    found: Tally = Counter()
    for line in lines("replies", which):
        meaning = reader.read(line["text"], content.questions[line["question"]])
        found[f"{line['kind']}: {_judged(content, line, meaning)}"] += 1
    return found


def _judged(content: Content, line: Line, meaning: Meaning) -> str:
    """What became of a reply. An answer that is confirmed first is right; so is its danger card."""
    kind, wanted = line["kind"], set(line.get("values") or [line["value"]])
    right = False
    match meaning:
        case Choice(options):
            right = kind in ("answer", "confirm") and set(options) == wanted
            return "right" if right else "stored wrong"
        case Confirm(options):
            right = kind in ("answer", "confirm") and set(options) == wanted
        case Correction(name, options):
            right = kind == "correction" and name == line["of"] and set(options) == wanted
        case About() | Command():
            told = [SAME.get(str(line["value"]), str(line["value"]))]
            right = kind in ("topic", "command") and _offered(meaning) == told
            right = right or (kind == "none" and _offered(meaning)[0] in SMALL)
        case Danger(page):
            named = content.messages[page].answers.get(line.get("of") or line["question"])
            right = kind in ("answer", "correction", "confirm") and named in wanted
        case Unsure(sures):
            options = tuple(o for sure in sures if isinstance(sure, Choice) for o in sure.options)
            near = wanted & {*options, *_offered(meaning)}
            return "offered" if near else "right" if kind == "none" else "offered wrong"
        case None:
            right = kind == "none"
    return "right" if right else "danger asked" if isinstance(meaning, MaybeDanger) else "other"


SMALL = ("greeting", "thanks", "out-of-scope")
"""What may be said to chat that is no answer."""


def alarmed(reader: Understanding, which: str | None = None) -> Tally:
    """Dangerous lines by what they bring, and harmless ones that bring something."""
    found: Tally = Counter()
    for line in lines("danger", which):
        meaning = reader.read(line["text"], None)
        found["danger: " + _sounded(meaning, line["page"])] += 1
    for line in lines("harmless", which):
        found["harmless: " + _sounded(reader.read(line["text"], None), "")] += 1
    return found


def _sounded(meaning: Meaning, page: str) -> str:
    if isinstance(meaning, Danger):
        return "the card" if meaning.page == page else "a card"
    return "asked" if isinstance(meaning, MaybeDanger) else "quiet"


def shares(found: Tally) -> dict[str, float]:
    """Each count as a share of its group (what stands before a colon), in per cent."""
    groups: Tally = Counter()
    for what, count in found.items():
        if what != "first choice right":
            groups[what.partition(":")[0] if ":" in what else ""] += count
    return {
        what: 100 * count / groups[what.partition(":")[0] if ":" in what else ""]
        for what, count in sorted(found.items())
    }


def main() -> None:
    """Print all shares."""
    content = load(REAL)
    reader = Understanding(content)
    for which in HALVES:
        print(f"--- {which} ---")  # noqa: T201
        tallies = (asked(reader, which), replied(reader, content, which), alarmed(reader, which))
        for found in tallies:
            for what, share in shares(found).items():
                print(f"{share:5.1f} % {found[what]:4} {what}")  # noqa: T201
            print()  # noqa: T201


if __name__ == "__main__":
    main()

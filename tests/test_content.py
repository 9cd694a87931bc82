"""Content that is wrong is refused with file and line, all faults at once."""

from pathlib import Path

import pytest
from toy import COLOUR, LINE, REAL, SAWS, SHAPE, TOOLS, toy, write

from dialogs.content import ContentError, load

INTAKE = "en/intake/10-colour.md"
TWO = "en/intake/20-shape.md"
STEP = "en/routine/10-look-red.md"
TOPIC = "en/topics/saws.md"
MESSAGE = "en/messages/noted.md"

BROKEN: dict[str, tuple[dict[str, str | bytes | None], str]] = {
    "no front matter": ({INTAKE: "Which colour?\n"}, f"{INTAKE}:1: the page must begin"),
    "front matter never closed": (
        {INTAKE: "---\nwhy: x\n"},
        f"{INTAKE}:1: the front matter has no",
    ),
    "bad YAML": ({INTAKE: COLOUR.replace("why: To", "why: [To")}, f"{INTAKE}:4: bad YAML"),
    "a key twice": ({INTAKE: COLOUR.replace("why:", "why: a\nwhy:")}, f"{INTAKE}:4: `why` stands"),
    "an unknown key": ({INTAKE: COLOUR.replace("why:", "colour: x\nwhy:")}, f"{INTAKE}:3: colour"),
    "a reserved key": (
        {INTAKE: COLOUR.replace("why:", "name: x\nwhy:")},
        f"{INTAKE}:3: `name` may",
    ),
    "no reason to ask": (
        {INTAKE: COLOUR.replace("why: To test.\n", "")},
        f"{INTAKE}:2: why: Field",
    ),
    "no facts": ({INTAKE: COLOUR.replace("[house-ask-first]", "[]")}, f"{INTAKE}:4: facts"),
    "no text": ({INTAKE: COLOUR.replace("Which colour?\n", "")}, f"{INTAKE}:7: text"),
    "one option only": (
        {INTAKE: COLOUR.replace("{red: Red, blue: Blue, none: No colour}", "{red: Red}")},
        f"{INTAKE}:2: options",
    ),
    "a label too long": (
        {INTAKE: COLOUR.replace("Red,", f"{'R' * 35},")},
        f"{INTAKE}:2: options.red",
    ),
    "an option id with a space": (
        {INTAKE: COLOUR.replace("red:", "a red:")},
        f"{INTAKE}:2: options",
    ),
    "a label that is a command": (
        {INTAKE: COLOUR.replace("Red,", "Help,")},
        f"{INTAKE}:2: this label",
    ),
    "a second page of that name": (
        {"en/intake/15-colour.md": COLOUR},
        "en/intake/15-colour.md:1: a second page",
    ),
    "a bad file name": (
        {"en/intake/Bad Name.md": COLOUR},
        "en/intake/Bad Name.md:1: a page is named",
    ),
    "not UTF-8": ({INTAKE: b"---\n\xff\n---\n"}, f"{INTAKE}:1: not UTF-8"),
    "a condition on a later question": (
        {INTAKE: COLOUR.replace("---\nWhich", "when: {shape: red}\n---\nWhich")},
        f"{INTAKE}:6: no question before this is named `shape`",
    ),
    "a condition on an unknown option": (
        {TWO: SHAPE.replace("[red, blue]", "[red, green]")},
        f"{TWO}:5: `colour` has no option `green`",
    ),
    "counting as an unknown option": (
        {"en/intake/30-tools.md": TOOLS.replace("unsure: axe", "unsure: spade")},
        "en/intake/30-tools.md:4: no option is named `spade`",
    ),
    "an order that leaves an option out": (
        {INTAKE: COLOUR.replace("why:", "safer_first: [red, blue]\nwhy:")},
        f"{INTAKE}:3: `safer_first` names every option once",
    ),
    "a reply that is no message": (
        {INTAKE: COLOUR.replace("why:", "reply: {red: well-done}\nwhy:")},
        f"{INTAKE}:3: no message is named `well-done`",
    ),
    "a fact that nobody has": (
        {INTAKE: COLOUR.replace("house-ask-first", "made-up")},
        f"{INTAKE}:4: no fact is named `made-up`",
    ),
    "a question of many lines": (
        {INTAKE: COLOUR + "two\nthree\nfour\n"},
        f"{INTAKE}:7: the text has more than 3 lines",
    ),
    "a page of many lines": (
        {
            TOPIC: "---\ntitle: A\nsection: learn-basics\nfacts: [house-ask-first]\n---\n"
            + "saw\n" * 22
        },
        f"{TOPIC}:6: a page has at most 25 lines",
    ),
    "ids too long for a button": (
        {
            f"en/intake/40-{'q' * 24}.md": COLOUR.replace("red:", f"{'o' * 24}:"),
        },
        f"en/intake/40-{'q' * 24}.md:2: name and option are too long together",
    ),
    "a heading": (
        {TOPIC: "---\ntitle: A\nsection: learn-basics\nfacts: [house-ask-first]\n---\n# Saws\n"},
        f"{TOPIC}:6: Telegram",
    ),
    "an image": (
        {
            TOPIC: "---\ntitle: A\nsection: learn-basics\nfacts: [house-ask-first]\n---\n![saw](https://a.example/x.png)\n"
        },
        f"{TOPIC}:6: Telegram cannot show `![`",
    ),
    "a topic in no section": (
        {TOPIC: "---\ntitle: A\nsection: nowhere\nfacts: [house-ask-first]\n---\nSaws.\n"},
        f"{TOPIC}:3: no message is named `nowhere`",
    ),
    "an acid that is not marked as one": (
        {STEP: LINE.replace("Look at something red.", "Put on some glycolic acid.")},
        f"{STEP}:7: names an acid or retinoid, so it needs `active`",
    ),
    "an acid offered beside the care": (
        {STEP: LINE.replace("morning", "seen").replace("Look at something", "Try an acid on")},
        f"{STEP}:7: names an acid or retinoid without any caution",
    ),
    "an active that forgets the eyes": (
        {
            STEP: LINE.replace(
                "part: morning", "part: evening\nactive: acid\nregion: face_outside_orbit"
            )
        },
        f"{STEP}:9: an active line says `outside the bony rim of the eye`",
    ),
    "a banned claim": (
        {STEP: LINE.replace("Look at something red.", "Success is guaranteed.")},
        f"{STEP}:7: a banned claim (nothing is guaranteed)",
    ),
    "a named fact with the name of a question": (
        {"rules.yaml": "named:\n  colour: [{value: red}]\n"},
        "rules.yaml:2: `colour` is already the name of a question",
    ),
    "a named fact from an unknown option": (
        {"rules.yaml": "named:\n  mood:\n    - {value: red, when: {colour: green}}\n"},
        "rules.yaml:3: `colour` has no option `green`",
    ),
    "a stamp without a day": (
        {"reviewed.yaml": "- {hash: 0123456789ab, by: Dr A}\n"},
        "reviewed.yaml:1: on: Field required",
    ),
    "no words to judge by": (
        {"en/wording.yaml": None},
        "en/wording.yaml:1: this file is missing",
    ),
    "a topic of many words": (
        {
            TOPIC: "---\ntitle: A\nsection: learn-basics\nfacts: [house-ask-first]\n---\n"
            + "saw " * 121
        },
        f"{TOPIC}:6: the text has more than 120 words",
    ),
    "a line of two lines": (
        {STEP: LINE + "And green.\n"},
        f"{STEP}:7: a line of the routine is one",
    ),
    "a line in no part": ({STEP: LINE.replace("morning", "noon")}, f"{STEP}:2: part"),
    "a level where none is shown": (
        {STEP: LINE.replace("part: morning", "part: morning\nlevel: soon")},
        f"{STEP}:3: only `first` and `seen` lines",
    ),
    "an active near the eyes": (
        {STEP: LINE.replace("part: morning", "part: evening\nactive: acid\nregion: face")},
        f"{STEP}:3: an active keeps to",
    ),
    "a ladder that is not there": (
        {STEP: LINE.replace("part: morning", "part: evening\nladder: steep")},
        f"{STEP}:3: no ladder is named `steep`",
    ),
    "a ladder without words for its nights": (
        {
            STEP: LINE.replace("part: morning", "part: evening\nladder: steep"),
            "en/messages/night-rest.md": None,
            "rules.yaml": (
                "ladders:\n  steep: {active: acid, first: [mon], then: [mon], first_weeks: 2,"
                " facts: [house-ask-first]}\n"
            ),
        },
        "en/messages/night-rest.md:1: this message is missing",
    ),
    "a seller's claim in a routine": (
        {STEP: LINE.replace("house-ask-first", "brand-20x-claim")},
        f"{STEP}:3: `brand-20x-claim` is the seller's claim",
    ),
    "a slot that nobody fills": (
        {MESSAGE: "---\n{}\n---\nNoted: {ecko}\n"},
        f"{MESSAGE}:4: no slot `{{ecko}}`",
    ),
    "a button that does nothing": (
        {MESSAGE: "---\nbuttons: {dance: Dance}\n---\nNoted: {echo}\n"},
        f"{MESSAGE}:2: no button does `dance`",
    ),
    "a message that is missing": ({MESSAGE: None}, f"{MESSAGE}:1: this message is missing"),
    "markup in a toast": (
        {"en/messages/stale.md": "---\n{}\n---\nThat is **old**.\n"},
        "en/messages/stale.md:4: this page is shown as plain text",
    ),
    "examples for nothing": (
        {"en/hear/topics/hats.yaml": "- hat\n"},
        "en/hear/topics/hats.yaml:1: no page of topics/",
    ),
    "examples for an unknown option": (
        {"en/hear/intake/colour.yaml": "green: [verdant]\n"},
        "en/hear/intake/colour.yaml:1: `colour` has no option `green`",
    ),
    "an example under two options": (
        {"en/hear/intake/colour.yaml": "red: [warm]\nblue: [cold, Warm!]\n"},
        "en/hear/intake/colour.yaml:2: this stands under `red` too",
    ),
    "a pattern that is none": (
        {"en/hear/messages/danger-eye.yaml": "- eye hurts\n- (eye\n"},
        "en/hear/messages/danger-eye.yaml:2: bad pattern",
    ),
    "danger words for nothing": (
        {"en/hear/messages/danger-eye.yaml": None},
        "en/messages/danger-eye.md:1: no `hear/messages/danger-eye.yaml` says when",
    ),
    "a danger that gives way to nobody": (
        {
            "en/messages/danger-eye.md": (REAL / "en/messages/danger-eye.md")
            .read_text()
            .replace("level:", "instead: {colour: {pink: danger-baby}}\nlevel:")
        },
        "en/messages/danger-eye.md:4: `colour: pink` is no answer",
    ),
    "a fact twice": (
        {"facts/more.yaml": "- {id: house-ask-first, says: x, strength: house}\n"},
        "facts/more.yaml:1: a second fact is named",
    ),
    "a fact of unknown strength": (
        {"facts/more.yaml": "- {id: a, says: x, strength: huge}\n"},
        "facts/more.yaml:1: strength",
    ),
    "a command that is missing": (
        {"en/commands.yaml": "start: {menu: Begin}\n"},
        "en/commands.yaml:1: the command `forget` is missing",
    ),
    "a rule about no question": (
        {"rules.yaml": "expiry:\n  - {question: age, after_days: 1, after_change_hours: 1}\n"},
        "rules.yaml:2: no question is named `age`",
    ),
    "a rule that is no number": (
        {"rules.yaml": "expiry:\n  - {question: colour, after_days: x, after_change_hours: 1}\n"},
        "rules.yaml:2: expiry.0.after_days",
    ),
    "no rules": ({"rules.yaml": None}, "rules.yaml:1: this file is missing"),
}


def broken(folder: Path, pages: dict[str, str | bytes | None]) -> str:
    texts = {name: text for name, text in pages.items() if not isinstance(text, bytes)}
    write(folder, texts)
    for name, text in pages.items():
        if isinstance(text, bytes):
            (folder / name).write_bytes(text)
    with pytest.raises(ContentError) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_content_is_refused_with_file_and_line(name: str, tmp_path: Path) -> None:
    pages, fault = BROKEN[name]
    faults = broken(tmp_path / "content", pages).splitlines()
    assert any(line.startswith(fault) for line in faults), faults


def test_all_faults_are_told_at_once_and_none_because_of_another(tmp_path: Path) -> None:
    pages = {
        INTAKE: COLOUR.replace("Red,", f"{'R' * 35},"),
        TWO: SHAPE.replace("house-ask-first", "made-up"),
        STEP: LINE.replace("morning", "noon"),
        TOPIC: "Saws cut.\n",
    }
    faults = broken(tmp_path / "content", dict(pages)).splitlines()
    assert [fault.split(":")[0] for fault in faults] == [INTAKE, TWO, STEP, TOPIC]


def test_the_toy_content_itself_is_accepted(tmp_path: Path) -> None:
    assert list(toy(tmp_path / "content").questions) == ["colour", "shape", "tools"]


def test_words_like_no_and_yes_stay_words(tmp_path: Path) -> None:
    page = COLOUR.replace("red: Red", "yes: Yes, on: On")
    found = toy(
        tmp_path / "content",
        {
            INTAKE: page.replace("blue", "no"),
            TWO: None,
            STEP: None,
            "en/hear/intake/colour.yaml": None,
        },
    )
    assert list(found.questions["colour"].options) == ["yes", "on", "no", "none"]


def test_the_hash_follows_every_change_of_the_words(tmp_path: Path) -> None:
    before = toy(tmp_path / "a").hash
    assert toy(tmp_path / "b").hash == before
    assert (
        toy(
            tmp_path / "c",
            {TOPIC: SAWS.replace("cut", "saw")},
        ).hash
        != before
    )

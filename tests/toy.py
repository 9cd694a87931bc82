"""A small content folder of a test's own: two or three questions beside the real messages."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from dialogs.content import Content, load

REAL = Path(__file__).parent.parent / "content"

COLOUR = """---
options: {red: Red, blue: Blue, none: No colour}
why: To test.
facts: [house-ask-first]
title: Colour
---
Which colour?
"""

SHAPE = """---
options: {red: A red shape, round: Round, none: No shape}
why: To test.
facts: [house-ask-first]
when: {colour: [red, blue]}
title: Shape
---
Which shape?
"""

TOOLS = """---
options: {saw: Saw, axe: Axe, none: None, unsure: Not sure}
several: "true"
counts_as: {unsure: axe}
why: To test.
facts: [house-ask-first]
title: Tools
---
Which tools?
"""

LINE = """---
part: morning
facts: [house-ask-first]
when: {colour: red}
base: "true"
---
Look at something red.
"""

SEEN = """---
part: seen
level: planned
facts: [house-ask-first]
when: {tools: axe}
---
Show someone the axe.
"""

SAWS = """---
title: About saws
section: learn-basics
facts: [house-ask-first]
---
Saws cut.
"""

PAGES: Mapping[str, str] = {
    "rules.yaml": "expiry: []\n",
    "en/intake/10-colour.md": COLOUR,
    "en/intake/20-shape.md": SHAPE,
    "en/intake/30-tools.md": TOOLS,
    "en/routine/10-look-red.md": LINE,
    "en/routine/20-see-axe.md": SEEN,
    "en/topics/saws.md": SAWS,
    "en/hear/topics/saws.yaml": "- what is a saw\n- how do saws work\n",
    "en/hear/intake/colour.yaml": "red: [rouge, scarlet please]\nblue: [azure, navy]\n",
}


def write(folder: Path, pages: Mapping[str, str | None] | None = None) -> Path:
    """Write the toy content, with `pages` on top (None leaves a file out), and give its folder."""
    for name in ("facts", "en/messages", "en/hear/messages"):
        shutil.copytree(REAL / name, folder / name)
    for name in ("en/commands.yaml", "en/wording.yaml"):
        shutil.copy(REAL / name, folder / name)
    for message in (folder / "en/messages").glob("*.md"):
        message.chmod(0o644)
    for name, text in {**PAGES, **(pages or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8")
    return folder


def toy(folder: Path, pages: Mapping[str, str | None] | None = None) -> Content:
    """The toy content, loaded."""
    return load(write(folder, pages))

"""What the README shows is what the project does."""

import re
from pathlib import Path

from toy import toy

from dialogs.content import Content
from dialogs.drawing import graph

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found.group(1).rstrip("\n")


def test_the_diagram_is_the_flow_as_it_is(content: Content) -> None:
    assert block("mermaid") == graph(content, "intake")


def test_the_added_question_of_the_readme_is_accepted(tmp_path: Path) -> None:
    page = block("markdown").replace("when: {red_flags: none}\n", "")
    found = toy(tmp_path / "content", {"en/intake/75-makeup.md": page})
    assert list(found.questions)[-1] == "makeup"

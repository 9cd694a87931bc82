"""The rooms of the house keep to themselves: bot -> dialogs -> content, and never back."""

import ast
from collections.abc import Iterator
from pathlib import Path

from dialogs.content import Content

ROOT = Path(__file__).parent.parent
FORBIDDEN = {"telegram", "asyncio", "sqlite3", "os", "random", "time", "bot", "socket", "httpx"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_conversation_knows_neither_telegram_nor_clock_nor_disk_nor_bot() -> None:
    files = list((ROOT / "dialogs").glob("*.py"))
    assert len(files) > 10
    assert {
        path.name: imports(path) & FORBIDDEN for path in files if imports(path) & FORBIDDEN
    } == {}


def test_only_derived_may_name_a_question(content: Content) -> None:
    names = set(content.questions) - {"location"}  # Telegram's word too, for a shared place
    found = {
        path.name: names & set(strings(path))
        for folder in ("dialogs", "bot")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "derived.py" and names & set(strings(path))
    }
    assert found == {}


def test_no_code_names_a_topic_or_a_line(content: Content) -> None:
    names = set(content.topics) | set(content.steps)
    found = {
        path.name: names & set(strings(path))
        for folder in ("dialogs", "bot")
        for path in (ROOT / folder).rglob("*.py")
        if names & set(strings(path))
    }
    assert found == {}

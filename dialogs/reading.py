"""Markdown pages and YAML files as plain strings, each value with its line, faults collected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from dialogs.faults import Fault

FENCE = "---"
Plain = str | list["Plain"] | dict[str, "Plain"]
Place = tuple[str, ...]


@dataclass(slots=True)
class Source:
    """A file as read: its data, the line of every place in it, its body, and its faults."""

    file: str
    data: Plain = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    faults: list[Fault] = field(default_factory=list)

    def line(self, *place: str) -> int:
        """The line of a place in the data, or of the nearest place around it; 1 for the file."""
        if not place:
            return 1
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, text: str, *place: str) -> None:
        """Note that something is wrong at a place."""
        self.faults.append(Fault(self.file, self.line(*place), text))


def read_yaml(path: Path, root: Path) -> Source:
    """Read a YAML file; every scalar stays a string (`no` is a word, not a falsehood)."""
    source = Source(path.relative_to(root).as_posix())
    _parse(source, _text(source, path), first_line=1)
    return source


def read_page(path: Path, root: Path) -> Source:
    """Read a page: YAML between two `---` lines, then its markdown body."""
    source = Source(path.relative_to(root).as_posix())
    text = _text(source, path)
    if source.faults:
        return source
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        source.fault("the page must begin with a line `---`")
        return source
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if closing is None:
        source.fault("the front matter has no closing line `---`")
        return source
    _parse(source, "\n".join(lines[1:closing]), first_line=2)
    source.body = "\n".join(lines[closing + 1 :]).strip()
    source.body_line = closing + 2
    source.lines[("text",)] = source.body_line
    return source


def _text(source: Source, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        source.fault(f"not UTF-8 text (byte {error.start})")
    except OSError as error:
        source.fault(f"cannot be read: {error.strerror}")
    return ""


def _parse(source: Source, text: str, first_line: int) -> None:
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        source.faults.append(Fault(source.file, line, f"bad YAML: {error.problem}"))
        return
    if node is not None:
        source.data = _plain(source, node, (), first_line)


def _plain(source: Source, node: yaml.Node, place: Place, first_line: int) -> Plain:
    source.lines.setdefault(place, node.start_mark.line + first_line)
    if isinstance(node, yaml.MappingNode):
        return _mapping(source, node, place, first_line)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(source, item, (*place, str(n)), first_line) for n, item in enumerate(node.value)
        ]
    return str(node.value)


def _mapping(
    source: Source, node: yaml.MappingNode, place: Place, first_line: int
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + first_line
        if key in found:
            source.faults.append(Fault(source.file, line, f"`{key}` stands here twice"))
        source.lines[(*place, key)] = line
        found[key] = _plain(source, value_node, (*place, key), first_line)
    return found


def as_mapping(source: Source) -> Mapping[str, Plain]:
    """The file's data as a mapping; notes a fault and gives an empty one where it is not."""
    if isinstance(source.data, dict):
        return source.data
    source.fault("a list of `key: value` lines is expected here")
    return {}

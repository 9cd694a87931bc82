"""Example lines of `hear/`: kept as text while the content is read, and taken apart when learned.

A start must not wait for thousands of lines that only the statistics need. They are lists, one
`- line` below another, or such lists under keys; a plain file is read without the YAML reader.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

LATER = ("topics", "talk", "commands", "replies", "signs", "concepts")
"""The folders of `hear/` whose files are only read when there is time."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')
_KEY = re.compile(r"[\w-]+:")
_SPECIAL = "\"'[{&*!|>%@`#?"


@dataclass(frozen=True, slots=True)
class Raw:
    """A file of example lines, unread."""

    file: str
    text: str

    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The lines under each key; a plain list stands under "". What is no line is left out."""
        found = _plain(self.text)
        return found if found is not None else _by_yaml(self.text)


Examples = Mapping[tuple[str, str], Raw]
"""Folder and name of the page -> its lines."""


def of(examples: Examples, folder: str) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """The pages of one folder and their lines."""
    for (place, name), raw in examples.items():
        if place == folder:
            yield name, raw.lists()


def _plain(text: str) -> dict[str, tuple[str, ...]] | None:
    """A file of nothing but keys and unquoted `- lines`; None for any other."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("- "):
            said = bare[2:].strip()
            if not _QUOTED.fullmatch(said):
                if not said or said[0] in _SPECIAL or ": " in said or " #" in said:
                    return None
                if said[-1] == ":":
                    return None
            elif "\\" in said:
                said = str(json.loads(said))
            else:
                said = said[1:-1]
            found.setdefault(key, []).append(said)
        elif line[0] != " " and bare[-1] == ":" and _KEY.fullmatch(bare):
            key = bare[:-1]
        else:
            return None
    return {name: tuple(lines) for name, lines in found.items()}


def _by_yaml(text: str) -> dict[str, tuple[str, ...]]:
    try:
        data = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes strings only
    except yaml.YAMLError:
        return {}
    lists = data if isinstance(data, dict) else {"": data}
    return {
        str(key): tuple(line for line in lines if isinstance(line, str))
        for key, lines in lists.items()
        if isinstance(lines, list)
    }

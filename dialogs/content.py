"""One language's folder of pages, loaded and checked as a whole."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from dialogs import checking
from dialogs.faults import ContentError, Fault
from dialogs.pages import Command, Fact, Message, Page, Question, Step, Topic
from dialogs.reading import Plain, Source, as_mapping, read_page, read_yaml
from dialogs.rules import Rules

FLOWS = ("intake", "checkin")
"""The folders that hold a flow's questions; the number of a file orders the talk."""

WELCOME = "welcome"
"""The message whose button may also be typed: people agree in words."""

NAME = re.compile(r"(?:\d+-)?([a-z][a-z0-9_-]{0,39})")
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Content:
    """Everything that can be said, and the facts and rules behind it. Never changed."""

    flows: Mapping[str, Mapping[str, Question]]
    steps: Mapping[str, Step]
    topics: Mapping[str, Topic]
    messages: Mapping[str, Message]
    facts: Mapping[str, Fact]
    commands: Mapping[str, Command]
    rules: Rules
    heard_options: Mapping[str, Mapping[str, tuple[str, ...]]]
    heard_topics: Mapping[str, tuple[str, ...]]
    danger: Mapping[str, tuple[re.Pattern[str], ...]]
    hash: str
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    broken: frozenset[str] = frozenset()

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions of all flows, by name."""
        return {name: page for flow in self.flows.values() for name, page in flow.items()}


def load(root: Path, language: str = "en") -> Content:
    """Read and check the content folder.

    Raises:
        ContentError: with every fault found in any file.

    """
    reader = _Reader(root, language)
    content = reader.read()
    faults = [fault for source in reader.sources for fault in source.faults]
    faults += checking.faults(content)
    if faults:
        raise ContentError(faults)
    return content


class _Reader:
    """Reads the folder; faults are left in its sources."""

    def __init__(self, root: Path, language: str) -> None:
        self.root, self.folder = root, root / language
        self.sources: list[Source] = []
        self.by_file: dict[str, Source] = {}
        self.broken: set[str] = set()
        self.digest = hashlib.sha256()

    def read(self) -> Content:
        flows = {flow: self._pages(flow, Question) for flow in FLOWS}
        topics = self._pages("topics", Topic)
        messages = self._pages("messages", Message)
        steps = self._pages("routine", Step)
        facts, commands, rules = self._facts(), self._commands(), self._rules()
        options, heard, danger = self._hear(
            {name for flow in flows.values() for name in flow}, set(topics), messages
        )
        return Content(
            flows={flow: pages for flow, pages in flows.items() if pages},
            steps=steps,
            topics=topics,
            messages=messages,
            facts=facts,
            commands=commands,
            rules=rules,
            heard_options=options,
            heard_topics=heard,
            danger=danger,
            sources=self.by_file,
            broken=frozenset(self.broken),
            hash=self.digest.hexdigest()[:12],
        )

    def _open(self, path: Path, *, page: bool) -> Source:
        source = (read_page if page else read_yaml)(path, self.root)
        self.sources.append(source)
        self.by_file[source.file] = source
        self.digest.update(source.file.encode() + path.read_bytes())
        return source

    def _missing(self, path: Path) -> bool:
        if path.is_file():
            return False
        source = Source(path.relative_to(self.root).as_posix())
        source.fault("this file is missing")
        self.sources.append(source)
        return True

    def _pages(self, folder: str, kind: type[_Model]) -> dict[str, _Model]:
        """All pages of a folder by name, in the order of their files."""
        found: dict[str, _Model] = {}
        for path in sorted((self.folder / folder).glob("*")):
            source = self._open(path, page=True)
            match = NAME.fullmatch(path.stem)
            if path.suffix != ".md" or match is None:
                source.fault("a page is named `NN-name.md` or `name.md`, in a-z, 0-9, - and _")
                continue
            name = match.group(1)
            if name in found:
                source.fault(f"a second page is named `{name}`")
            if page := self._page(source, name, kind):
                found[name] = page
            else:
                self.broken.add(name)
        return found

    def _page(self, source: Source, name: str, kind: type[_Model]) -> _Model | None:
        if source.faults:
            return None
        own = {"name": name, "file": source.file, "text": source.body}
        for key in own.keys() & as_mapping(source).keys():
            source.fault(f"`{key}` may not be set here", key)
        return _validated(source, kind, {**as_mapping(source), **own})

    def _facts(self) -> dict[str, Fact]:
        found: dict[str, Fact] = {}
        for path in sorted((self.root / "facts").glob("*.yaml")):
            source = self._open(path, page=False)
            items = source.data if isinstance(source.data, list) else []
            if not items:
                source.fault("a list of facts is expected here")
            for number, item in enumerate(items):
                fact = _validated(source, Fact, item, (str(number),))
                if fact and fact.id in found:
                    source.fault(f"a second fact is named `{fact.id}`", str(number), "id")
                if fact:
                    found[fact.id] = fact
                elif isinstance(item, dict):
                    self.broken.add(str(item.get("id")))
        return found

    def _rules(self) -> Rules:
        path = self.root / "rules.yaml"
        if self._missing(path):
            return Rules()
        source = self._open(path, page=False)
        return _validated(source, Rules, as_mapping(source)) or Rules()

    def _commands(self) -> dict[str, Command]:
        path = self.folder / "commands.yaml"
        if self._missing(path):
            return {}
        source = self._open(path, page=False)
        checked = {
            name: _validated(source, Command, value, (name,))
            for name, value in as_mapping(source).items()
        }
        self.broken |= {name for name, command in checked.items() if command is None}
        return {name: command for name, command in checked.items() if command}

    def _hear(
        self, questions: set[str], topics: set[str], messages: Mapping[str, Message]
    ) -> tuple[
        dict[str, Mapping[str, tuple[str, ...]]],
        dict[str, tuple[str, ...]],
        dict[str, tuple[re.Pattern[str], ...]],
    ]:
        """How people say it: examples by option, by topic, and the danger patterns by message."""
        options: dict[str, Mapping[str, tuple[str, ...]]] = {}
        heard: dict[str, tuple[str, ...]] = {}
        danger: dict[str, tuple[re.Pattern[str], ...]] = {}
        for path in sorted((self.folder / "hear").glob("*")):
            source = self._open(path, page=False)
            if source.faults:
                continue
            name = path.stem
            if name in self.broken:
                continue
            if name in questions or name == WELCOME:
                options[name] = {key: _texts(source, key) for key in as_mapping(source)}
            elif name in topics:
                heard[name] = _texts(source)
            elif name in messages and messages[name].danger:
                danger[name] = tuple(_patterns(source))
            else:
                source.fault(f"no question, topic or danger message is named `{name}`")
        return options, heard, danger


def _texts(source: Source, *place: str) -> tuple[str, ...]:
    found: Plain = source.data
    for key in place:
        found = found[key] if isinstance(found, dict) else []
    if isinstance(found, list) and found and all(isinstance(item, str) for item in found):
        return tuple(str(item) for item in found)
    source.fault("a list of sentences is expected here", *place)
    return ()


def _patterns(source: Source) -> Iterable[re.Pattern[str]]:
    for number, text in enumerate(_texts(source)):
        try:
            yield re.compile(text)
        except re.error as error:
            source.fault(f"bad pattern: {error}", str(number))


def _validated(
    source: Source, kind: type[_Model], value: object, place: tuple[str, ...] = ()
) -> _Model | None:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        for item in error.errors():
            where = tuple(str(key) for key in item["loc"] if key != "[key]")
            source.fault(f"{'.'.join(where)}: {item['msg']}".strip(": "), *place, *where)
        return None


__all__ = ["Content", "ContentError", "Fault", "Page", "load"]

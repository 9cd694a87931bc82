"""One language's folder of pages, loaded and checked as a whole."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from dialogs import checking
from dialogs.faults import ContentError, Fault
from dialogs.heard import Heard
from dialogs.pages import Command, Fact, Message, Page, Question, Review, Step, Topic
from dialogs.reading import Plain, Source, as_mapping, read_page, read_yaml
from dialogs.rules import Rules
from dialogs.understanding.examples import LATER, Examples, Raw
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.ruling import Rules as ReplyRules
from dialogs.wording import Wording

FLOWS = ("intake", "checkin")
"""The folders that hold a flow's questions; the number of a file orders the talk."""

LEARNED = "learned"
"""The folder of what was learned from the examples of each language."""

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
    wording: Wording
    heard_options: Mapping[str, Mapping[str, tuple[str, ...]]]
    danger: Mapping[str, tuple[re.Pattern[str], ...]]
    hash: str
    lexicon: Lexicon = field(default_factory=Lexicon)
    reply_rules: Mapping[str, ReplyRules] = field(default_factory=dict)
    examples: Examples = field(default_factory=dict, repr=False)
    learned: bytes = field(default=b"", repr=False)
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    broken: frozenset[str] = frozenset()
    review: Review | None = None

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions of all flows, by name."""
        return {name: page for flow in self.flows.values() for name, page in flow.items()}

    @cached_property
    def heard_topics(self) -> Mapping[str, tuple[str, ...]]:
        """How people ask for each topic; taken apart when somebody looks."""
        raws = {name: raw for (folder, name), raw in self.examples.items() if folder == "topics"}
        return {name: raw.lists().get("", ()) for name, raw in raws.items()}


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
        self.lexicon = Lexicon()
        self.reply_rules: dict[str, ReplyRules] = {}
        self.examples: dict[tuple[str, str], Raw] = {}

    def read(self) -> Content:
        flows = {flow: self._pages(flow, Question) for flow in FLOWS}
        topics = self._pages("topics", Topic)
        messages = self._pages("messages", Message)
        steps = self._pages("routine", Step)
        facts, commands = self._facts(), self._commands()
        rules = self._only("rules.yaml", Rules)
        wording = self._only(f"{self.folder.name}/wording.yaml", Wording)
        heard = Heard()
        for source, folder, name in self._hear_files():
            if (folder, name) == ("hear", "lexicon"):
                self.lexicon = _validated(source, Lexicon, as_mapping(source)) or Lexicon()
            elif folder == "rules":
                if rules_of := _validated(source, ReplyRules, as_mapping(source)):
                    self.reply_rules[name] = rules_of
            else:
                heard.read(source, folder, name, flows, messages)
        found = self.digest.hexdigest()[:12]
        return Content(
            flows={flow: pages for flow, pages in flows.items() if pages},
            steps=steps,
            topics=topics,
            messages=messages,
            facts=facts,
            commands=commands,
            rules=rules,
            wording=wording,
            heard_options=heard.options,
            danger=heard.danger,
            sources=self.by_file,
            broken=frozenset(self.broken),
            hash=found,
            lexicon=self.lexicon,
            reply_rules=self.reply_rules,
            examples=self.examples,
            learned=self._learned(),
            review=self._review(found),
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

    def _list(self, path: Path) -> Iterator[tuple[Source, int, Plain]]:
        """The entries of a YAML list, with their numbers."""
        source = self._open(path, page=False)
        if not isinstance(source.data, list):
            source.fault("a list is expected here")
            return
        for number, item in enumerate(source.data):
            yield source, number, item

    def _review(self, found: str) -> Review | None:
        """The stamp on the content just read, its newest if there are several."""
        path = self.root / "reviewed.yaml"
        if not path.is_file():
            return None
        stamps = [_validated(s, Review, item, (str(n),)) for s, n, item in self._list(path)]
        return next((s for s in reversed(stamps) if s and s.hash == found), None)

    def _facts(self) -> dict[str, Fact]:
        found: dict[str, Fact] = {}
        for path in sorted((self.root / "facts").glob("*.yaml")):
            for source, number, item in self._list(path):
                fact = _validated(source, Fact, item, (str(number),))
                if fact and fact.id in found:
                    source.fault(f"a second fact is named `{fact.id}`", str(number), "id")
                if fact:
                    found[fact.id] = fact
                elif isinstance(item, dict):
                    self.broken.add(str(item.get("id")))
        return found

    def _hear_files(self) -> Iterator[tuple[Source, str, str]]:
        """The files of `hear/`, each with the folder and the name of its page."""
        for path in sorted(path for path in (self.folder / "hear").rglob("*") if path.is_file()):
            if path.parent.name in LATER:
                self._keep(path)
                continue
            source = self._open(path, page=False)
            if not source.faults and path.stem not in self.broken:
                yield source, path.parent.name, path.stem

    def _keep(self, path: Path) -> None:
        """Keep a file of example lines as it is, to be taken apart when there is time."""
        data = path.read_bytes()
        source = Source(path.relative_to(self.root).as_posix())
        self.sources.append(source)
        self.by_file[source.file] = source
        self.digest.update(source.file.encode() + data)
        try:
            raw = Raw(source.file, data.decode())
        except UnicodeDecodeError as error:
            source.fault(f"not UTF-8 text (byte {error.start})")
            return
        self.examples[path.parent.name, path.stem] = raw

    def _learned(self) -> bytes:
        """What was learned from the examples, if it was kept (`milia-bot learn`)."""
        path = self.root / LEARNED / f"{self.folder.name}.bin"
        return path.read_bytes() if path.is_file() else b""

    def _only(self, file: str, kind: type[_Model]) -> _Model:
        """A YAML file that there is one of."""
        path = self.root / file
        if self._missing(path):
            return kind()
        source = self._open(path, page=False)
        return _validated(source, kind, as_mapping(source)) or kind()

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

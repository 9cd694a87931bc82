"""What was learned, as bytes: it is learned once when the content is written, not at each start.

A file holds a line of JSON that names its tables, and then the tables one after another, packed.
It is good only for the very examples and the very way of learning that it was made from: its
`fingerprint` tells.
"""

from __future__ import annotations

import json
import sys
from array import array
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import compress, decompress, error

from dialogs.understanding.classifier import Classifier
from dialogs.understanding.regression import Regression
from dialogs.understanding.sensing import Weights
from dialogs.understanding.tables import Exact, Index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.content import Content

Table: TypeAlias = "array[Any]"
"""Figures one after another, whole or not."""

WAY = 6
"""The way of learning; another number makes all files unfit that were learned before."""

SIZES = {"B": 1, "H": 2, "I": 4, "Q": 8, "f": 4}
"""Bytes of one entry of a table, by its type."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is learned from the lines: tables, and the words that are known."""

    words: tuple[str, ...]
    classifiers: Mapping[str, Classifier]
    regressions: Mapping[str, Regression]
    weights: Weights
    exact: Mapping[str, Exact]


def fingerprint(content: Content) -> str:
    """A name for all that learning depends on."""
    told = sha256(f"{WAY}".encode())
    for (folder, name), raw in sorted(content.examples.items()):
        told.update(f"\0{folder}/{name}\0{raw.text}".encode())
    told.update(content.lexicon.model_dump_json().encode())
    pages: dict[str, object] = {
        name: (page.title, page.text, dict(page.options), content.heard_options.get(name))
        for name, page in content.questions.items()
    }
    pages["topics"] = [(name, page.title, page.text) for name, page in content.topics.items()]
    pages["commands"] = [(name, page.hear) for name, page in content.commands.items()]
    grave = ((m.name, m.level, dict(m.answers)) for m in content.messages.values() if m.danger)
    pages["danger"] = list(grave)
    told.update(json.dumps(pages, sort_keys=True).encode())
    return told.hexdigest()


@dataclass(slots=True)
class _Writer:
    """Tables by name, as they come."""

    named: dict[str, list[object]] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    def put(self, name: str, table: Table) -> None:
        """One table."""
        self.named[name] = [table.typecode, len(table)]
        self.body += _ordered(table).tobytes()

    def index(self, name: str, index: Index) -> None:
        """The tables of an index."""
        for part in Index.__slots__:
            self.put(f"{name}.{part}", getattr(index, part))


def kept(memory: Memory, name: str) -> bytes:
    """A memory as bytes, under the fingerprint `name`."""
    writer = _Writer()
    for label, found in memory.classifiers.items():
        writer.index(f"{label}.gains", found.gains)
        writer.index(f"{label}.postings", found.postings)
        writer.put(f"{label}.shares", found.shares)
        writer.put(f"{label}.owner", found.owner)
    for label, regression in memory.regressions.items():
        writer.put(f"{label}.regression.keys", regression.keys)
        writer.put(f"{label}.regression.rarity", regression.rarity)
        writer.put(f"{label}.regression.weights", array("H", regression.weights))
    writer.put("weights.keys", memory.weights.keys)
    writer.put("weights.values", memory.weights.values)
    for label, exact in memory.exact.items():
        writer.put(f"{label}.exact.keys", exact.keys)
        writer.put(f"{label}.exact.places", exact.places)
    head = {
        "fingerprint": name,
        "base": memory.weights.base,
        "words": " ".join(memory.words),
        "regressions": {n: [[*one.labels], one.unit] for n, one in memory.regressions.items()},
        "labels": {label: found.labels for label, found in memory.classifiers.items()},
        "names": {label: exact.names for label, exact in memory.exact.items()},
        "tables": writer.named,
    }
    return compress(json.dumps(head).encode() + b"\n" + bytes(writer.body), 9)


def recalled(data: bytes, name: str) -> Memory | None:
    """The memory in some bytes; None if they were learned from something else, or are broken."""
    try:
        head, _, body = decompress(data).partition(b"\n")
        told = json.loads(head)
        return _memory(told, body) if told["fingerprint"] == name else None
    except (ValueError, KeyError, TypeError, error):
        return None


def fresh(content: Content) -> bool:
    """Whether what was kept was learned from these very examples."""
    return recalled(content.learned, fingerprint(content)) is not None


def _memory(told: dict[str, dict[str, list[str]]], body: bytes) -> Memory:
    tables: dict[str, Table] = {}
    place = 0
    for name, (code, length) in told["tables"].items():
        table = array(str(code))
        end = place + int(length) * SIZES[str(code)]
        table.frombytes(body[place:end])
        tables[name] = _ordered(table)
        place = end
    labels, names = told["labels"], told["names"]
    return Memory(
        tuple(str(told["words"]).split()),
        {name: _classifier(tuple(found), name, tables) for name, found in labels.items()},
        {
            name: _regression(tuple(found), float(str(unit)), name, tables)
            for name, (found, unit) in told["regressions"].items()
        },
        Weights(float(str(told["base"])), tables["weights.keys"], tables["weights.values"]),
        {
            name: Exact(tables[f"{name}.exact.keys"], tables[f"{name}.exact.places"], tuple(found))
            for name, found in names.items()
        },
    )


def _classifier(labels: tuple[str, ...], name: str, tables: dict[str, Table]) -> Classifier:
    gains, postings = (
        Index(*(tables[f"{name}.{kind}.{part}"] for part in Index.__slots__))
        for kind in ("gains", "postings")
    )
    return Classifier(labels, gains, tables[f"{name}.shares"], postings, tables[f"{name}.owner"])


def _regression(
    labels: tuple[str, ...], unit: float, name: str, tables: dict[str, Table]
) -> Regression:
    keys, rarity, weights = (
        tables[f"{name}.regression.{part}"] for part in ("keys", "rarity", "weights")
    )
    return Regression(labels, keys, rarity, weights.tobytes(), unit)


def _ordered(table: Table) -> Table:
    """A table with the bytes of its entries in the order of a file, or back."""
    if sys.byteorder == "little":
        return table
    turned = array(table.typecode, table)
    turned.byteswap()
    return turned

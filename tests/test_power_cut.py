"""The power fails at any byte of any commit: what is found then is a whole number of commits.

`CUTS=100000` in the environment makes so many; each run throws its dice from the same seed.
"""

import os
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from updates import ANN, BOB, Clock, count, sorry, tapped, typed

from bot.incoming import Incoming
from bot.store import Store, sqlite
from bot.store.opening import open_database
from bot.store.schema import TABLES
from dialogs.turns import Card

MANY = int(os.environ.get("CUTS", "2000"))
HEADER, FRAME, SECTOR = 32, 24 + 4096, 512
"""Bytes of the log's head, of a page in it, and of what a disk writes at once."""
OFTEN = 40
"""Pages in the log after which they are brought into the database, and the log begins anew."""

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(0 if "CUTS" in os.environ else 120)]
Kept = dict[str, list[Any]]
"""All rows of all tables."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The files right after a commit, and what was in them; `end`: how far the log counts."""

    main: bytes
    log: bytes
    kept: Kept

    @property
    def end(self) -> int:
        """The end of the frames that belong to the log's head."""
        at = HEADER
        while at + FRAME <= len(self.log) and self.log[at + 8 : at + 16] == self.log[16:24]:
            at += FRAME
        return at


@dataclass(frozen=True, slots=True)
class Cut:
    """The files as a power cut left them, and what has to be found in them."""

    main: bytes
    log: bytes
    wanted: Kept


@dataclass
class Watched:
    """Notes the files after each commit."""

    path: Path
    moments: list[Moment] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.path.with_name(f"{self.path.name}-wal")

    def note(self, connection: sqlite3.Connection) -> None:
        log = self.log.read_bytes() if self.log.exists() else b""
        self.moments.append(Moment(self.path.read_bytes(), log, kept(connection)))


def kept(connection: sqlite3.Connection) -> Kept:
    return {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608
        for name in TABLES
    }


async def lived(store: Store, clock: Clock) -> None:
    """Do everything that writes, some of it again and again."""
    for number in range(0, 200, 10):
        clock.move(seconds=6)
        batch = [typed(number + n, f"{number} {'x' * number}", ANN + n) for n in range(4)]
        await store.apply([*batch, tapped(number + 5, "1:b")], count, sorry)
        (first, *_) = await store.rows(ANN)
        await store.sent(first, 1000 + number, Card("run", "question", number))
        (first, *_) = await store.rows(BOB)
        await store.wait(BOB, 30, first, leave=False)
        await store.drop(first, "refused")
        if number % 40 == 0:
            await store.apply(
                [typed(number + 6, "fail"), typed(number + 7, "forget")], count, sorry
            )
            await store.apply([Incoming(number + 8, BOB, reachable=False)], count, sorry)


def cuts(moments: Sequence[Moment], chance: random.Random) -> Iterator[Cut]:
    """Every edge of every frame and the bytes beside it, then places and torn writes by chance."""
    empty: Kept = {name: [] for name in TABLES}
    before = Moment(moments[0].main, b"", empty)
    steps = list(zip([before, *moments], moments, strict=False))
    steps = [(old, new) for old, new in steps if new.log and new.log != old.log]
    for old, new in steps:
        start = _start(old, new)
        first = 0 if start == HEADER else start
        for edge in range(start, new.end + 1, FRAME):
            yield from (_cut(old, new, at) for at in range(edge - 1, edge + 2) if at >= first)
    while True:
        old, new = chance.choice(steps)
        at = chance.randrange(_start(old, new), new.end)
        yield chance.choice((_cut(old, new, at), _over(old, new, at), _torn(old, new, chance)))


def _start(old: Moment, new: Moment) -> int:
    """Where a commit begins in the log: after the one before, or at the head of a new log."""
    return old.end if old.log[:HEADER] == new.log[:HEADER] else HEADER


def _cut(old: Moment, new: Moment, at: int) -> Cut:
    """The log ends there."""
    return Cut(old.main, new.log[:at], (new if at >= new.end else old).kept)


def _over(old: Moment, new: Moment, at: int) -> Cut:
    """The log was written so far over the one before it."""
    return _written(old, new, new.log[:at] + old.log[at:])


def _torn(old: Moment, new: Moment, chance: random.Random) -> Cut:
    """Some sectors of a commit reached the disk and some did not, in no order."""
    start = _start(old, new)
    log = bytearray(new.log[:start])
    for at in range(start, new.end, SECTOR):
        came = new.log[at : min(at + SECTOR, new.end)]
        was = old.log[at : at + len(came)].ljust(len(came), b"\0")
        log += came if chance.random() < 0.9 else was
    return _written(old, new, bytes(log))


def _written(old: Moment, new: Moment, log: bytes) -> Cut:
    """What was there before may happen to be what was to be written."""
    whole = log[: new.end] == new.log[: new.end]
    return Cut(old.main, log, (new if whole else old).kept)


def found(cut: Cut, path: Path) -> tuple[str, Kept]:
    """What is there when the files are opened again, and whether they are sound."""
    path.write_bytes(cut.main)
    path.with_name(f"{path.name}-wal").write_bytes(cut.log)
    connection = open_database(path, Clock())
    try:
        connection.execute("PRAGMA synchronous=OFF")  # nothing of this copy has to last
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        return sound, kept(connection)
    finally:
        connection.close()


async def watched(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Moment]:
    """A store's whole life, commit by commit."""
    clock, watch = Clock(), Watched(path)
    committed = sqlite._committed

    def noting(lone: sqlite.Lone, jobs: list[Any]) -> list[Any]:
        before = lone.raw.total_changes
        results = committed(lone, jobs)
        if lone.raw.total_changes > before:
            watch.note(lone.raw)
        return results

    def emptied(lone: sqlite.Lone) -> None:
        wiped(lone)
        watch.note(lone.raw)

    wiped = sqlite._emptied
    monkeypatch.setattr(sqlite, "_committed", noting)
    monkeypatch.setattr(sqlite, "_emptied", emptied)
    store = await Store.open(path, clock)
    await store.do(lambda db: db.execute(f"PRAGMA wal_autocheckpoint={OFTEN}").fetchall())
    await lived(store, clock)
    monkeypatch.undo()
    await store.close()
    return watch.moments


async def test_a_power_cut_anywhere_leaves_whole_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = await watched(tmp_path / "milia.db", monkeypatch)
    assert len(moments) > 80
    assert len({moment.log[:HEADER] for moment in moments}) > 5
    (tmp_path / "cut").mkdir(mode=0o700)
    path = tmp_path / "cut" / "milia.db"
    kinds = {True: 0, False: 0}
    for number, cut in enumerate(cuts(moments, random.Random(5))):
        if number == MANY:
            break
        sound, there = found(cut, path)
        assert sound == "ok", number
        assert there == cut.wanted, number
        kinds[cut.wanted == moments[-1].kept or len(cut.log) % FRAME == HEADER] += 1
    assert min(kinds.values()) > 100


async def test_a_power_cut_while_the_log_is_brought_in_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some pages of the database are new and some old; the log still has them all."""
    moments = await watched(tmp_path / "milia.db", monkeypatch)
    chance, torn = random.Random(6), 0
    (tmp_path / "cut").mkdir(mode=0o700)
    for old, new in pairwise(moments):
        if not old.log or old.main == new.main or old.log[:HEADER] != new.log[:HEADER]:
            continue
        pages = [new.main[at : at + 4096] for at in range(0, len(new.main), 4096)]
        for at in range(0, len(old.main), 4096):
            if chance.random() < 0.5:
                pages[at // 4096] = old.main[at : at + 4096]
        sound, there = found(Cut(b"".join(pages), new.log, new.kept), tmp_path / "cut/milia.db")
        assert (sound, there) == ("ok", new.kept)
        torn += 1
    assert torn > 3

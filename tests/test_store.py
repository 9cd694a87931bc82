"""The store keeps every promise of a turn: whole, once, in order, and gone when forgotten."""

# ruff: noqa: ASYNC240 - the files are looked at between the jobs, and are small

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from updates import ANN, BOB, Clock, count, sorry, tapped, typed

from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.store import Row, Store, StoreError
from bot.store.outbox import MOST
from bot.store.outcomes import Applied, Outcome
from bot.store.schema import MIGRATIONS
from dialogs.chat import Chat
from dialogs.turns import CalledInGroup, Card, Event

pytestmark = pytest.mark.asyncio
CARD = Card("run", "question", 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "milia.db"


@pytest_asyncio.fixture
async def store(address: str, clock: Clock) -> AsyncIterator[Store]:
    """A store on each kind of database."""
    opened = await Store.at(address, clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def lone(path: Path, clock: Clock) -> AsyncIterator[Store]:
    """A store on a SQLite file, whose files and settings are looked at."""
    opened = await Store.open(path, clock)
    yield opened
    await opened.close()


async def apply(store: Store, *batch: Incoming, turn: Any = count) -> list[Applied]:
    return await store.apply(batch, turn, sorry)


async def rows(store: Store, query: str, *values: Any) -> list[Any]:
    return await store.do(lambda db: db.execute(query, values).fetchall())


async def texts(store: Store, chat_id: int = ANN) -> list[str]:
    found = await rows(store, "SELECT body FROM outbox WHERE chat_id=? ORDER BY id", chat_id)
    return [Outgoing.read(body).text for (body,) in found]


async def head(store: Store, chat_id: int = ANN) -> Row:
    return (await store.rows(chat_id))[0]


async def refused(path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS) -> str:
    with pytest.raises(StoreError) as caught:
        await Store.open(path, clock, migrations)
    text = str(caught.value)
    assert text.startswith(f"DATABASE_URL: {path} ")
    assert "\n" not in text
    return text


async def test_the_turns_of_a_batch_follow_each_other(store: Store) -> None:
    applied = await apply(store, typed(1, "a"), typed(2, "x", BOB), tapped(3, "1:b"))
    assert await texts(store) == ["1 a", "2 tapped"]
    assert await texts(store, BOB) == ["1 x"]
    assert [(done.fresh, done.toast) for done in applied] == [(True, "noted")] * 3


async def test_an_update_that_comes_again_changes_nothing(store: Store) -> None:
    await apply(store, typed(1, "a"))
    applied = await apply(store, typed(1, "a"), typed(2, "b"), typed(2, "b"))
    assert await texts(store) == ["1 a", "2 b"]
    assert [done.fresh for done in applied] == [False, True, False]


async def test_a_lower_update_id_is_new_too(store: Store) -> None:
    await apply(store, typed(1000, "a"), typed(5, "b"))
    assert await texts(store) == ["1 a", "2 b"]


async def test_everything_is_there_after_opening_again(path: Path, clock: Clock) -> None:
    first = await Store.open(path, clock)
    await apply(first, typed(1, "a"), typed(2, "x", BOB))
    await first.close()
    again = await Store.open(path, clock)
    await apply(again, typed(1, "a"), typed(3, "b"))
    assert await texts(again) == ["1 a", "2 b"]
    assert await again.waiting() == [ANN, BOB]
    await again.close()


async def test_what_was_committed_survives_the_death_of_the_process(
    path: Path, clock: Clock
) -> None:
    program = f"""
import asyncio, os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from bot.store import Store
from updates import *
async def main():
    store = await Store.open(Path({str(path)!r}), Clock())
    await store.apply([typed(1, "a")], count, sorry)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    command = [sys.executable, "-c", program]
    process = await asyncio.to_thread(subprocess.run, command, check=False)
    assert process.returncode == -9
    store = await Store.open(path, clock)
    assert await texts(store) == ["1 a"]
    await store.close()


async def test_a_turn_that_raises_keeps_the_answers_and_apologises(store: Store) -> None:
    await apply(store, typed(1, "a"), typed(2, "fail"), typed(3, "x", BOB))
    assert await texts(store) == ["1 a", "sorry 1"]
    assert await texts(store, BOB) == ["1 x"]
    assert [done.fresh for done in await apply(store, typed(2, "fail"))] == [False]
    await apply(store, typed(4, "b"))
    assert (await texts(store))[-1] == "2 b"


async def test_a_dead_letter_quotes_nobody(store: Store) -> None:
    raw = {"update_id": 2, "message": {"text": "my eye hurts", "from": {"id": 4242}}}
    odd = Incoming(2, ANN, typed(2, "fail").event, raw=raw)
    await apply(store, odd)
    ((update_id, reason, _, body),) = await rows(store, "SELECT * FROM dead_letters")
    assert update_id == 2
    assert reason.startswith("ValueError at updates.py:")
    assert json.loads(body)["message"] == {"text": "str", "from": {"id": "int"}}


async def test_an_odd_update_is_put_aside_and_nobody_is_told(store: Store) -> None:
    await apply(store, Incoming(1, reason="message.text: string_type"), Incoming(2))
    assert await rows(store, "SELECT update_id, reason FROM dead_letters") == [
        (1, "message.text: string_type")
    ]
    assert await store.waiting() == []
    assert len(await rows(store, "SELECT * FROM applied")) == 2


async def test_a_failing_turn_is_tried_once_more(store: Store) -> None:
    calls = []

    def turn(chat: Chat | None, event: Event, damaged: bool) -> Outcome:
        calls.append(event)
        if len(calls) == 1:
            raise ValueError
        return count(chat, event, damaged)

    await apply(store, typed(1, "a"), turn=turn)
    assert await texts(store) == ["1 a"]
    await apply(store, typed(2, "fail"))
    assert len(calls) == 2


async def test_half_a_turn_is_never_stored(store: Store) -> None:
    class Half(Outgoing):
        @property
        def json(self) -> str:
            raise ValueError

    def turn(chat: Chat | None, event: Event, damaged: bool) -> Outcome:
        whole = count(chat, event, damaged)
        return Outcome(whole.chat, (*whole.outgoing, Half("x")))

    await apply(store, typed(1, "a"))
    await apply(store, typed(2, "b"), turn=turn)
    await apply(store, typed(3, "c"))
    assert await texts(store) == ["1 a", "sorry 1", "2 c"]


async def test_a_failing_apology_stops_nobody(store: Store) -> None:
    def fail(_: Chat | None) -> tuple[Outgoing, ...]:
        raise ValueError

    await store.apply([typed(1, "fail"), typed(2, "x", BOB)], count, fail)
    assert await texts(store) == []
    assert await texts(store, BOB) == ["1 x"]


@pytest.mark.parametrize(
    "state", ["", "{", "[]", "null", '{"schema_version": 99}', '{"misses": "many"}', '{"a": 1}']
)
async def test_a_damaged_chat_starts_anew_with_a_word(store: Store, state: str) -> None:
    await apply(store, typed(1, "a"))
    await store.do(lambda db: db.execute("UPDATE chats SET state=?", (state,)))
    await apply(store, typed(2, "b"))
    await apply(store, typed(3, "c"))
    assert await texts(store) == ["1 a", "damaged 1 b", "2 c"]


async def test_a_failed_disk_stores_nothing_of_the_batch(lone: Store) -> None:
    def turn(chat: Chat | None, event: Event, damaged: bool) -> Outcome:
        if event == typed(2, "b").event:
            raise sqlite3.OperationalError("database or disk is full")
        return count(chat, event, damaged)

    with pytest.raises(sqlite3.OperationalError):
        await apply(lone, typed(1, "a"), typed(2, "b"), turn=turn)
    assert await lone.waiting() == []
    await apply(lone, typed(1, "a"), typed(2, "b"))
    assert await texts(lone) == ["1 a", "2 b"]


async def test_a_full_disk_loses_nothing_once_there_is_room_again(lone: Store) -> None:
    pages = (await rows(lone, "PRAGMA page_count"))[0][0]
    await rows(lone, f"PRAGMA max_page_count={pages}")
    batch = [typed(n, "x" * 500) for n in range(1, 100)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await apply(lone, *batch)
    await rows(lone, "PRAGMA max_page_count=100000")
    await apply(lone, *batch)
    assert len(await rows(lone, "SELECT * FROM applied")) == 99
    assert len(await texts(lone)) == MOST


async def test_forgetting_leaves_nothing_but_the_receipt(lone: Store) -> None:
    await apply(lone, typed(1, "secret"), typed(2, "x", BOB))
    await lone.sent(await head(lone), 10, CARD)
    await rows(lone, "INSERT INTO worn VALUES (?, 9)", ANN)
    await rows(lone, "INSERT INTO asked_again VALUES (?, '2026')", ANN)
    await apply(lone, typed(3, "more secret"), typed(4, "forget"))
    assert await texts(lone) == ["forgotten"]
    names = [name for (name,) in await rows(lone, "SELECT name FROM sqlite_master")]
    told = [await rows(lone, "SELECT * FROM pragma_table_info(?)", name) for name in names]
    by_chat = [name for name, columns in zip(names, told, strict=True) if "chat_id" in str(columns)]
    assert {"chats", "cards", "worn", "asked_again", "outbox"} <= set(by_chat)
    for table in set(by_chat) - {"outbox"}:
        assert await rows(lone, f"SELECT * FROM {table} WHERE chat_id=?", ANN) == []  # noqa: S608
    assert await texts(lone, BOB) == ["1 x"]
    assert await rows(lone, "SELECT * FROM chats WHERE chat_id=?", BOB)


async def test_a_ban_outlives_forgetting_as_the_receipt_has_to_wait_for_it(
    store: Store, clock: Clock
) -> None:
    await apply(store, typed(1, "a"), typed(2, "x", BOB))
    await store.wait(ANN, 60, await head(store), leave=False)
    await store.wait(BOB, 1, (await store.rows(BOB))[0], leave=False)
    clock.move(seconds=2)
    await apply(store, typed(3, "forget"), typed(4, "forget", BOB))
    assert await store.waits() == {ANN: pytest.approx(58, abs=0.1)}
    clock.move(hours=2)
    await apply(store)
    assert await rows(store, "SELECT * FROM waits") == []


async def test_a_ban_is_never_shortened_not_even_by_what_its_stamp_cuts_off(
    store: Store, clock: Clock
) -> None:
    await apply(store, typed(1, "a"))
    clock.now = clock.now.replace(microsecond=999)
    await store.wait(ANN, 1, await head(store), leave=False)
    assert (await store.waits())[ANN] >= 1


async def test_forgotten_words_are_gone_from_the_files(lone: Store, path: Path) -> None:
    await apply(lone, typed(1, "canary"))
    await apply(lone, typed(2, "forget"))
    await asyncio.gather(*lone._beside)
    for file in path.parent.iterdir():
        assert b"canary" not in file.read_bytes(), file.name


async def test_a_message_on_its_way_brings_no_forgotten_chat_back(store: Store) -> None:
    await apply(store, typed(1, "a"))
    on_its_way = await head(store)
    await apply(store, typed(2, "forget"))
    await store.sent(on_its_way, 10, CARD)
    await store.sent(await head(store), 11, None)
    assert await rows(store, "SELECT * FROM cards") == []
    assert await rows(store, "SELECT * FROM outbox") == []


async def test_a_card_of_a_forgotten_talk_does_not_enter_the_next_one(store: Store) -> None:
    await apply(store, typed(1, "a"))
    on_its_way = await head(store)
    await apply(store, typed(2, "forget"), typed(3, "b"))
    await store.sent(on_its_way, 10, CARD)
    assert await rows(store, "SELECT newest, run FROM cards") == [(3, None)]


async def test_an_update_that_comes_again_brings_no_forgotten_chat_back(lone: Store) -> None:
    await apply(lone, typed(1, "a"), typed(2, "forget"))
    await apply(lone, typed(1, "a"))
    assert await rows(lone, "SELECT * FROM chats") == []
    names = [name for (_, name, *_) in await rows(lone, "PRAGMA table_info(applied)")]
    assert names == ["update_id", "at"]


async def test_a_group_is_answered_and_not_kept(store: Store) -> None:
    def turn(chat: Chat | None, event: Event, damaged: bool) -> Outcome:
        return Outcome(None, (Outgoing("in private"),))

    await apply(store, Incoming(1, -100, CalledInGroup("link")), turn=turn)
    assert await texts(store, -100) == ["in private"]
    await store.sent(await head(store, -100), 5, None)
    assert await rows(store, "SELECT * FROM cards") == await rows(store, "SELECT * FROM chats")


async def test_rows_of_a_chat_come_in_order_one_by_one(store: Store) -> None:
    await apply(store, typed(1, "a"), typed(2, "x", BOB), typed(3, "b"))
    first = await head(store)
    await store.sent(first, 10, None)
    second = await head(store)
    assert [Outgoing.read(row.body).text for row in (first, second)] == ["1 a", "2 b"]
    await store.drop(second, "refused")
    assert await store.rows(ANN) == []
    assert await store.waiting() == [BOB]


async def test_the_newest_message_is_the_latest_of_both_sides(store: Store) -> None:
    await apply(store, typed(20, "a"), tapped(21, "1:b"))
    assert (await head(store)).newest == 20
    await store.sent(await head(store), 30, CARD)
    row = await head(store)
    assert row.newest == 30
    await store.sent(row, 25, None)
    await apply(store, typed(26, "edited an old one"))
    assert (await head(store)).newest == 30
    found = await rows(store, "SELECT newest, message_id, run, question, times FROM cards")
    assert found == [(30, 30, "run", "question", 1)]


async def test_a_lost_chat_is_emptied(store: Store) -> None:
    await apply(store, typed(1, "a"), typed(2, "b"), typed(3, "x", BOB))
    await store.lose(ANN, (await store.rows(ANN))[-1].id)
    assert await store.waiting() == [BOB]


async def last_beat(store: Store) -> datetime | None:
    found = await rows(store, "SELECT at FROM heartbeat")
    return datetime.fromisoformat(found[0][0]) if found else None


async def test_old_ids_and_dead_letters_are_purged(store: Store, clock: Clock) -> None:
    await apply(store, typed(1, "fail"))
    clock.move(hours=47)
    await apply(store)
    # The newest stay however old they seem: the clock may have been wrong.
    newer = [typed(number, "a", 10 + number) for number in range(2, 1001)]
    await apply(store, *newer)
    clock.move(hours=2)
    await apply(store)
    assert len(await rows(store, "SELECT * FROM applied")) == 1000
    await apply(store, typed(1001, "b"))
    clock.move(hours=1)
    await apply(store)
    assert await rows(store, "SELECT * FROM applied WHERE update_id=1") == []
    assert len(await rows(store, "SELECT * FROM applied")) == 1000
    assert len(await rows(store, "SELECT * FROM dead_letters")) == 1
    clock.move(days=6)
    await apply(store)
    assert await rows(store, "SELECT * FROM dead_letters") == []


async def test_the_heartbeat_is_the_last_word_from_telegram(store: Store, clock: Clock) -> None:
    assert await last_beat(store) is None
    await apply(store, typed(1, "a"))
    heard = clock.now
    await asyncio.gather(*store._beside)  # the heartbeat is noted beside the turn
    clock.move(seconds=30)
    assert len(await store.rows(ANN)) == 1
    assert await last_beat(store) == heard
    await apply(store)
    assert await last_beat(store) == clock.now


async def test_a_second_process_is_refused(lone: Store, path: Path, clock: Clock) -> None:
    assert "another process" in await refused(path, clock)


async def test_without_the_lock_file_sqlite_itself_refuses(
    lone: Store, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(path, timeout=0) as other, pytest.raises(sqlite3.OperationalError):
        other.execute("SELECT * FROM chats")
    other.close()


async def test_files_are_for_the_owner_only(lone: Store, path: Path) -> None:
    await apply(lone, typed(1, "a"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("milia.db", "milia.db-wal", "milia.db.lock"), 384)


async def test_the_database_is_set_to_lose_nothing(lone: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "secure_delete": 1,
        "busy_timeout": 5000,
    }
    found = {name: (await rows(lone, f"PRAGMA {name}"))[0][0] for name in wanted}
    assert found == wanted


@pytest.mark.parametrize("spoil", ["rubbish", "half", "middle"])
async def test_a_damaged_file_is_refused_and_left_as_it_is(
    path: Path, clock: Clock, spoil: str
) -> None:
    store = await Store.open(path, clock)
    await apply(store, *(typed(n, "x" * 300) for n in range(1, 200)))
    await store.close()
    whole = path.read_bytes()
    damaged = {
        "rubbish": b"no database at all " * 300,
        "half": whole[: len(whole) // 2],
        "middle": whole[:8192] + os.urandom(len(whole) - 8192),
    }[spoil]
    path.write_bytes(damaged)
    assert "left as it is" in await refused(path, clock)
    assert path.read_bytes() == damaged


async def test_the_database_of_another_program_is_refused(path: Path, clock: Clock) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    assert "another program" in await refused(path, clock)
    assert path.read_bytes() == before


async def test_a_newer_database_is_refused(path: Path, clock: Clock) -> None:
    newer = (*MIGRATIONS, "CREATE TABLE more (x);")
    store = await Store.open(path, clock, newer)
    await store.close()
    assert "update the program" in await refused(path, clock)


async def test_a_missing_folder_is_told(tmp_path: Path, clock: Clock) -> None:
    assert "check the folder" in await refused(tmp_path / "no" / "milia.db", clock)


async def test_a_migration_keeps_everything_and_leaves_a_copy(path: Path, clock: Clock) -> None:
    store = await Store.open(path, clock)
    await apply(store, typed(1, "a"))
    await store.close()
    newer = (*MIGRATIONS, "CREATE TABLE more (x); INSERT INTO more SELECT chat_id FROM chats;")
    store = await Store.open(path, clock, newer)
    assert await rows(store, "SELECT x FROM more") == [(ANN,)]
    assert await texts(store) == ["1 a"]
    await store.close()
    copy = path.with_name(f"milia.db.v{len(MIGRATIONS)}-20260301T120000Z")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert old.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    old.close()


async def test_a_failing_migration_changes_nothing(path: Path, clock: Clock) -> None:
    store = await Store.open(path, clock)
    await store.close()
    broken = (*MIGRATIONS, "CREATE TABLE more (x);", "CREATE TABLE half (x); SELECT no_such();")
    await refused(path, clock, broken)
    with sqlite3.connect(path) as left:
        assert left.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        assert left.execute("SELECT count(*) FROM sqlite_master WHERE name='half'").fetchone() == (
            0,
        )
    left.close()


async def test_a_copy_is_not_kept_for_ever(path: Path, clock: Clock) -> None:
    old, new = (path.with_name(f"milia.db.v1-{day}T000000Z") for day in ("20260101", "20260228"))
    for copy, days in ((old, 31), (new, 1)):
        copy.write_bytes(b"")
        made = clock.now.timestamp() - days * 86400
        os.utime(copy, (made, made))
    store = await Store.open(path, clock)
    await store.close()
    assert [copy.exists() for copy in (old, new)] == [False, True]


async def test_nothing_is_kept_of_somebody_who_has_not_agreed(store: Store) -> None:
    def greet(*_: object) -> Outcome:
        return Outcome(Chat(), (Outgoing("welcome"),))

    await apply(store, typed(1, "hello"), turn=greet)
    assert await rows(store, "SELECT * FROM chats") == []
    assert await rows(store, "SELECT * FROM cards") == []
    assert await store.waiting() == [ANN]


async def test_who_sends_hears_what_need_not_be_sent_to_somebody_who_blocked(store: Store) -> None:
    (first,) = await apply(store, typed(1, "a"))
    (blocked,) = await apply(store, Incoming(2, ANN, reachable=False))
    assert blocked.gone == tuple(row.id for row in first.rows)
    assert first.rows

"""No update, however odd, raises, is lost, or holds up the others; and none fills the memory.

`HOSTILE=1000000` in the environment takes so many updates; each run begins with the same seed.
"""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hostile import PEOPLE, STRINGS, Mischief, nested
from postgres import emptied
from test_sharing import hurried
from updates import Clock, message, tap, user

from bot.coding import loaded
from bot.handlers import Reader, _own_tap
from bot.incoming import Incoming
from bot.rendering import Renderer
from bot.store import Store
from bot.store.outbox import MOST
from bot.store.outcomes import Applied
from bot.talking import Talk
from dialogs.content import Content
from dialogs.conversation import Conversation

MANY = int(os.environ.get("HOSTILE", "20000"))
FEW = MANY // 10
"""Updates on PostgreSQL, where each is a transaction."""
AT_ONCE = 100
GROWN = 16
"""MB that the second half of a run may add: what is remembered is bounded, and full by then."""

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(0 if "HOSTILE" in os.environ else 120)]


class Hostile:
    """The bot's own parts from the bytes of a poll to the disk, and what went wrong in them."""

    def __init__(self, content: Content, conversation: Conversation, store: Store) -> None:
        self.clock = Clock()
        self.talk = Talk(conversation, Renderer(content), self.clock)
        self.reader = Reader("milia_bot", content.commands)
        self.store, self.taken = store, 0

    async def poll(self, batch: Sequence[Any]) -> list[Applied]:
        """Take a batch from the wire; everything that has an id is confirmed."""
        body = json.dumps({"ok": True, "result": batch}).encode()
        return await self.take(loaded(body)["result"])

    async def take(self, raw: Sequence[Any]) -> list[Applied]:
        read = self.reader.read(raw)
        wanted = [one["update_id"] for one in raw if _confirmable(one)]
        assert [incoming.update_id for incoming in read] == wanted
        applied = await self.apply(read)
        assert [done.incoming for done in applied] == read
        for number in {done.incoming.update_id for done in applied if done.fresh}:
            assert await self.rows("SELECT 1 FROM applied WHERE update_id=?", number), number
        self.clock.move(minutes=5)
        self.taken += len(read)
        return applied

    async def apply(self, read: Sequence[Incoming]) -> list[Applied]:
        turn, apology = self.talk.turn, self.talk.apology
        return await self.store.apply(read, turn, apology, self.reader.read_one)

    async def rows(self, query: str, *values: Any) -> list[Any]:
        return await self.store.do(lambda db: db.execute(query, values).fetchall())


def _confirmable(raw: Any) -> bool:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return type(number) is int and 0 <= number < 2**62


def shown(done: Applied) -> list[str]:
    """The buttons that a reply shows."""
    return [
        button["callback_data"]
        for row in done.rows
        if row.message
        for line in row.message.keyboard
        for button in line
    ]


def resident() -> float:
    """The memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def besieged(hostile: Hostile, mischief: Mischief, many: int) -> None:
    """Take so many updates, then find everything in bounds; no turn has failed."""
    half = 0.0
    while hostile.taken < many:
        for done in await hostile.poll(mischief.batch(AT_ONCE)):
            mischief.saw(done.incoming.chat_id, shown(done))
        half = half if half or hostile.taken < many / 2 else resident()
    assert resident() - half < GROWN
    ((chats,),) = await hostile.rows("SELECT count(*) FROM chats")
    assert len(PEOPLE) / 2 < chats < len(PEOPLE) * 4
    ((most,),) = await hostile.rows(
        "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM outbox GROUP BY chat_id) AS x"
    )
    assert 0 < most <= MOST
    reasons = [reason for (reason,) in await hostile.rows("SELECT reason FROM dead_letters")]
    assert reasons
    # A reading fault names a field and its kind; anything else is an error in our own code.
    assert not [reason for reason in reasons if ": " not in reason and "no kind" not in reason]


async def test_no_update_raises_is_lost_or_fills_the_memory(
    content: Content, conversation: Conversation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    store = await Store.at(f"sqlite:///{tmp_path / 'milia.db'}", Clock())
    hostile = Hostile(content, conversation, store)
    store._clock = hostile.clock
    await besieged(hostile, Mischief(7, content), MANY)
    await store.close()


async def test_none_of_it_is_too_odd_for_postgresql(
    content: Content, conversation: Conversation, postgres: str
) -> None:
    store = await Store.at(emptied(postgres), Clock())
    hostile = Hostile(content, conversation, store)
    store._clock = hostile.clock
    await besieged(hostile, Mischief(8, content), FEW)
    await store.close()


async def test_the_quick_reading_of_a_tap_is_the_strict_one(content: Content) -> None:
    mischief, reader = Mischief(9, content), Reader("milia_bot", ())
    quick = 0
    for _ in range(MANY * 2):
        raw = mischief.one()
        if not _confirmable(raw):
            continue
        if (own := _own_tap(raw)) is not None:
            quick += 1
            assert own == reader.fresh(raw), raw
    assert quick > MANY / 5


async def test_a_batch_as_large_as_they_come_is_taken(
    content: Content, conversation: Conversation, tmp_path: Path
) -> None:
    """4 MiB in 100 updates, each with one enormous text, name or list."""
    store = await Store.at(f"sqlite:///{tmp_path / 'milia.db'}", Clock())
    hostile = Hostile(content, conversation, store)
    large = 4 * 2**20 // AT_ONCE
    texts = [(text or "x") * (large // max(1, len(json.dumps(text)))) for text in STRINGS]
    batch = [message(number, text=text) for number, text in enumerate(texts)]
    batch += [tap(900 + number, data=text) for number, text in enumerate(texts[:9])]
    batch += [message(1000, **{texts[0]: 1}), message(1001, entities=[{}] * (large // 4))]
    applied = await hostile.poll(batch)
    assert all(done.rows for done in applied if done.incoming.event)
    await store.close()


@pytest.mark.parametrize("lists", [True, False])
async def test_what_is_nested_deeper_than_anybody_can_read_stops_nothing(
    content: Content, conversation: Conversation, tmp_path: Path, lists: bool
) -> None:
    store = await Store.at(f"sqlite:///{tmp_path / 'milia.db'}", Clock())
    hostile = Hostile(content, conversation, store)
    batch = []
    for number, deep in enumerate([nested(100_000, lists=lists) for _ in range(4)]):
        good = message(number * 10, text="/start", reply_to_message=deep)
        batch += [good, message(number * 10 + 1, text=deep), {"update_id": 1000, "poll": deep}]
    applied = await hostile.take(batch)
    assert sum(bool(done.rows) for done in applied) == 4
    await store.close()


async def test_a_parked_update_may_hold_anything(
    content: Content, conversation: Conversation, postgres: str
) -> None:
    """It is kept as it came; PostgreSQL takes no NUL and no half of a character in a text."""
    address = emptied(postgres)
    store = await Store.at(address, Clock())
    hostile = Hostile(content, conversation, store)
    depths = (*range(900, 1010, 20), 5000)
    odd = [*STRINGS[:9], *(nested(depth, lists=True) for depth in depths)]
    raw = [message(n, text="hello", author_signature=what) for n, what in enumerate(odd)]
    with psycopg.connect(address) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (user()["id"],))
        await hurried(store)
        for one in raw:
            await hostile.take([one])
    ((parked,),) = await hostile.rows("SELECT count(*) FROM parked")
    assert parked == len(raw)
    await store.unpark(
        user()["id"], hostile.talk.turn, hostile.talk.apology, hostile.reader.read_one
    )
    assert await hostile.rows("SELECT * FROM parked") == []
    await store.close()

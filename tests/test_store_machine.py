"""Whatever happens in whatever order: stored is what the turns came to, and nothing else.

`MACHINE=20000` in the environment tries so many lives of 100 steps, each time others.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from changes import renamed, without
from conftest import OPERATOR
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from postgres import emptied
from updates import Clock, message, private, tap, user

from bot.handlers import Reader
from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.rendering import Renderer
from bot.store import Store
from bot.store.outbox import MOST
from bot.store.outcomes import Applied
from bot.talking import Talk
from dialogs.chat import dump, read
from dialogs.content import Content
from dialogs.conversation import Conversation

LARGE = int(os.environ.get("MACHINE", "0"))
pytestmark = pytest.mark.timeout(0 if LARGE else 120)

_T = TypeVar("_T")
PEOPLE = st.sampled_from((1, 2, 3))
WORDS = st.sampled_from(
    (
        *("/start", "me", "2", "none", "not sure", "back", "why", "/routine", "hello", "yes"),
        *("what are milia", "my eye hurts", "i want to die", "change", "\0", "", "x" * 5000),
    )
)
OF_PEOPLE = ("chats", "cards", "worn", "asked_again", "unreachable", "lanes", "parked")
"""The tables where somebody forgotten must not stand, named here again and not by the store."""
HOUR = timedelta(hours=1)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own
"""Files that need not outlast the power are quicker there."""


class Life(RuleBasedStateMachine):
    """Three people, a store and a conversation; beside them what should have become of it all."""

    def __init__(self, address: str, talks: tuple[Talk, ...], clock: Clock) -> None:
        super().__init__()
        self.address, self.talks, self.clock = address, talks, clock
        clock.now = Clock().now
        self.talk = talks[0]
        self.reader = Reader("milia_bot", ("start", "routine"))
        self.runner = asyncio.Runner()
        self.store = self.run(Store.at(address, clock))
        self.states: dict[int, str | None] = dict.fromkeys((1, 2, 3))
        self.outbox: dict[int, list[tuple[int, str]]] = {1: [], 2: [], 3: []}
        self.shown: dict[int, list[tuple[int, str]]] = {1: [], 2: [], 3: []}
        self.seen: list[tuple[datetime, Any]] = []
        self.waits: dict[int, datetime] = {}
        self.latest, self.number = clock.now, 100

    def run(self, job: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(job)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.run(self.store.do(lambda db: db.execute(query, values).fetchall()))

    def next(self) -> int:
        self.number += 1
        return self.number

    # --- what comes in ---

    def typed(self, person: int, text: str, **more: Any) -> Any:
        number = self.next()
        words = {"text": text, "message_id": number, "from": user(person), **more}
        return message(number, chat=private(person), **words)

    def pressed(self, person: int, at: int) -> Any:
        shown = self.shown[person] or [(1, "1:~::0:@consent")]
        message_id, data = shown[-1 - at % len(shown)]
        raw = tap(self.next(), chat=private(person), data=data, **{"from": user(person)})
        raw["callback_query"]["message"]["message_id"] = message_id
        return raw

    def take(self, *raw: Any) -> list[Applied]:
        """Apply a batch, and work out beside it what it comes to."""
        batch, turn = self.reader.read(raw), self.talk.turn
        applied = self.run(self.store.apply(batch, turn, self.talk.apology, self.reader.read_one))
        for one, done in zip(raw, applied, strict=True):
            again = any(one["update_id"] == known["update_id"] for _, known in self.seen)
            assert done.fresh is not again
            if done.fresh:
                self.seen.append((self.clock.now, one))
                self.fold(done.incoming, done)
        return applied

    def fold(self, incoming: Incoming, done: Applied) -> None:
        person = incoming.chat_id
        if incoming.reachable is False:
            self.outbox[person] = []
        if incoming.event is None:
            return
        state = self.states[person]
        damaged = state == "{"
        chat = None if state is None or damaged else read(state)
        outcome = self.talk.turn(chat, incoming.event, damaged)
        kept = outcome.chat if outcome.chat and outcome.chat.consent else None
        self.states[person] = dump(kept) if kept else None
        assert [row.body for row in done.rows] == [message.json for message in outcome.outgoing]
        if outcome.chat is None:
            self.forgotten(person)
        rows = [(row.id, row.body) for row in done.rows]
        self.leave(person, done.gone, len(rows))
        self.outbox[person] += [row for row in rows if row[0] not in done.gone]

    def leave(self, person: int, gone: tuple[int, ...], more: int) -> None:
        """Messages that need not be sent: a card that arrived, or too many; no safety."""
        left = [row for row in self.outbox[person] if row[0] not in gone]
        lost = [Outgoing.read(body) for number, body in self.outbox[person] if number in gone]
        assert len(lost) <= 1 + max(0, len(self.outbox[person]) + more - MOST)
        assert all(message.kind != "safety" for message in lost)
        self.outbox[person] = left

    def forgotten(self, person: int) -> None:
        self.outbox[person] = []
        # A ban stays as long as it lasts: the receipt has to wait for it.
        if self.waits.get(person, self.clock.now) <= self.clock.now:
            self.waits.pop(person, None)
            assert self.rows("SELECT * FROM waits WHERE chat_id=?", person) == []
        for table in OF_PEOPLE:
            found = self.rows(f"SELECT * FROM {table} WHERE chat_id=?", person)  # noqa: S608
            assert found == [], table

    # --- what can happen ---

    @rule(person=PEOPLE, text=WORDS)
    def text(self, person: int, text: str) -> None:
        self.take(self.typed(person, text))

    @rule(person=PEOPLE, at=st.integers(0, 3))
    def press(self, person: int, at: int) -> None:
        self.take(self.pressed(person, at))

    @rule(person=PEOPLE, at=st.integers(4, 60))
    def stale_press(self, person: int, at: int) -> None:
        self.take(self.pressed(person, at))

    @rule(person=PEOPLE, at=st.integers(0, 3))
    def press_of_somebody_else(self, person: int, at: int) -> None:
        raw = self.pressed(person, at)
        raw["callback_query"]["from"] = user(person % 3 + 1)
        (done,) = self.take(raw)
        assert (done.incoming.foreign, done.rows) == (True, ())

    @rule(person=PEOPLE, text=WORDS)
    def edit(self, person: int, text: str) -> None:
        raw = self.typed(person, text)
        self.take(raw)
        self.take({"update_id": self.next(), "edited_message": raw["message"]})

    @rule(people=st.lists(PEOPLE, min_size=2, max_size=6), draw=st.randoms(use_true_random=False))
    def several_out_of_order(self, people: list[int], draw: Any) -> None:
        batch = [self.pressed(person, 0) for person in people]
        batch += [self.typed(person, draw.choice(("back", "2", "why"))) for person in people]
        draw.shuffle(batch)
        self.take(*batch, batch[0])

    @precondition(lambda self: any(True for _ in self.late()))
    @rule(at=st.integers(0, 1000))
    def duplicate(self, at: int) -> None:
        known = list(self.late())
        (done,) = self.take(known[at % len(known)])
        assert not done.fresh

    def late(self) -> Iterator[Any]:
        """Updates that Telegram may bring again: it keeps them for a day."""
        return (raw for at, raw in self.seen if at > self.latest - 24 * HOUR)

    @rule(person=PEOPLE, back=st.booleans())
    def block_or_let_in(self, person: int, back: bool) -> None:
        status = {"status": "member" if back else "kicked"}
        change = {"chat": private(person), "new_chat_member": status}
        self.take({"update_id": self.next(), "my_chat_member": change})

    @rule(person=PEOPLE)
    def forget(self, person: int) -> None:
        (asked,) = self.take(self.typed(person, "/forget"))
        data = next(
            (one for row in asked.rows for one in buttons(row.body) if "@forget" in one), ""
        )
        assert data or self.states[person] is None
        if not data:
            return
        raw = tap(self.next(), chat=private(person), data=data, **{"from": user(person)})
        (done,) = self.take(raw)
        assert self.states[person] is None
        assert done.rows

    @rule(person=PEOPLE, many=st.integers(1, 9))
    def send(self, person: int, many: int) -> None:
        for _ in range(many):
            if not (found := self.run(self.store.rows(person))):
                assert self.store.shared or not self.outbox[person]
                return
            row, number = found[0], self.next()
            assert (row.id, row.body) == self.outbox[person].pop(0)
            message = Outgoing.read(row.body)
            self.run(self.store.sent(row, number, message.card, ends=message.ends))
            self.shown[person] += [(number, one) for one in reversed(buttons(row.body))]

    @rule(person=PEOPLE)
    def refused_with_403(self, person: int) -> None:
        known = max((number for number, _ in self.outbox[person]), default=0)
        self.run(self.store.lose(person, known))
        self.outbox[person] = []

    @rule(person=PEOPLE, seconds=st.integers(60, 9000))
    def told_to_wait(self, person: int, seconds: int) -> None:
        if rows := self.run(self.store.rows(person)):
            self.run(self.store.wait(person, seconds, rows[0], leave=False))
            until = self.clock.now + timedelta(seconds=seconds)
            self.waits[person] = max(until, self.waits.get(person, until))

    @rule(orderly=st.booleans())
    def end_and_start_again(self, orderly: bool) -> None:
        self.run(self.store.close() if orderly else self.store._driver.close())
        self.store = self.run(Store.at(self.address, self.clock))
        assert self.store.shared or self.store.cautious is not orderly

    @rule(at=st.integers(0, 2))
    def new_content(self, at: int) -> None:
        self.talk = self.talks[at]

    @rule(hours=st.sampled_from((-30, -3, -1, 1, 3, 25, 24 * 91)))
    def clock_jumps(self, hours: int) -> None:
        self.clock.move(hours=hours)
        self.latest = max(self.latest, self.clock.now)

    @rule(person=PEOPLE)
    def damage(self, person: int) -> None:
        query = "UPDATE chats SET state='{' WHERE chat_id=? RETURNING 1"
        if self.rows(query, person):
            self.states[person] = "{"

    # --- what always holds ---

    @invariant()
    def stored_is_what_the_turns_came_to(self) -> None:
        found = dict(self.rows("SELECT chat_id, state FROM chats"))
        assert found == {person: state for person, state in self.states.items() if state}

    @invariant()
    def what_waits_is_in_order(self) -> None:
        found: dict[int, list[tuple[int, str]]] = {1: [], 2: [], 3: []}
        for person, number, body in self.rows("SELECT chat_id, id, body FROM outbox ORDER BY id"):
            found[person].append((number, body))
        assert found == self.outbox

    @invariant()
    def what_was_applied_is_known(self) -> None:
        known = {number for (number,) in self.rows("SELECT update_id FROM applied")}
        assert {raw["update_id"] for raw in self.late()} <= known
        assert self.rows("SELECT * FROM dead_letters") == []

    @invariant()
    def a_ban_is_remembered(self) -> None:
        found = self.run(self.store.waits())
        for person, until in self.waits.items():
            if until > self.latest:
                assert found[person] >= (until - self.clock.now).total_seconds() - 0.01

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()


def buttons(body: str) -> list[str]:
    """The data of a message's buttons."""
    return [b["callback_data"] for line in Outgoing.read(body).keyboard for b in line]


def lives(examples: int, steps: int) -> settings:
    """So many lives, the same ones each time; of the large kind, others each time."""
    return settings(
        max_examples=LARGE or examples,
        stateful_step_count=100 if LARGE else steps,
        derandomize=not LARGE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talks(content: Content, clock: Clock) -> tuple[Talk, ...]:
    """Talks about the content as it is, without a question, and with an option renamed."""
    changes = (lambda known: known, without("look"), renamed("who", "me", "myself"))
    pages = [change(content) for change in changes]
    return tuple(Talk(Conversation(page, OPERATOR), Renderer(page), clock) for page in pages)


def test_any_life_on_sqlite(talks: tuple[Talk, ...], clock: Clock) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder:
        lived = iter(range(10**9))

        def life() -> Life:
            return Life(f"sqlite:///{Path(folder) / f'{next(lived)}.db'}", talks, clock)

        run_state_machine_as_test(life, settings=lives(100, 45))  # type: ignore[arg-type]


def test_any_life_on_postgresql(talks: tuple[Talk, ...], clock: Clock, postgres: str) -> None:
    def life() -> Life:
        return Life(emptied(postgres), talks, clock)

    run_state_machine_as_test(life, settings=lives(6, 25))  # type: ignore[arg-type]

"""Several programs on one database: each chat in one hand at a time, and nobody left behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from postgres import emptied
from updates import ANN, BOB, Clock, count, message, sorry, tapped, typed

from bot.handlers import Reader
from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.store import Store, StoreError
from bot.store.copying import copy
from bot.store.outbox import MOST
from bot.store.schema import TABLES
from bot.store.taking import ENDED, TRIES
from dialogs.chat import Chat
from dialogs.turns import Card

pytestmark = pytest.mark.asyncio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shared(postgres: str) -> str:
    return emptied(postgres)


@pytest_asyncio.fixture
async def one(shared: str, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.at(shared, clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def other(one: Store, shared: str, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.at(shared, clock)
    yield opened
    await opened.close()


async def found(store: Store, query: str, *values: Any) -> list[Any]:
    return await store.do(lambda db: db.execute(query, values).fetchall())


async def texts(store: Store, chat_id: int = ANN) -> list[str]:
    rows = await found(store, "SELECT body FROM outbox WHERE chat_id=? ORDER BY id", chat_id)
    return [Outgoing.read(body).text for (body,) in rows]


async def test_two_programs_never_take_the_same_update_twice(one: Store, other: Store) -> None:
    batch = [typed(number, str(number), 100 + number % 7) for number in range(60)]
    taken = await asyncio.gather(
        *(store.apply([update], count, sorry) for update in batch for store in (one, other))
    )
    assert sum(applied[0].fresh for applied in taken) == 60
    states = await found(one, "SELECT state FROM chats")
    assert sum(Chat.model_validate_json(state).misses for (state,) in states) == 60


async def test_a_chat_is_sent_to_by_one_program_at_a_time(one: Store, other: Store) -> None:
    await one.apply([typed(1, "a")], count, sorry)
    rows = await one.rows(ANN)
    await other.apply([typed(2, "b")], count, sorry)
    assert await other.rows(ANN) == []
    await one.sent(rows[0], 10, None)
    (second,) = await one.rows(ANN)
    await one.sent(second, 11, None)
    assert await one.rows(ANN) == []
    await other.apply([typed(3, "c")], count, sorry)
    assert [row.id for row in await other.rows(ANN)] == [second.id + 1]


async def test_what_a_dead_program_was_sending_is_taken_over_at_once(
    one: Store, shared: str, clock: Clock
) -> None:
    dying = await Store.at(shared, clock)
    await dying.apply([typed(1, "a"), typed(2, "x", BOB)], count, sorry)
    await dying.rows(ANN)
    assert (await one.left())[0] == [BOB]
    await dying._driver.close()
    async with asyncio.timeout(5):
        while ANN not in (await one.left())[0]:  # noqa: ASYNC110 - the server hears of it late
            await asyncio.sleep(0.01)
    assert len(await one.rows(ANN)) == 1


async def test_what_a_stuck_program_was_sending_is_taken_over_after_its_lease(
    one: Store, other: Store, clock: Clock
) -> None:
    await one.apply([typed(1, "a")], count, sorry)
    await one.rows(ANN)
    clock.move(seconds=59)
    assert (await other.left())[0] == []
    clock.move(seconds=2)
    assert (await other.left())[0] == [ANN]
    assert len(await other.rows(ANN)) == 1


async def test_a_chat_that_must_wait_is_left_alone_until_then(one: Store, clock: Clock) -> None:
    await one.apply([typed(1, "a")], count, sorry)
    (row,) = await one.rows(ANN)
    await one.wait(ANN, 3600, row, leave=True)
    assert (await one.left())[0] == []
    assert await one.waits() == {ANN: 3600}
    clock.move(hours=1, seconds=1)
    assert (await one.left())[0] == [ANN]


async def test_an_update_of_a_busy_chat_is_parked_and_keeps_its_place(
    one: Store, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its chat is held for too long by somebody; another chat's update goes through meanwhile."""
    reader = Reader("bot", ())
    await found(one, "SELECT 1")
    await one.do(lambda db: db.execute("SET lock_timeout = 50"))
    raw = [message(number, text=text) for number, text in ((1, "a"), (2, "b"))]
    batch = [*reader.read(raw), typed(3, "x", BOB)]
    with psycopg.connect(shared) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (ANN,))
        await hurried(one)
        await one.apply(batch, count, sorry, reader.read_one)
        assert await texts(one, BOB) == ["1 x"]
        assert (await one.left())[1] == [ANN]
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await one.unpark(ANN, count, sorry, reader.read_one)
    await one.apply([typed(4, "c")], count, sorry, reader.read_one)
    assert await texts(one) == ["1 a", "2 b", "3 c"]
    assert (await one.left())[1] == []
    again = await one.apply(batch, count, sorry, reader.read_one)
    assert [applied.fresh for applied in again] == [False] * 3


async def hurried(store: Store) -> None:
    """Let every connection of a store's pool give up on a lock at once."""
    pool = store._driver._pool  # type: ignore[attr-defined]
    connections = [pool.getconn() for _ in range(8)]
    for connection in connections:
        connection.execute("SET lock_timeout = 50")
        connection.commit()
        pool.putconn(connection)


async def test_parked_turns_are_taken_when_their_chat_is_free(one: Store, shared: str) -> None:
    reader = Reader("bot", ())
    with psycopg.connect(shared) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (ANN,))
        await hurried(one)
        await one.apply(reader.read([message(1, text="a")]), count, sorry, reader.read_one)
        assert await texts(one) == []
    await one.unpark(ANN, count, sorry, reader.read_one)
    assert await texts(one) == ["1 a"]


async def test_only_one_program_polls(one: Store, other: Store) -> None:
    assert one.claim_polling()
    assert not other.claim_polling()


async def test_a_newer_database_is_refused(one: Store, shared: str, clock: Clock) -> None:
    await found(one, "UPDATE schema_version SET number = 99 RETURNING number")
    with pytest.raises(StoreError, match="update the program"):
        await Store.at(shared, clock)


async def test_an_address_nobody_answers_at_is_one_line_without_the_password(clock: Clock) -> None:
    with pytest.raises(StoreError) as caught:
        await Store.at("postgresql://ann:canary@127.0.0.1:1/milia", clock)
    assert str(caught.value).startswith("DATABASE_URL: ")
    assert "canary" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


async def test_everything_is_copied_and_goes_on_there(
    shared: str, clock: Clock, tmp_path: Any
) -> None:
    source = f"sqlite:///{tmp_path / 'milia.db'}"
    old = await Store.at(source, clock)
    await old.apply([typed(1, "a"), typed(2, "b"), typed(3, "fail", BOB)], count, sorry)
    await old.close()
    copied = await copy(source, shared, clock)
    assert set(copied) == set(TABLES) - {"workers", "lanes"}
    assert (copied["chats"], copied["outbox"], copied["applied"]) == (1, 3, 3)
    new = await Store.at(shared, clock)
    await new.apply([typed(1, "a"), typed(4, "c")], count, sorry)
    assert await texts(new) == ["1 a", "2 b", "3 c"]
    await new.close()
    with pytest.raises(StoreError, match="use an empty one"):
        await copy(source, shared, clock)


# --- on either database ---


async def reopened(store: Store, address: str, clock: Clock) -> Store:
    """Let a program die without a word, and start the next one."""
    await store._driver.close()
    return await Store.at(address, clock)


async def test_after_an_orderly_end_nobody_is_cautious(address: str, clock: Clock) -> None:
    store = await Store.at(address, clock)
    assert not store.cautious
    await store.close()
    store = await Store.at(address, clock)
    assert not store.cautious
    await store.close()


async def test_an_update_that_ends_the_program_is_put_aside_at_last(
    address: str, clock: Clock
) -> None:
    """The others of its batch lose nothing, however often it is tried."""

    class EndError(BaseException):
        """The process is gone."""

    def deadly(chat: Chat | None, event: Any, damaged: bool) -> Any:
        if event.text == "poison":
            raise EndError
        return count(chat, event, damaged)

    batch = [typed(1, "a"), typed(2, "poison"), typed(3, "b")]
    store = await Store.at(address, clock)
    store = await reopened(store, address, clock)
    assert store.cautious
    for _ in range(TRIES):
        with pytest.raises(EndError):
            await store.apply(batch, deadly, sorry)
        store = await reopened(store, address, clock)
    await store.apply(batch, deadly, sorry)
    assert await texts(store) == ["1 a", "sorry 1", "2 b"]
    assert await found(store, "SELECT update_id, reason FROM dead_letters") == [(2, ENDED)]
    await store.close()


async def test_a_database_that_fails_again_and_again_puts_no_update_aside(
    address: str, clock: Clock
) -> None:
    """Each time it was begun anew, but the program never ended."""
    fails = [True] * (TRIES + 2)

    def failing(chat: Chat | None, event: Any, damaged: bool) -> Any:
        if fails:
            fails.pop()
            raise fault("the disk is full")
        return count(chat, event, damaged)

    store = await reopened(await Store.at(address, clock), address, clock)
    (fault, *_) = await store.do(lambda db: db.faults)
    for _ in tuple(fails):
        with pytest.raises(fault):
            await store.apply([typed(1, "a")], failing, sorry)
    await store.apply([typed(1, "a")], failing, sorry)
    assert await texts(store) == ["1 a"]
    await store.close()


async def test_a_card_whose_button_was_tapped_is_not_sent_again(address: str, clock: Clock) -> None:
    """It arrived, though the program ended before it knew."""
    card = Outgoing("one?", kind="prompt", card=Card("k3", "who", 1))

    def ask(chat: Chat | None, event: Any, damaged: bool) -> Any:
        outcome = count(chat, event, damaged)
        return type(outcome)(outcome.chat, (card,)) if event.data == "1:k3:who:0:x" else outcome

    store = await Store.at(address, clock)
    await store.apply([tapped(1, "1:k3:who:0:x")], ask, sorry)
    (row,) = await store.rows(ANN)
    tap = tapped(2, "1:k3:who:1:me")
    (done,) = await store.apply([tap], count, sorry)
    assert done.gone == (row.id,)
    assert await texts(store) == ["2 tapped"]
    assert await found(store, "SELECT message_id, question FROM cards") == [(1, "who")]
    await store.close()


async def test_what_a_card_was_to_say_in_its_place_is_said_though_it_was_tapped_before(
    address: str, clock: Clock
) -> None:
    """Why it is asked, say: the tap came from the card as it was."""
    why = Outgoing("why", kind="prompt", card=Card("k3", "who", 1, 1), pages=("who?why", "who?"))

    def ask(chat: Chat | None, event: Any, damaged: bool) -> Any:
        outcome = count(chat, event, damaged)
        return type(outcome)(outcome.chat, (why,))

    store = await Store.at(address, clock)
    await store.apply([typed(1, "hello")], ask, sorry)
    (done,) = await store.apply([tapped(2, "1:k3:who:1:me")], count, sorry)
    assert done.gone == ()
    assert await texts(store) == ["why", "2 tapped"]
    await store.close()


async def test_a_tap_on_an_older_card_does_not_drop_the_next_one(
    address: str, clock: Clock
) -> None:
    card = Outgoing("lead", kind="prompt", card=Card("k3", "who", 1))

    def ask(chat: Chat | None, event: Any, damaged: bool) -> Any:
        outcome = count(chat, event, damaged)
        return type(outcome)(outcome.chat, (card,))

    store = await Store.at(address, clock)
    await store.apply([tapped(1, "1:k3:who:0:x")], ask, sorry)
    await store.sent((await store.rows(ANN))[0], 1, card.card)
    await store.apply([typed(2, "a side question")], ask, sorry)
    (done,) = await store.apply([tapped(3, "1:k3:who:1:me")], count, sorry)
    assert done.gone == ()
    assert await texts(store) == ["lead", "3 tapped"]
    await store.close()


async def test_an_outbox_is_bounded_and_safety_is_never_dropped(address: str, clock: Clock) -> None:
    def warn(chat: Chat | None, event: Any, damaged: bool) -> Any:
        outcome = count(chat, event, damaged)
        return type(outcome)(outcome.chat, (Outgoing("danger", kind="safety"),))

    store = await Store.at(address, clock)
    await store.apply([typed(1, "x")], warn, sorry)
    for number in range(2, MOST + 20):
        await store.apply([typed(number, "x")], count, sorry)
    waiting = await texts(store)
    assert len(waiting) == MOST
    assert waiting[0] == "danger"
    assert waiting[-1] == f"{MOST + 19} x"
    await store.close()


async def test_who_blocked_the_bot_is_sent_nothing_until_they_speak(
    address: str, clock: Clock
) -> None:
    store = await Store.at(address, clock)
    await store.apply([typed(1, "a")], count, sorry)
    await store.apply([Incoming(2, ANN, reachable=False)], count, sorry)
    assert await store.waiting() == []
    clock.move(minutes=5)
    assert await store.ask_again(lambda _: (Outgoing("again"),), {}) == []
    await store.apply([typed(3, "back")], count, sorry)
    assert await texts(store) == ["2 back"]
    assert await found(store, "SELECT * FROM unreachable") == []
    await store.close()

"""The outbox reaches people: in order, at least once, and no chat waits for another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from calls import FaultyApi, calling, until
from postgres import emptied
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from updates import ANN, BOB, Clock, sorry, tapped

from bot import backoff
from bot.incoming import Incoming
from bot.outgoing import Outgoing
from bot.pacing import Pace
from bot.playground import Playground
from bot.sending import Sender
from bot.store import Store
from bot.store.outcomes import Outcome
from dialogs.chat import Chat
from dialogs.turns import Card, Typed

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "SHORTEST", 0.001)
    monkeypatch.setattr(backoff, "LONGEST", 0.01)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground() as running:
        for person in (ANN, BOB):
            running.person(person, started=True)
        yield running


@pytest_asyncio.fixture
async def store(address: str) -> AsyncIterator[Store]:
    opened = await Store.at(address, Clock())
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def api(server: Playground) -> AsyncIterator[FaultyApi]:
    async with calling(server) as made:
        yield made


@pytest_asyncio.fixture
async def sender(api: FaultyApi, store: Store) -> AsyncIterator[Sender]:
    made = Sender(api, store)
    yield made
    await made.stop(1)


class Numbers:
    """Update ids of a test's own."""

    last = 1000


AGREED = Chat(consent=datetime(2026, 1, 1, tzinfo=UTC))


async def put(
    store: Store, *messages: Outgoing | str, chat: int = ANN, update: Incoming | None = None
) -> None:
    """Let a turn put messages into the outbox."""
    Numbers.last += 1
    said = tuple(Outgoing(m) if isinstance(m, str) else m for m in messages)
    update = update or tapped(Numbers.last, "1:x", chat)
    await store.apply([update], lambda known, *_: Outcome(known or AGREED, said), sorry)


def shown(server: Playground, chat: int = ANN) -> list[str]:
    return [message["text"] for message in server.transcript(chat)]


async def empty(store: Store, sender: Sender) -> None:
    """Wait until nothing is left to send."""
    async with asyncio.timeout(5):
        while await store.waiting() or sender._lanes:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.002)


async def _unstored(*_: Any, **__: Any) -> None:
    """Keep nothing of a ban."""


def card(text: str, on: int | None = None, times: int = 1) -> Outgoing:
    return Outgoing(text, kind="prompt", card=Card("run", "question", times, on))


async def newest_card(store: Store) -> Any:
    query = "SELECT newest, message_id, times FROM cards"
    return await store.do(lambda db: db.execute(query).fetchall())


async def test_what_was_left_over_is_sent_at_the_start_in_order(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, "a", "b")
    await put(store, "c")
    await sender.start()
    await empty(store, sender)
    assert shown(server) == ["a", "b", "c"]


async def test_a_message_has_its_buttons_and_entities_and_no_preview(
    server: Playground, store: Store, sender: Sender
) -> None:
    bold = {"type": "bold", "offset": 0, "length": 1}
    button = {"text": "Yes", "callback_data": "1:yes"}
    await put(store, Outgoing("a b", (bold,), ((button,),)))
    sender.wake([ANN])
    await empty(store, sender)
    (message,) = server.transcript(ANN)
    assert message["entities"] == [bold]
    assert message["reply_markup"] == {"inline_keyboard": [[button]]}
    assert message["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("502"),
        TimedOut(),
        RetryAfter(0.01),  # type: ignore[arg-type]
        InvalidToken(),
        TelegramError("unreadable answer"),
    ],
)
async def test_a_failure_that_passes_loses_nothing_and_keeps_the_order(
    server: Playground, api: FaultyApi, store: Store, sender: Sender, error: Exception
) -> None:
    api.fail("SendMessage", *[error] * 4)
    await put(store, "a", "b")
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["a", "b"]
    assert api.count("SendMessage") == 6


async def test_a_chat_that_has_to_wait_holds_up_no_other(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    api.fail("SendMessage", RetryAfter(3600), chat=ANN)
    await put(store, "a")
    await put(store, "x", "y", chat=BOB)
    sender.wake([ANN, BOB])
    await until(lambda: shown(server, BOB) == ["x", "y"])
    await asyncio.sleep(0.05)
    assert shown(server) == []
    assert [given["chat_id"] for name, given in api.made if name == "SendMessage"].count(ANN) == 1
    assert await store.waiting() == [ANN]
    await sender.stop(0)
    assert await store.waiting() == [ANN]


@pytest.mark.parametrize(
    "error",
    [Forbidden("bot was blocked by the user"), BadRequest("Chat not found")],
)
async def test_a_chat_out_of_reach_is_dropped_and_only_that_one(
    server: Playground, api: FaultyApi, store: Store, sender: Sender, error: Exception
) -> None:
    api.fail("SendMessage", error, chat=ANN)
    api.fail("SendMessage", error, chat=ANN)
    await put(store, "a", "b")
    await put(store, "x", chat=BOB)
    await sender.start()
    await empty(store, sender)
    assert shown(server) == []
    assert shown(server, BOB) == ["x"]


async def test_somebody_who_blocked_and_came_back_is_answered_again(
    server: Playground, store: Store, sender: Sender
) -> None:
    server.block(ANN)
    await put(store, "a")
    sender.wake([ANN])
    await empty(store, sender)
    server.unblock(ANN)
    await put(store, "b")
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["b"]


@pytest.mark.parametrize("error", [BadRequest("Message is too long"), ChatMigrated(-1)])
async def test_a_message_telegram_never_takes_is_dropped_and_the_next_one_sent(
    server: Playground, api: FaultyApi, store: Store, sender: Sender, error: Exception
) -> None:
    api.fail("SendMessage", error)
    await put(store, "a", "b")
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["b"]


async def test_a_row_that_cannot_be_read_is_dropped(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, "a", "b")
    await store.do(
        lambda db: db.execute("UPDATE outbox SET body='{' WHERE body LIKE ?", ('%"a"%',))
    )
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["b"]


async def test_what_was_refused_for_its_entities_is_said_plainly(
    server: Playground, store: Store, sender: Sender
) -> None:
    beyond = {"type": "bold", "offset": 90, "length": 1}
    await put(store, Outgoing("a", (beyond,)), "b")
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["a", "b"]


async def test_a_card_takes_the_place_of_the_newest_message(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, "hello", card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    assert await newest_card(store) == [(on, on, 1)]
    await put(store, card("two?", on, times=2))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["hello", "two?"]
    assert await newest_card(store) == [(on, on, 2)]


async def test_a_card_with_something_below_it_is_sent_anew(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    server.say(ANN, "hm")
    below = Incoming(5000, ANN, Typed("hm", on + 1))
    await put(store, update=below)
    await put(store, card("two?", on))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["one?", "hm", "two?"]


async def test_a_card_that_follows_another_message_of_its_turn_stands_below_it(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    await put(store, "noted", card("two?", on))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["one?", "noted", "two?"]


async def test_an_unchanged_card_counts_as_sent(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    await put(store, card("one?", on, times=2))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["one?"]
    assert await newest_card(store) == [(on, on, 2)]


async def test_a_card_that_was_deleted_is_sent_anew(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    await api.call("DeleteMessage", {"chat_id": ANN, "message_id": on})
    await put(store, card("two?", on))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["two?"]
    assert (await newest_card(store))[0][1] != on


async def test_an_edit_refused_after_the_chat_was_forgotten_is_not_sent_instead(
    server: Playground, store: Store, sender: Sender, api: FaultyApi
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    (shown_before,) = server.transcript(ANN)
    api.delay = 0.05
    api.fail("EditMessageText", BadRequest("message to edit not found"))
    await put(store, card("two?", shown_before["message_id"], times=2))
    sender.wake([ANN])
    await until(lambda: api.count("EditMessageText") == 1)
    Numbers.last += 1
    bye = Outcome(None, (Outgoing("forgotten"),))
    applied = await store.apply([tapped(Numbers.last, "1:x")], lambda *_: bye, sorry)
    sender.hand(applied)
    await empty(store, sender)
    assert shown(server) == ["one?", "forgotten"]


async def test_who_was_forgotten_in_a_commit_that_seemed_to_fail_hears_nothing_older(
    server: Playground, store: Store, sender: Sender, api: FaultyApi
) -> None:
    """The update comes again then, and only as known is it told of."""
    api.fail("SendMessage", RetryAfter(1))
    await put(store, "a", "b")
    sender.wake([ANN])
    await until(lambda: api.count("SendMessage") == 1)
    Numbers.last += 1
    update = tapped(Numbers.last, "1:x")
    bye = Outcome(None, (Outgoing("forgotten"),))
    await store.apply([update], lambda *_: bye, sorry)
    sender.hand(await store.apply([update], lambda *_: bye, sorry))
    await empty(store, sender)
    assert shown(server) == ["forgotten"]


@pytest.mark.parametrize("error", [RetryAfter(1), NetworkError("502")])
async def test_what_has_to_wait_is_not_sent_when_another_program_forgot_the_chat_meanwhile(
    server: Playground,
    postgres: str,
    api: FaultyApi,
    error: TelegramError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "SHORTEST", 0.5)
    address = emptied(postgres)
    one, other = await Store.at(address, Clock()), await Store.at(address, Clock())
    sender = Sender(api, one)
    api.fail("SendMessage", error)
    await put(one, "a", "b")
    one.wait = _unstored  # type: ignore[method-assign]
    sender.wake([ANN])
    await until(lambda: (api.count("SendMessage"), api.under_way) == (1, 0))
    Numbers.last += 1
    bye = Outcome(None, (Outgoing("forgotten"),))
    await other.apply([tapped(Numbers.last, "1:x")], lambda *_: bye, sorry)
    await empty(one, sender)
    assert shown(server) == ["forgotten"]
    await sender.stop(1)
    await one.close()
    await other.close()


async def test_a_lost_answer_to_an_edit_makes_no_second_message(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    await put(store, card("one?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    await api.call("EditMessageText", {"chat_id": ANN, "message_id": on, **card("two?").content()})
    await put(store, card("two?", on))
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["two?"]


async def settled(store: Store, sender: Sender) -> None:
    """Wait until the things beside the replies are done too."""
    await empty(store, sender)
    async with asyncio.timeout(5):
        while sender._beside._tasks:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.002)


def dressed(server: Playground) -> list[str]:
    return [m["text"] for m in server.transcript(ANN) if "reply_markup" in m]


def with_button(text: str, on: int | None = None, *, ends: bool = False) -> Outgoing:
    made = Outgoing(text, ends=True) if ends else card(text, on)
    keyboard = (({"text": "Yes", "callback_data": "1:yes"},),)
    return replace(made, keyboard=keyboard, pages=("noted", "question"))


async def two_cards(store: Store, sender: Sender) -> None:
    """A card, something typed, and the card drawn anew below it."""
    await put(store, with_button("one?"))
    await put(store, with_button("two?"))
    sender.wake([ANN])


async def test_the_buttons_of_a_card_drawn_anew_are_taken_off_the_old_one(
    server: Playground, store: Store, sender: Sender
) -> None:
    await two_cards(store, sender)
    await settled(store, sender)
    assert shown(server) == ["one?", "two?"]
    assert dressed(server) == ["two?"]
    assert await store.with_worn() == []


async def test_when_no_question_is_open_any_more_the_last_card_loses_its_buttons(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, with_button("one?"), with_button("the plan", ends=True))
    sender.wake([ANN])
    await settled(store, sender)
    assert dressed(server) == ["the plan"]


@pytest.mark.parametrize("error", [BadRequest("Message is not modified"), Forbidden("blocked")])
async def test_old_buttons_that_telegram_does_not_take_off_are_left_alone(
    api: FaultyApi, server: Playground, store: Store, sender: Sender, error: Exception
) -> None:
    api.fail("EditMessageReplyMarkup", error)
    await two_cards(store, sender)
    await settled(store, sender)
    assert api.count("EditMessageReplyMarkup") == 1
    assert await store.with_worn() == []


async def test_old_buttons_that_could_not_go_now_go_at_the_next_start(
    api: FaultyApi, server: Playground, store: Store, sender: Sender
) -> None:
    api.fail("EditMessageReplyMarkup", NetworkError("502"))
    await two_cards(store, sender)
    await settled(store, sender)
    assert dressed(server) == ["one?", "two?"]
    assert await store.with_worn() == [ANN]
    again = Sender(api, store)
    await again.start()
    await settled(store, again)
    await again.stop(1)
    assert dressed(server) == ["two?"]


async def test_a_reply_never_waits_for_old_buttons(
    api: FaultyApi,
    server: Playground,
    store: Store,
    sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = asyncio.Event()
    real = api.call

    async def call(method: str, *given: Any) -> Any:
        if method == "EditMessageReplyMarkup":
            await held.wait()
        return await real(method, *given)

    monkeypatch.setattr(api, "call", call)
    await two_cards(store, sender)
    await empty(store, sender)
    await put(store, "three")
    sender.wake([ANN])
    await until(lambda: shown(server) == ["one?", "two?", "three"])
    held.set()
    await settled(store, sender)
    assert dressed(server) == ["two?"]


async def test_a_message_that_is_no_card_takes_its_place_only_at_the_bottom(
    server: Playground, store: Store, sender: Sender
) -> None:
    await put(store, with_button("sure?"))
    sender.wake([ANN])
    await empty(store, sender)
    on = server.transcript(ANN)[-1]["message_id"]
    await put(store, Outgoing("kept", on=on), Outgoing("again", on=on))
    await put(store, Outgoing("below", on=on - 1))
    sender.wake([ANN])
    await settled(store, sender)
    assert shown(server) == ["again", "below"]


async def test_typing_shows_while_more_than_one_message_waits(
    api: FaultyApi, store: Store, sender: Sender
) -> None:
    await put(store, "a")
    sender.wake([ANN])
    await settled(store, sender)
    assert api.count("SendChatAction") == 0
    api.fail("SendChatAction", NetworkError("502"))
    await put(store, "b", "c")
    sender.wake([ANN])
    await settled(store, sender)
    assert api.count("SendChatAction") == 1


async def test_one_message_at_a_time_in_a_chat_and_thirty_in_all(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    people = range(100, 150)
    for person in people:
        server.person(person, started=True)
        await put(store, "a", "b", chat=person)
    api.delay = 0.2
    sender.wake(people)
    sender.wake(people)
    await empty(store, sender)
    assert api.most_at_once == 30
    assert all(shown(server, person) == ["a", "b"] for person in people)


async def test_a_chat_alone_never_has_two_messages_under_way(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    api.delay = 0.01
    await put(store, "a", "b", "c")
    for _ in range(5):
        sender.wake([ANN])
        await asyncio.sleep(0.004)
    await empty(store, sender)
    assert api.most_at_once == 1
    assert shown(server) == ["a", "b", "c"]


async def test_a_message_put_at_any_moment_is_sent(
    server: Playground, store: Store, sender: Sender
) -> None:
    """Waking while the lane is ending must not be lost: 100 times, after other pauses each."""
    for number in range(100):
        await put(store, str(number))
        sender.wake([ANN])
        await asyncio.sleep(number % 7 * 0.0005)
    await empty(store, sender)
    assert shown(server) == [str(number) for number in range(100)]


async def test_a_failing_disk_does_not_end_the_sending(
    server: Playground, store: Store, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, errors = store.rows, [OSError(), OSError()]

    async def rows(chat_id: int) -> Any:
        if errors:
            raise errors.pop()
        return await real(chat_id)

    monkeypatch.setattr(store, "rows", rows)
    await put(store, "a")
    sender.wake([ANN])
    await empty(store, sender)
    assert shown(server) == ["a"]


async def test_stopping_finishes_what_is_under_way_and_keeps_the_rest(
    server: Playground, api: FaultyApi, store: Store, sender: Sender
) -> None:
    await put(store, "a")
    api.delay = 0.05
    sender.wake([ANN])
    await sender.stop(2)
    assert shown(server) == ["a"]
    api.fail("SendMessage", *[NetworkError("down")] * 1000)
    await put(store, "b")
    sender.wake([ANN])
    started = asyncio.get_running_loop().time()
    await sender.stop(0.2)
    assert asyncio.get_running_loop().time() - started < 0.5
    assert await store.waiting() == [ANN]


async def test_what_was_left_over_leaves_room_for_those_who_write_now(
    server: Playground, api: FaultyApi, store: Store
) -> None:
    people = range(100, 200)
    for person in (*people, 300):
        server.person(person, started=True)
    for person in people:
        await put(store, "left over", chat=person)
    sender = Sender(api, store, pace=Pace(30, 0, 1))
    await sender.start()
    await put(store, "now", chat=300)
    sender.wake([300])
    await until(lambda: shown(server, 300) == ["now"])
    assert sum(shown(server, person) != [] for person in people) < 60
    await sender.stop(0)


async def test_nothing_goes_into_a_ban_that_came_while_waiting_for_room(
    store: Store, api: FaultyApi, sender: Sender
) -> None:
    await put(store, card("a"), chat=ANN)
    await put(store, card("b"), chat=BOB)
    sender._room = asyncio.Semaphore(0)
    sender.wake((ANN, BOB))
    await until(lambda: len(sender._room._waiters or ()) == 2)
    sender._pauses.load({0: 0.1})
    sender._room.release()
    await asyncio.sleep(0.05)
    assert api.count("SendMessage") == 0
    await empty(store, sender)

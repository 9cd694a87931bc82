"""Nothing is confirmed before it is stored, and nothing ends the polling but the word to stop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from calls import FaultyApi, calling, until
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut
from updates import ANN, BOB

from bot import backoff, polling
from bot.handlers import Reader
from bot.incoming import Incoming
from bot.playground import Playground
from bot.receiving import ConflictError, Receiver
from bot.store.outcomes import Applied
from dialogs.turns import Tapped, Typed

pytestmark = pytest.mark.asyncio


class Shelf:
    """Stands in for the store: remembers batches, and fails when told to."""

    def __init__(self) -> None:
        self.batches: list[list[Incoming]] = []
        self.beats = 0
        self.errors: list[Exception] = []
        self.pending: list[int] = []
        self.server: Playground | None = None

    async def apply(self, batch: Sequence[Incoming]) -> list[Applied]:
        if self.server:
            self.pending.append(len(self.server.overview()["pending"]))
        if self.errors:
            raise self.errors.pop(0)
        if batch:
            self.batches.append(list(batch))
        else:
            self.beats += 1
        return [Applied(incoming, toast="noted") for incoming in batch]

    @property
    def texts(self) -> list[str]:
        events = [incoming.event for batch in self.batches for incoming in batch]
        return [event.text for event in events if isinstance(event, Typed)]


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "SHORTEST", 0.001)
    monkeypatch.setattr(backoff, "LONGEST", 0.01)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def api(server: Playground) -> AsyncIterator[FaultyApi]:
    async with calling(server) as made:
        yield made


@pytest.fixture
def shelf(server: Playground) -> Shelf:
    made = Shelf()
    made.server = server
    return made


@pytest.fixture
def receiver(api: FaultyApi, shelf: Shelf) -> Receiver:
    return Receiver(api, Reader("x_bot", ()), shelf.apply, lambda _: None, "not yours")


@pytest_asyncio.fixture
async def running(receiver: Receiver) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(receiver.run())
    yield task
    receiver.stop()
    await asyncio.wait_for(task, 2)


def polls(api: FaultyApi) -> list[Any]:
    return [given.get("offset") for method, given in api.made if method == "GetUpdates"]


async def test_the_first_poll_has_no_offset_and_says_what_it_wants(
    server: Playground, api: FaultyApi, running: asyncio.Task[None]
) -> None:
    await until(lambda: len(server.calls()) == 1)
    (call,) = server.calls()
    assert "offset" not in call.params
    assert (call.params["timeout"], call.params["limit"]) == ("25", "100")
    assert server.overview()["allowed_updates"] == [
        "callback_query",
        "edited_message",
        "message",
        "my_chat_member",
    ]


async def test_updates_are_confirmed_only_after_they_are_stored(
    server: Playground, api: FaultyApi, shelf: Shelf, running: asyncio.Task[None]
) -> None:
    server.say(ANN, "one")
    await until(lambda: shelf.texts == ["one"])
    assert shelf.pending == [1]
    await until(lambda: len(polls(api)) == 2)
    await until(lambda: server.overview()["pending"] == [])
    assert polls(api)[-1] == shelf.batches[0][0].update_id + 1


async def test_a_batch_that_cannot_be_stored_is_kept_and_not_polled_over(
    server: Playground, api: FaultyApi, shelf: Shelf, running: asyncio.Task[None]
) -> None:
    await until(lambda: len(polls(api)) == 1)
    shelf.errors = [OSError("disk full"), ValueError(), OSError()]
    server.say(ANN, "one")
    await until(lambda: shelf.texts == ["one"])
    assert len(shelf.pending) == 4
    assert set(shelf.pending) == {1}
    await until(lambda: len(polls(api)) == 2)
    assert polls(api) == [None, shelf.batches[0][0].update_id + 1]


@pytest.mark.parametrize(
    "error",
    [
        InvalidToken("401"),
        InvalidToken("404"),
        Conflict("409"),
        NetworkError("502"),
        TimedOut(),
        RetryAfter(0.01),  # type: ignore[arg-type]
    ],
)
async def test_no_error_ends_the_polling(
    server: Playground,
    api: FaultyApi,
    shelf: Shelf,
    receiver: Receiver,
    error: Exception,
) -> None:
    api.fail("GetUpdates", *[error] * 5)
    server.say(ANN, "one")
    task = asyncio.create_task(receiver.run())
    await until(lambda: shelf.texts == ["one"])
    assert len(polls(api)) >= 6
    receiver.stop()
    await asyncio.wait_for(task, 2)


async def test_a_ban_is_waited_out_to_the_end(
    api: FaultyApi, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    waited: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    api.fail("GetUpdates", RetryAfter(10_072))
    task = asyncio.create_task(receiver.run())
    while len(polls(api)) < 2:
        await real(0.001)
    assert waited[0] == 10_072
    receiver.stop()
    await task


async def test_conflicts_for_a_minute_end_the_program_with_a_line(
    api: FaultyApi, shelf: Shelf
) -> None:
    seconds = iter([0.0, 30.0, 60.0, 61.0, 99.0])
    receiver = Receiver(
        api, Reader("x_bot", ()), shelf.apply, lambda _: None, seconds=lambda: next(seconds)
    )
    api.fail("GetUpdates", *[Conflict("409")] * 9)
    with pytest.raises(ConflictError, match="TELEGRAM_BOT_TOKEN: another program"):
        await asyncio.wait_for(receiver.run(), 5)
    assert len(polls(api)) == 4


async def test_a_conflict_that_passes_is_forgotten(
    server: Playground, api: FaultyApi, shelf: Shelf
) -> None:
    seconds = iter([0.0, 50.0, 100.0, 150.0, 200.0])
    receiver = Receiver(
        api, Reader("x_bot", ()), shelf.apply, lambda _: None, seconds=lambda: next(seconds)
    )
    api.fail("GetUpdates", Conflict(""), Conflict(""), NetworkError(""), Conflict(""), Conflict(""))
    server.say(ANN, "one")
    task = asyncio.create_task(receiver.run())
    await until(lambda: shelf.texts == ["one"])
    receiver.stop()
    await task


async def test_odd_updates_do_not_block_the_good_ones(
    server: Playground, shelf: Shelf, running: asyncio.Task[None]
) -> None:
    server.inject({"message": {"text": 5}})
    server.inject({"update_id": "rubbish", "message": {}})
    server.say(ANN, "one")
    server.inject({})
    await until(lambda: shelf.texts == ["one"])
    await until(lambda: server.overview()["pending"] == [])
    reasons = [incoming.reason for batch in shelf.batches for incoming in batch]
    assert [bool(reason) for reason in reasons] == [True, False, True]


async def test_an_update_without_an_id_makes_no_hot_loop(
    server: Playground, api: FaultyApi, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "SHORTEST", 0.05)
    monkeypatch.setattr(backoff, "LONGEST", 0.05)
    receiver = Receiver(api, Reader("x_bot", ()), shelf.apply, lambda _: None)
    server.inject({"update_id": "rubbish", "message": {}})
    task = asyncio.create_task(receiver.run())
    await asyncio.sleep(0.2)
    assert 1 < len(polls(api)) < 8
    server.say(ANN, "one")
    await until(lambda: shelf.texts == ["one"])
    receiver.stop()
    await task


async def test_a_tap_is_answered_with_its_toast_after_it_is_stored(
    server: Playground, api: FaultyApi, shelf: Shelf, running: asyncio.Task[None]
) -> None:
    server.person(ANN, started=True)
    server.tap(ANN, data="1:x", message_id=5, force=True)
    await until(lambda: server.toasts(ANN) == ["noted"])
    assert shelf.batches[0][0].event == Tapped("1:x", 5)


async def test_a_tap_by_somebody_else_only_hears_that_it_is_not_theirs(
    server: Playground, shelf: Shelf, running: asyncio.Task[None]
) -> None:
    query = server.tap(BOB, data="1:x", message_id=5, force=True)
    await until(lambda: len(shelf.batches) == 1)
    chat = {"id": ANN, "type": "private", "first_name": "Ann"}
    server.inject({"callback_query": query | {"message": {"message_id": 5, "chat": chat}}})
    await until(lambda: server.toasts(BOB) == ["noted", "not yours"])
    assert shelf.batches[1][0].event is None


async def test_a_tap_that_cannot_be_answered_changes_nothing(
    server: Playground,
    api: FaultyApi,
    shelf: Shelf,
    running: asyncio.Task[None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    api.fail("AnswerCallbackQuery", NetworkError("gone"), TimedOut())
    for number in (1, 2):
        server.tap(ANN, data=f"1:{number}", message_id=5, force=True)
    server.say(ANN, "one")
    await until(lambda: shelf.texts == ["one"])
    await until(lambda: caplog.text.count("a tap was not answered") == 2)


async def test_silence_is_noted_as_life(
    server: Playground, api: FaultyApi, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "TIMEOUT", 0)
    receiver = Receiver(api, Reader("x_bot", ()), shelf.apply, lambda _: None)
    shelf.errors = [OSError()]
    task = asyncio.create_task(receiver.run())
    await until(lambda: shelf.beats > 2)
    receiver.stop()
    await task


async def test_the_word_to_stop_ends_a_waiting_poll_at_once_but_no_storing(
    server: Playground, api: FaultyApi, shelf: Shelf
) -> None:
    stored = asyncio.Event()

    async def slow(batch: Sequence[Incoming]) -> list[Applied]:
        await asyncio.sleep(0.1)
        stored.set()
        return await shelf.apply(batch)

    receiver = Receiver(api, Reader("x_bot", ()), slow, lambda _: None)
    server.say(ANN, "one")
    task = asyncio.create_task(receiver.run())
    await until(lambda: server.counts().get("getupdates", 0) == 1)
    await asyncio.sleep(0.03)
    receiver.stop()
    await asyncio.wait_for(task, 1)
    assert stored.is_set()
    assert shelf.texts == ["one"]


async def test_every_stored_batch_wakes_the_sender(
    server: Playground, api: FaultyApi, shelf: Shelf
) -> None:
    woken: list[int] = []
    receiver = Receiver(
        api,
        Reader("x_bot", ()),
        shelf.apply,
        lambda applied: woken.extend(done.incoming.chat_id for done in applied),
    )
    server.say(ANN, "one")
    server.say(BOB, "two")
    task = asyncio.create_task(receiver.run())
    await until(lambda: woken == [ANN, BOB])
    receiver.stop()
    await task

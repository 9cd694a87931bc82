"""How long sends wait, by Telegram's word and by our own pace, and who is told to slow down."""

import pytest
from updates import ANN, BOB, typed

from bot.flooding import Flood
from bot.incoming import Incoming
from bot.pacing import Pace
from bot.pausing import Pauses
from bot.store.outbox import ALL
from dialogs.turns import Hurried, Tapped


class Watch:
    """Seconds moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_ban_holds_for_its_chat_to_the_last_second(watch: Watch) -> None:
    pauses = Pauses(watch)
    assert pauses.told(ANN, 3600) == ANN
    assert (pauses.left(ANN), pauses.left(BOB)) == (3600, 0)
    watch.now += 3599
    assert pauses.left(ANN) == 1
    watch.now += 1
    assert pauses.left(ANN) == 0


def test_a_later_shorter_word_does_not_shorten_a_ban(watch: Watch) -> None:
    pauses = Pauses(watch)
    pauses.told(ANN, 3600)
    pauses.told(ANN, 1)
    assert pauses.left(ANN) == 3600


def test_two_chats_within_a_second_stop_everything(watch: Watch) -> None:
    pauses = Pauses(watch)
    pauses.told(ANN, 10)
    watch.now += 1.5
    assert pauses.told(BOB, 10) == BOB
    watch.now += 0.5
    assert pauses.told(ANN, 60) == ALL
    assert pauses.left(99) == 60


def test_the_same_chat_twice_stops_only_itself(watch: Watch) -> None:
    pauses = Pauses(watch)
    pauses.told(ANN, 10)
    assert pauses.told(ANN, 10) == ANN
    assert pauses.left(BOB) == 0


def test_a_chat_gets_a_burst_and_then_one_a_second(watch: Watch) -> None:
    pace = Pace(0, 1, 5, watch)
    assert [pace.wait(ANN) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 2]
    assert pace.wait(BOB) == 0
    watch.now += 100
    assert [pace.wait(ANN) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_all_chats_together_get_thirty_a_second(watch: Watch) -> None:
    pace = Pace(30, 0, 1, watch)
    waits = [pace.wait(chat) for chat in range(90)]
    assert waits[:30] == [0] * 30
    assert waits[89] == pytest.approx(2)


def test_without_limits_nobody_waits(watch: Watch) -> None:
    pace = Pace(0, 0, 1, watch)
    assert {pace.wait(ANN) for _ in range(1000)} == {0}


def test_who_is_too_fast_is_told_once_and_heard_again_later(watch: Watch) -> None:
    flood = Flood(20, lambda _: False, watch)
    heeded = [flood.heeded(typed(number, "x")) for number in range(25)]
    assert [one.event is not None for one in heeded] == [True] * 21 + [False] * 4
    assert isinstance(heeded[20].event, Hurried)
    assert flood.heeded(typed(30, "x", BOB)).event == typed(30, "x", BOB).event
    watch.now += 10
    assert flood.heeded(typed(31, "y")).event == typed(31, "y").event


def test_danger_is_heard_however_fast_it_comes(watch: Watch) -> None:
    flood = Flood(1, lambda text: "breathe" in text, watch)
    flood.heeded(typed(1, "x"))
    assert flood.heeded(typed(2, "cannot breathe")).event == typed(2, "cannot breathe").event


def test_a_tap_too_many_is_still_answered_with_nothing(watch: Watch) -> None:
    flood = Flood(1, lambda _: False, watch)
    taps = [Incoming(n, ANN, Tapped("1:x", 1), callback_id=str(n)) for n in range(3)]
    heeded = [flood.heeded(one) for one in taps]
    assert [one.callback_id for one in heeded] == ["0", "1", "2"]
    assert heeded[2].event is None


def test_no_limit_lets_everything_through(watch: Watch) -> None:
    flood = Flood(0, lambda _: False, watch)
    assert all(flood.heeded(typed(n, "x")).event for n in range(1000))

"""What the account of a fault run excuses, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from faults.oracle import Account, explained, in_ban, put_aside, too_many
from faults.storing import Stored

from bot.playground.state import Call
from bot.store.taking import ENDED

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def called(seconds: float, *, told: int = 0) -> Call:
    """One call to a chat; `told` to wait for so many seconds, or carried out."""
    if told:
        words = f"Too Many Requests: retry after {told}"
        return Call(1, at(seconds), "sendmessage", {"chat_id": "1"}, 429, description=words)
    return Call(2, at(seconds), "sendmessage", {"chat_id": "1"}, 200, {"message_id": 1})


@pytest.mark.parametrize(
    ("second", "kills", "found"),
    [
        (0.5, (), 1),  # before the wait is over
        (1.5, (), 0),  # after it
        (0.05, (), 0),  # on its way when the wait was told
        (0.5, (0.05,), 0),  # the wait died with who was told
        (0.5, (0.3,), 1),  # long after the wait must be on disk
        (0.5, (-0.1,), 1),  # before anything was told
    ],
)
def test_only_a_kill_before_it_can_be_on_disk_excuses_who_does_not_wait(
    second: float, kills: tuple[float, ...], found: int
) -> None:
    calls = [called(0, told=1), called(second)]
    assert len(in_ban(calls, [at(kill) for kill in kills])) == found


def test_an_unwritten_wait_leaves_the_one_before_it_standing() -> None:
    calls = [called(0, told=5), called(2, told=1), called(4)]
    assert [call.at for _, call in in_ban(calls, [at(2.05)])] == [at(2), at(4)]


@pytest.mark.parametrize(
    ("answers", "repeated", "ill"),
    [
        (20_000, 100, False),
        (20_000, 101, True),
        (3200, 17, True),
        (900, 90, False),  # too few to tell
    ],
)
def test_the_share_of_repeats_is_held_to_its_bar_where_kills_come_at_random(
    answers: int, repeated: int, *, ill: bool
) -> None:
    half, part = answers // 2, repeated // 2
    one = Account("kills polling sqlite", answers=half, repeated=part)
    other = Account("workers postgresql", answers=answers - half, repeated=repeated - part)
    two = [one, other]
    assert too_many(two) is ill
    aimed = Account("hooks polling sqlite", answers=answers, repeated=repeated)
    assert too_many([aimed]) is False
    assert too_many([*two, aimed]) is ill


@pytest.mark.parametrize(
    ("buried", "letters", "kills", "aside"),
    [
        (1, ENDED, 2, 1),
        (1, ENDED, 1, 0),  # once is no reason
        (1, "ValueError at turns.py:1", 4, 0),
        (3, ENDED * 3, 4, 0),  # more than the kills can explain
        (0, "", 4, 0),
    ],
)
def test_an_update_is_put_aside_for_nothing_only_where_kills_explain_it(
    buried: int, letters: str, kills: int, aside: int
) -> None:
    assert put_aside(Stored(buried=buried, letters=letters), 0, kills) == aside


@pytest.mark.parametrize(
    ("kill", "excused"),
    [
        (0.5, True),  # in the flight of the first message
        (-0.01, True),  # which was read just after its sender was dead
        (-0.2, False),
        (1.6, False),
    ],
)
def test_a_repeated_message_is_explained_by_a_kill_in_its_flight(
    kill: float, *, excused: bool
) -> None:
    pair = (called(0), called(3))
    assert explained(pair, [at(kill)], frozenset()) is excused

"""One chat's lane keeps the order of the outbox, however late or early it hears of a message."""

from bot.lanes import Lane
from bot.store import Row


def rows(*numbers: int) -> list[Row]:
    return [Row(number, 7, "{}") for number in numbers]


def test_what_was_found_in_the_outbox_is_not_added_again_when_it_is_told_late() -> None:
    lane = Lane()
    lane.found(rows(1, 2))
    lane.add(rows(1), 0, after=0)
    assert lane.rows == rows(1, 2)


def test_a_message_told_of_before_an_earlier_one_waits_for_what_the_outbox_says() -> None:
    lane = Lane()
    lane.add(rows(1), 0)
    lane.add(rows(3), 0, after=2)
    lane.add(rows(2), 0, after=1)
    assert lane.rows == rows(1)
    assert lane.loads


def test_what_is_told_in_order_needs_no_look_into_the_outbox() -> None:
    lane = Lane()
    lane.add(rows(1), 0)
    lane.add(rows(2), 0, after=1)
    assert lane.rows == rows(1, 2)
    assert not lane.loads


def test_a_message_after_one_unknown_here_waits_though_as_many_are_known() -> None:
    """The one between was stored with others, that took the place of what is on its way."""
    lane = Lane()
    lane.add(rows(1), 0)
    lane.add(rows(3), 0, after=2)
    assert lane.rows == rows(1)
    assert lane.loads

"""Fifty people who do anything at any time: no exception, no wrong answer, always a way on."""

import os
import random
from pathlib import Path

import pytest
from monkey import Monkey, Vocabulary
from phone import House
from toy import toy

from dialogs.content import Content

EVENTS, CHATS = 20_000, 50
SEED = int(os.environ.get("MONKEY_SEED", "1"))
"""Another one plays another game."""


def played(content: Content, events: int, chats: int, seed: int) -> list[Monkey]:
    """Let the people act by turns of chance; fails with all that is needed to play it again."""
    chance = random.Random(seed)
    house, words = House(content), Vocabulary.of(content)
    people = [Monkey(house, words, chance, person) for person in range(1, chats + 1)]
    for number in range(events):
        monkey = chance.choice(people)
        try:
            faults = monkey.act()
        except Exception as error:  # noqa: BLE001 - to be told with the seed and what led to it
            faults = [repr(error)]
        if faults:
            log = "\n".join(monkey.log[-30:]) + ""
            pytest.fail(f"seed {seed}, event {number}: {faults}\n{log}")
    return people


def test_twenty_thousand_random_events_store_no_wrong_answer_and_trap_nobody(
    content: Content,
) -> None:
    people = played(content, EVENTS, CHATS, SEED)
    kinds = {kind for monkey in people for kind in monkey.kinds}
    done = {kind: sum(m.kinds.get(kind, 0) for m in people) for kind in kinds}
    assert len(done) == 12
    assert min(done.values()) > EVENTS / 200
    assert sum(monkey.answered for monkey in people) > EVENTS / 20


def test_with_ticks_among_the_questions_it_is_the_same(tmp_path: Path) -> None:
    people = played(toy(tmp_path / "content"), 3000, 10, SEED)
    assert sum(monkey.several for monkey in people) > 5


def test_the_same_seed_plays_the_same_game(content: Content) -> None:
    one, other = (played(content, 300, 5, 3) for _ in range(2))
    assert [monkey.log for monkey in one] == [monkey.log for monkey in other]

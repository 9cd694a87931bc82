"""People: they write, tap, tap again, tap what is old or not theirs, block, and want to go."""

import asyncio

from simulation.acts import Act, Kind
from simulation.luck import Luck
from simulation.telegram import Telegram

PERSONS = (7, 8, 9)
ACTS = (
    *("tell",) * 6,
    *("ask",) * 5,
    *("tap",) * 8,
    *("double",) * 2,
    *("old tap",) * 2,
    *("foreign",) * 2,
    *("edit", "media", "block", "forget", "fail", "die"),
)
PAUSES = (0.0, 0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 40.0)


async def live(telegram: Telegram, luck: Luck) -> None:
    """Let everybody do this and that for a while."""
    lives = [_life(telegram, luck, person) for person in PERSONS[: luck.dice.randint(1, 3)]]
    await asyncio.gather(*lives)


async def _life(telegram: Telegram, luck: Luck, person: int) -> None:
    for turn in range(luck.dice.randint(3, 14)):
        await asyncio.sleep(luck.one(PAUSES))
        _act(telegram, luck, person, luck.one(ACTS), turn)


def _act(telegram: Telegram, luck: Luck, person: int, what: str, turn: int) -> None:
    word = f"word-{person}-{turn}"
    if what in ("tap", "double", "old tap", "foreign"):
        _tap(telegram, luck, person, what)
    elif what == "edit":
        telegram.does(Act("edited", person, 1, f"ask {word}"))
    elif what == "media":
        telegram.does(Act("media", person, telegram.new_id()))
    elif what == "block":
        telegram.does(Act("back" if person in telegram.blocked else "blocked", person))
    else:
        text = "/forget" if what == "forget" else f"{what} {word}"
        telegram.does(Act("typed", person, telegram.new_id(), text))


def _tap(telegram: Telegram, luck: Luck, person: int, what: str) -> None:
    found = [
        (message_id, markup["inline_keyboard"][0][0]["callback_data"])
        for message_id, (_, markup) in telegram.messages.get(person, {}).items()
        if markup
    ]
    if not found:
        telegram.does(Act("typed", person, telegram.new_id(), f"ask word-{person}-x"))
        return
    message_id, data = luck.one(found) if what == "old tap" else found[-1]
    by = luck.one([other for other in PERSONS if other != person]) if what == "foreign" else 0
    kind: Kind = "foreign" if what == "foreign" else "tap"
    for _ in range(2 if what == "double" else 1):
        telegram.does(Act(kind, person, message_id, data, by))

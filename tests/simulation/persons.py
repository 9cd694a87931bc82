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


REAL_ACTS = (
    *("tap",) * 20,
    *("double", "old tap", "label", "word") * 4,
    *("edit", "foreign") * 2,
    *("media", "block", "forget"),
)
WORDS = (
    *("/start", "/start", "/forget", "/routine", "/back", "/change", "/undo", "why", "yes"),
    *("what are milia", "my eye hurts", "i want to die", "qwxz word-7", "\0", "none"),
)


async def live(telegram: Telegram, luck: Luck, *, real: bool) -> None:
    """Let everybody do this and that for a while; in a `real` talk, what people do in one."""
    kind = _real_life if real else _life
    lives = [kind(telegram, luck, person) for person in PERSONS[: luck.dice.randint(1, 3)]]
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


async def _real_life(telegram: Telegram, luck: Luck, person: int) -> None:
    telegram.does(Act("typed", person, telegram.new_id(), "/start"))
    for _ in range(luck.dice.randint(5, 40)):
        await asyncio.sleep(luck.one(PAUSES))
        _real_act(telegram, luck, person, luck.one(REAL_ACTS))


def _real_act(telegram: Telegram, luck: Luck, person: int, what: str) -> None:
    if what in ("tap", "double", "old tap", "foreign", "label", "forget"):
        _real_tap(telegram, luck, person, what)
    elif what == "edit":
        telegram.does(Act("edited", person, luck.dice.randint(1, 9), luck.one(WORDS)))
    elif what == "word":
        telegram.does(Act("typed", person, telegram.new_id(), luck.one(WORDS)))
    else:
        _act(telegram, luck, person, what, 0)


def _real_tap(telegram: Telegram, luck: Luck, person: int, what: str) -> None:
    """Tap any button of the newest card, or of any; or type what stands on one."""
    cards = [
        [(message_id, button) for row in markup["inline_keyboard"] for button in row]
        for message_id, (_, markup) in telegram.messages.get(person, {}).items()
        if markup
    ]
    if what == "forget":
        cards = [
            found
            for card in cards
            if (found := [one for one in card if one[1]["callback_data"].endswith("@forget")])
        ]
    if not cards:
        telegram.does(Act("typed", person, telegram.new_id(), "/forget"))
        return
    message_id, button = luck.one(luck.one(cards) if what == "old tap" else cards[-1])
    if what == "label":
        telegram.does(Act("typed", person, telegram.new_id(), button["text"]))
        return
    by = luck.one([other for other in PERSONS if other != person]) if what == "foreign" else 0
    kind: Kind = "foreign" if what == "foreign" else "tap"
    for _ in range(2 if what == "double" else 1):
        telegram.does(Act(kind, person, message_id, button["callback_data"], by))

"""The evenings of a ladder, by the figures of the clinical design (3.4 and 3.8.17)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR
from toy import LINE, toy

from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.derived import first_full_night, night, week
from dialogs.pages import Chosen
from dialogs.player import Player

MONDAY = date(2026, 3, 2)
SOMETIMES: Chosen = {"sunscreen": frozenset({"sometimes"})}
DAILY: Chosen = {"sunscreen": frozenset({"daily"})}


def kinds(content: Content, ladder: str, chosen: Chosen, days: range, *, calm: bool) -> list[str]:
    rules = content.rules
    return [
        night(
            MONDAY + timedelta(days=n), MONDAY, rules.ladders[ladder], chosen, rules, calm=calm
        ).kind
        for n in days
    ]


def test_the_worked_example_holds_day_by_day(content: Content) -> None:
    found = kinds(content, "acid-calm", SOMETIMES, range(37), calm=True)
    assert found[:7] == ["sunscreen"] * 7
    assert found[7:10] == ["test"] * 3
    assert [n for n, kind in enumerate(found) if kind == "active"] == [16, 23, 30, 34]


def test_without_a_calm_check_in_no_night_is_added(content: Content) -> None:
    found = kinds(content, "acid-calm", SOMETIMES, range(60), calm=False)
    assert [n for n, kind in enumerate(found) if kind == "active"] == [16, 23, 30, 37, 44, 51, 58]


def test_daily_sunscreen_needs_no_sunscreen_week(content: Content) -> None:
    ladder = content.rules.ladders["acid-calm"]
    assert first_full_night(MONDAY, ladder, DAILY, content.rules) == MONDAY + timedelta(days=9)


def test_an_own_retinoid_needs_no_small_area_test(content: Content) -> None:
    ladder = content.rules.ladders["retinoid-calm"]
    assert first_full_night(MONDAY, ladder, DAILY, content.rules) == MONDAY


@pytest.mark.parametrize(
    ("ladder", "start", "cap"),
    [
        ("acid-calm", 1, 2),
        ("acid-stings", 1, 1),
        ("retinoid-calm", 2, 3),
        ("retinoid-stings", 1, 2),
    ],
)
def test_every_ladder_starts_low_and_keeps_its_cap(
    content: Content, ladder: str, start: int, cap: int
) -> None:
    rules = content.rules
    late = MONDAY + timedelta(weeks=20)
    early = first_full_night(MONDAY, rules.ladders[ladder], SOMETIMES, rules)
    first = week(early, MONDAY, rules.ladders[ladder], SOMETIMES, rules, calm=True)
    last = week(late, MONDAY, rules.ladders[ladder], SOMETIMES, rules, calm=True)
    assert sum(n.kind == "active" for n in first) == start
    assert sum(n.kind == "active" for n in last) == cap


def test_a_line_with_a_ladder_shows_its_next_seven_evenings(tmp_path: Path) -> None:
    night = "---\n---\n{day}\n"
    pages: dict[str, str | None] = {
        f"en/messages/night-{kind}.md": night for kind in ("rest", "test", "active", "sunscreen")
    }
    pages["en/routine/10-look-red.md"] = LINE.replace("part: morning", "part: evening\nladder: low")
    pages["rules.yaml"] = (
        "gates:\n  small-area-test: {days: 3, facts: [house-ask-first]}\n"
        "ladders:\n  low: {active: acid, first: [fri], then: [fri], first_weeks: 2, test: 'true',"
        " facts: [house-ask-first]}\n"
    )
    player = Player(Conversation(toy(tmp_path / "content", pages), OPERATOR), NOW)
    player.say("/start")
    for option in ("consent", "red", "none", "none"):
        player.tap(player.find(option))
    turn = player.tap(player.find("done"))
    shown = [part for part in turn.replies[-1].parts if part.page.startswith("night-")]
    assert [part.page[6:] for part in shown] == ["test"] * 3 + ["rest", "active", "rest", "rest"]
    assert shown[0].slots["day"] == "Mon 02"

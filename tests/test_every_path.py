"""The safety invariants over every combination of raw answers, and the proof that they bite."""

import random
import re
from datetime import timedelta

import pytest
from cards import ACTIVE, CARE, MONDAY, SENTENCE, build, run_of
from compared import made_bolder, shown_otherwise, taken_lighter
from invariants import _BANNED, _GUARD, _OPENING, INVARIANTS
from seeded import FAULTS
from toy import REAL
from walk import apart, caught, walked

from dialogs.content import Content
from dialogs.derived import with_named
from dialogs.flow import Flow
from dialogs.walking import survey, walks


@pytest.mark.timeout(300)
def test_no_path_breaks_an_invariant(content: Content) -> None:
    found = walked(REAL)
    assert not found.broken, found.examples
    assert found.paths == survey(content.flows["intake"]).paths > 800_000
    assert found.longest == 11
    assert found.two_messages < found.paths / 20


@pytest.mark.timeout(300)
def test_every_seeded_fault_is_caught_by_the_invariant_it_breaks() -> None:
    found = caught(REAL)
    assert {fault: name for fault, (name, _) in found.items()} == {
        fault: name for fault, (_, name) in FAULTS.items()
    }


def test_every_invariant_has_a_fault_that_it_catches() -> None:
    assert {name for _, name in FAULTS.values()} == set(INVARIANTS)


def test_paths_are_short(content: Content) -> None:
    for said in walks(content.flows["intake"], 1):
        short = said["who"] == ("baby",) or said.get("red_flags", ("none",)) != ("none",)
        assert len(said) <= (3 if short else 11), said


def test_not_sure_is_never_taken_lighter_than_the_safer_answer() -> None:
    assert apart(taken_lighter, REAL) == []


def test_one_more_product_never_adds_an_active_or_lowers_the_level() -> None:
    assert apart(made_bolder, REAL) == []


def test_the_walk_shows_what_the_real_flow_shows() -> None:
    assert apart(shown_otherwise, REAL) == []


def test_the_order_of_answers_changes_nothing(content: Content) -> None:
    dice = random.Random(2)
    for said in dice.sample(list(walks(content.flows["intake"], 1)), 300):
        shuffled = list(said.items())
        dice.shuffle(shuffled)
        assert build(content, said) == build(content, dict(shuffled))


def test_every_line_rests_on_a_fact_and_none_on_the_sellers(content: Content) -> None:
    for step in content.steps.values():
        assert step.facts
        for name in step.facts:
            fact = content.facts[name]
            assert fact.strength != "commercial"
            assert (fact.strength == "house") == (fact.source is None)


def test_no_page_makes_a_banned_claim_or_tells_how_to_open_a_bump(content: Content) -> None:
    disclosed = {"about", "sources-who-wrote-this", "prescription-retinoid-service"}
    groups = (content.questions, content.steps, content.topics, content.messages)
    for page in (page for group in groups for page in group.values()):
        if page.name not in disclosed:
            assert not _BANNED.search(page.text), page.file
        for sentence in SENTENCE.split(page.text):
            assert not _OPENING.search(sentence) or _GUARD.search(sentence), (page.file, sentence)


def test_the_brand_stands_in_no_line_and_no_question(content: Content) -> None:
    for page in (*content.steps.values(), *content.questions.values()):
        assert not re.search(r"brightly|night shift", page.text, re.IGNORECASE)


def test_a_line_tells_the_answers_that_brought_it(content: Content) -> None:
    said = {"who": "me", "red_flags": "none", "look": "pearl", "location": "unsure"}
    card = build(content, {**said, "history": "new", "picking": "no", "sunscreen": "daily"})
    lid = next(line for line in card.lines if line.step.name == "see-planned-lid")
    assert dict(lid.because) == {"location": ("unsure",)}


def test_behind_a_named_fact_stand_the_answers_it_was_worked_out_from(content: Content) -> None:
    said = {"who": "me", "red_flags": "none", "look": "pearl", "location": "face"}
    said |= {"history": "new", "picking": "no", "goal": "routine", "pregnancy": "no"}
    card = build(content, {**said, "skin": "unsure", "using": "none", "sunscreen": "daily"})
    acid = next(line for line in card.lines if line.step.active)
    assert dict(acid.because) == {
        "goal": ("routine",),
        "pregnancy": ("no",),
        "skin": ("unsure",),
        "using": ("none",),
    }


def test_half_way_there_are_only_base_lines_and_no_level(content: Content) -> None:
    half = build(content, {"who": "me", "red_flags": "none"})
    assert half.lines
    assert all(line.step.base for line in half.lines)
    assert not half.shows_level
    assert build(content, {"who": "me"}).lines == ()


def test_no_line_of_a_half_way_plan_schedules_an_active(content: Content) -> None:
    base = [step for step in content.steps.values() if step.base]
    assert base
    for step in base:
        assert not step.active
        assert not step.ladder
        assert step.part not in CARE or not ACTIVE.search(step.text)


def test_a_red_flag_of_unknown_kind_is_already_sent_to_a_person(content: Content) -> None:
    half = build(content, {"who": "me", "red_flags": "yes"})
    assert half.shows_level
    assert half.level == "soon"
    assert not any(line.step.part in ("morning", "evening", "week") for line in half.lines)


def test_a_missing_answer_starts_nothing(content: Content) -> None:
    whole = {"goal": "routine", "pregnancy": "no", "skin": "normal", "using": "none"}
    chosen = {name: frozenset((option,)) for name, option in whole.items()}
    assert with_named(chosen, content.rules)["plan"] == {"acid"}
    for name in whole:
        fewer = {n: options for n, options in chosen.items() if n != name}
        assert with_named(fewer, content.rules)["plan"] == {"none"}


def test_red_flags_hold_for_ninety_days_and_no_longer(content: Content) -> None:
    flow = Flow("intake", content.flows["intake"], content.rules)
    said = {"who": "me", "red_flags": "none", "look": "pearl", "location": "face"}
    said |= {"history": "new", "picking": "no", "goal": "wait", "sunscreen": "daily"}
    run = run_of({name: (option,) for name, option in said.items()})
    assert flow.follow(run, MONDAY + timedelta(days=90)).open is None
    late = flow.follow(run, MONDAY + timedelta(days=90, seconds=1))
    assert late.open is not None
    assert late.open.name == "red_flags"

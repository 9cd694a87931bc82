"""The scenarios reach every line, every option and every atom of the clinical decision table."""

from cards import MONDAY, build, run_of
from test_scenarios import SCENARIOS

from dialogs.content import Content
from dialogs.flow import Flow

ATOMS = """
see-emergency see-eye-now rinse-eye-20 see-soon-changing see-soon-infected see-soon-eye-edge
see-soon-crop see-planned-unsure see-planned-lid see-planned-tried see-planned-body
see-if-12-weeks see-any-red-flag see-lipids see-steroid see-preg-used-retinoid
see-bf-retinoid see-skin-condition see-reaction-history see-ask-retinoid see-baby-urgent
see-baby-3-months see-child see-teen office-options office-tradeoffs baby-wash-pat
baby-shade baby-reassure am-cleanse am-light-moisturiser am-spf am-reapply am-shade-hat
am-spf-sting pm-cleanse pm-moisturise pm-acid pm-retinoid-own pm-retinoid-rx
wk-gate-spf-first wk-patch-3-days wk-maintain wk-rest-nights no-picking no-home-needle
no-scrub no-benzoyl no-active-eye-area no-two-actives no-wax no-sun-careless
no-heavy-eye-cream no-active-on-broken no-retinoid-preg no-bha-preg no-retinoid-bf-alone
no-any-active no-products-baby no-share-towels info-what info-course info-lookalike
info-eye-spread info-secondary info-not-diagnosis
"""
HALF_WAY = {"see-person-first": {"who": "me", "red_flags": "yes"}}
"""Lines that only a plan half-way shows, so that no scenario can: the answers that bring them."""


def given(answer: str | list[str]) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(answer)


def test_every_atom_of_the_decision_table_is_a_line(content: Content) -> None:
    atoms = ATOMS.split()
    assert len(set(atoms)) == len(atoms) == 66
    assert set(atoms) <= set(content.steps)


def test_every_line_is_expected_by_a_scenario(content: Content) -> None:
    named = {name for scenario in SCENARIOS for name in scenario.get("has", ())}
    assert set(content.steps) - named == set(HALF_WAY)


def test_the_lines_no_scenario_can_expect_are_shown_half_way(content: Content) -> None:
    for name, answers in HALF_WAY.items():
        card = build(content, answers)
        assert not card.whole
        assert name in {line.step.name for line in card.lines}


def test_every_option_of_every_question_is_answered_in_a_scenario(content: Content) -> None:
    answered = {
        (name, option)
        for scenario in SCENARIOS
        for name, answer in scenario["answers"].items()
        for option in given(answer)
    }
    assert answered == {
        (q.name, option) for q in content.questions.values() for option in q.options
    }


def test_no_scenario_answers_what_it_is_not_asked(content: Content) -> None:
    flow = Flow("intake", content.flows["intake"], content.rules)
    for scenario in SCENARIOS:
        said = {name: given(answer) for name, answer in scenario["answers"].items()}
        assert set(flow.follow(run_of(said), MONDAY).answers) == set(said), scenario["name"]


def test_a_line_that_is_expected_to_stay_away_exists(content: Content) -> None:
    away = {name for scenario in SCENARIOS for name in scenario.get("not", ())}
    assert away <= set(content.steps)


def test_no_two_scenarios_have_one_name() -> None:
    names = [scenario["name"] for scenario in SCENARIOS]
    assert len(set(names)) == len(names)

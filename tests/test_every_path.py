"""The safety invariants of the clinical design, over every combination of raw answers.

The checks look at what people said and at the words they are shown, not at the rules in between.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW

from dialogs import routine
from dialogs.chat import Answer, Run
from dialogs.content import Content
from dialogs.flow import Flow
from dialogs.pages import LEVELS, Step
from dialogs.routine import Routine
from dialogs.walking import survey, walks

Said = Mapping[str, str]
CARE = ("morning", "evening", "week")
ACTIVE = re.compile(
    r"\b(acids?|retinoids?|retinol|tretinoin|adapalene|glycolic|salicylic|AHAs?|BHAs?)\b",
    re.IGNORECASE,
)
SUNSCREEN = re.compile(r"\b(sunscreen|SPF)\b", re.IGNORECASE)
NOT_SURE = {
    "baby_signs": "unwell",
    "baby_age": "over_3_months",
    "red_flags": "yes",
    "red_flag_kind": "growing_bleeding",
    "location": "lid",
    "picking": "sometimes",
    "sunscreen": "never",
}


def build(content: Content, said: Said) -> Routine:
    flow = Flow("intake", content.flows["intake"], content.rules)
    answers = {name: Answer(options=(option,), at=NOW) for name, option in said.items()}
    run = Run(flow="intake", started=NOW, answers=answers)
    path = flow.follow(run, NOW)
    return routine.build(content.steps, path, run, content.rules, NOW, "UTC")


def words(routine: Routine, *places: str) -> str:
    return "\n".join(line.step.text for line in routine.lines if line.step.part in places)


def at_least(routine: Routine, level: str) -> bool:
    return LEVELS.index(routine.level) >= [*LEVELS].index(level)  # type: ignore[arg-type]


def i3_no_retinoid_or_acid_is_scheduled(said: Said, card: Routine) -> bool:
    return ACTIVE.search(words(card, *CARE)) is None and card.nights == ()


def i4_a_baby_gets_no_product_and_no_sunscreen(said: Said, card: Routine) -> bool:
    if said["who"] != "baby":
        return True
    told = words(card, *CARE, "first", "seen")
    told = re.sub("no sunscreen", "", told)
    return not SUNSCREEN.search(told) and not re.search(r"moisturis|cream|lotion", told)


def i6_a_red_flag_means_a_clinician_and_no_skin_care(said: Said, card: Routine) -> bool:
    flagged = said.get("red_flags") in ("yes", "unsure") or said.get("baby_signs", "none") != "none"
    return not flagged or (at_least(card, "soon") and words(card, *CARE) == "")


def i7_airway_is_an_emergency_and_an_eye_is_urgent(said: Said, card: Routine) -> bool:
    kind, signs = said.get("red_flag_kind"), said.get("baby_signs", "none")
    if kind == "airway_swelling" or signs == "struggling":
        return card.level == "emergency"
    eye = kind in ("eye_pain_vision", "product_in_eye")
    return not (eye or signs != "none") or at_least(card, "urgent")


def i12_a_lid_the_body_or_an_unsure_place_is_looked_at(said: Said, card: Routine) -> bool:
    return said.get("location") not in ("lid", "body", "unsure") or at_least(card, "planned")


def baby_bumps_over_three_months_are_looked_at(said: Said, card: Routine) -> bool:
    return said.get("baby_age") not in ("over_3_months", "unsure") or at_least(card, "planned")


def i2_every_card_says_do_not_pick(said: Said, card: Routine) -> bool:
    return re.search(r"\b(pick|squeez|pinch)", words(card, "avoid", "first")) is not None


def i16_every_card_says_when_to_be_seen_and_never_you_have(said: Said, card: Routine) -> bool:
    told = words(card, "first", "avoid", "seen", *CARE)
    return words(card, "first", "seen") != "" and not re.search(
        r"you have milia", told, re.IGNORECASE
    )


def the_parts_of_daily_care_are_there(said: Said, card: Routine) -> bool:
    if said.get("red_flags") != "none":
        return True
    return all(words(card, part) for part in ("morning", "evening", "avoid", "seen"))


def i8_sunscreen_is_in_every_plan_of_the_others(said: Said, card: Routine) -> bool:
    sore = said.get("picking") == "recent_sore"
    return (
        said.get("red_flags") != "none"
        or sore
        or SUNSCREEN.search(words(card, "morning")) is not None
    )


def i13_a_card_without_the_using_question_keeps_the_prescribers_plan(
    said: Said, card: Routine
) -> bool:
    adult = said["who"] in ("me", "another_adult") and said.get("red_flags") == "none"
    open_place = said.get("location") in ("lid", "unsure") or said.get("picking") == "recent_sore"
    return not (adult and open_place) or "prescri" in words(card, "first", "evening", "avoid")


INVARIANTS: tuple[Callable[[Said, Routine], bool], ...] = (
    i3_no_retinoid_or_acid_is_scheduled,
    i4_a_baby_gets_no_product_and_no_sunscreen,
    i6_a_red_flag_means_a_clinician_and_no_skin_care,
    i7_airway_is_an_emergency_and_an_eye_is_urgent,
    i12_a_lid_the_body_or_an_unsure_place_is_looked_at,
    baby_bumps_over_three_months_are_looked_at,
    i2_every_card_says_do_not_pick,
    i16_every_card_says_when_to_be_seen_and_never_you_have,
    the_parts_of_daily_care_are_there,
    i8_sunscreen_is_in_every_plan_of_the_others,
    i13_a_card_without_the_using_question_keeps_the_prescribers_plan,
)


def every_path(content: Content) -> Iterator[Said]:
    for walked in walks(content.flows["intake"]):
        yield {name: options[0] for name, options in walked.items()}


def violations(content: Content) -> set[str]:
    broken: set[str] = set()
    for said in every_path(content):
        card = build(content, said)
        broken.update(check.__name__ for check in INVARIANTS if not check(said, card))
    return broken


def test_no_path_breaks_an_invariant(content: Content) -> None:
    assert violations(content) == set()


def test_paths_are_short(content: Content) -> None:
    for said in every_path(content):
        most = 3 if said["who"] == "baby" or said["red_flags"] != "none" else 11
        assert len(said) <= most, said
    assert survey(content, "intake").paths == len(list(every_path(content)))


def test_not_sure_is_never_taken_lighter_than_the_safer_answer(content: Content) -> None:
    for said in every_path(content):
        for name, option in said.items():
            if option == "unsure":
                safer = {**said, name: NOT_SURE[name]}
                assert build(content, said).level == build(content, safer).level, said


def test_every_line_rests_on_a_fact_and_none_on_the_sellers(content: Content) -> None:
    for step in content.steps.values():
        assert step.facts
        assert all(content.facts[name].strength != "commercial" for name in step.facts)


def test_a_line_tells_the_answers_that_brought_it(content: Content) -> None:
    card = build(
        content,
        {
            "who": "me",
            "red_flags": "none",
            "location": "unsure",
            "picking": "no",
            "sunscreen": "daily",
        },
    )
    lid = next(line for line in card.lines if line.step.name == "see-planned-lid")
    assert dict(lid.because) == {"location": ("unsure",)}


def test_half_way_there_are_only_base_lines_and_no_level(content: Content) -> None:
    half = build(content, {"who": "me", "red_flags": "none"})
    assert half.lines
    assert all(line.step.base for line in half.lines)
    assert not half.shows_level
    assert build(content, {"who": "me"}).lines == ()


def test_a_red_flag_of_unknown_kind_is_already_sent_to_a_person(content: Content) -> None:
    half = build(content, {"who": "me", "red_flags": "yes"})
    assert half.shows_level
    assert at_least(half, "soon")
    assert words(half, *CARE) == ""


def change(content: Content, name: str, **fields: object) -> Content:
    step = content.steps[name].model_copy(update=fields)
    return replace(content, steps={**content.steps, name: step})


def ask(content: Content, name: str, **fields: object) -> Content:
    question = content.questions[name].model_copy(update=fields)
    flow = {**content.flows["intake"], name: question}
    return replace(content, flows={**content.flows, "intake": flow})


def drop(content: Content, *names: str) -> Content:
    steps: dict[str, Step] = {n: s for n, s in content.steps.items() if n not in names}
    return replace(content, steps=steps)


FAULTS: dict[str, tuple[Callable[[Content], Content], str]] = {
    "an evening line names an acid": (
        lambda c: change(c, "pm-moisturise", text="Put on a little glycolic acid."),
        "i3_no_retinoid_or_acid_is_scheduled",
    ),
    "a lid is no longer a place to be seen": (
        lambda c: drop(c, "see-planned-lid"),
        "i12_a_lid_the_body_or_an_unsure_place_is_looked_at",
    ),
    "an unsure place no longer counts as the lid": (
        lambda c: ask(c, "location", counts_as={}),
        "i12_a_lid_the_body_or_an_unsure_place_is_looked_at",
    ),
    "swelling is only urgent": (
        lambda c: change(c, "see-emergency", level="urgent"),
        "i7_airway_is_an_emergency_and_an_eye_is_urgent",
    ),
    "eye pain is only soon": (
        lambda c: change(c, "see-eye-now", level="soon"),
        "i7_airway_is_an_emergency_and_an_eye_is_urgent",
    ),
    "daily care stays when there is a red flag": (
        lambda c: change(c, "am-cleanse", when=()),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "not sure about red flags counts as none": (
        lambda c: ask(c, "red_flags", counts_as={"unsure": "none"}),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "a baby gets sunscreen": (
        lambda c: change(c, "baby-shade", text="Put sunscreen on the baby."),
        "i4_a_baby_gets_no_product_and_no_sunscreen",
    ),
    "a baby's old bumps are nobody's business": (
        lambda c: drop(c, "see-baby-3-months"),
        "baby_bumps_over_three_months_are_looked_at",
    ),
    "the picking line is lost": (
        lambda c: change(c, "no-picking", text="Leave them."),
        "i2_every_card_says_do_not_pick",
    ),
    "the bot diagnoses": (
        lambda c: change(c, "no-home-needle", text="You have milia. Keep needles away."),
        "i16_every_card_says_when_to_be_seen_and_never_you_have",
    ),
    "sunscreen is left out": (
        lambda c: drop(c, "am-spf", "am-spf-rim", "am-reapply", "am-spf-sting"),
        "i8_sunscreen_is_in_every_plan_of_the_others",
    ),
    "the prescriber is forgotten": (
        lambda c: drop(c, "rx-keep-plan", "rx-if-pregnant"),
        "i13_a_card_without_the_using_question_keeps_the_prescribers_plan",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_caught_by_the_invariant_it_breaks(name: str, content: Content) -> None:
    fault, invariant = FAULTS[name]
    assert invariant in violations(fault(content))


def test_red_flags_hold_for_ninety_days_and_no_longer(content: Content) -> None:
    flow = Flow("intake", content.flows["intake"], content.rules)
    said = {
        "who": "me",
        "red_flags": "none",
        "location": "face",
        "picking": "no",
        "sunscreen": "daily",
    }
    answers = {name: Answer(options=(option,), at=NOW) for name, option in said.items()}
    run = Run(flow="intake", started=NOW, answers=answers)
    assert flow.follow(run, NOW + timedelta(days=90)).open is None
    late = flow.follow(run, NOW + timedelta(days=90, seconds=1))
    assert late.open is not None
    assert late.open.name == "red_flags"

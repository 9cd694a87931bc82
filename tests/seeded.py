"""Faults planted in rules, flags, wording and order, each with the invariant that has to catch it.

Each takes good content and gives it back with one thing wrong, as a slip of an editor might.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dialogs.content import Content
from dialogs.rules import Row, Rules

Fault = Callable[[Content], Content]


def line(name: str, **fields: object) -> Fault:
    """A line of the routine changed."""

    def plant(content: Content) -> Content:
        step = content.steps[name].model_copy(update={k: _tests(k, v) for k, v in fields.items()})
        return replace(content, steps={**content.steps, name: step})

    return plant


def lost(*names: str) -> Fault:
    """Lines of the routine left out."""

    def plant(content: Content) -> Content:
        kept = {name: step for name, step in content.steps.items() if name not in names}
        assert len(kept) == len(content.steps) - len(names)
        return replace(content, steps=kept)

    return plant


def question(name: str, **fields: object) -> Fault:
    """A question changed."""

    def plant(content: Content) -> Content:
        changed = {k: _tests(k, v) for k, v in fields.items()}
        flow = content.flows["intake"]
        page = flow[name].model_copy(update=changed)
        return replace(content, flows={**content.flows, "intake": {**flow, name: page}})

    return plant


def message(name: str, text: str) -> Fault:
    """A message worded differently."""

    def plant(content: Content) -> Content:
        page = content.messages[name].model_copy(update={"text": text})
        return replace(content, messages={**content.messages, name: page})

    return plant


def plan(*without: int, widen: Mapping[str, tuple[str, ...]] | None = None) -> Fault:
    """Rows of what is put on at night left out, and conditions of the others widened."""

    def plant(content: Content) -> Content:
        rows = content.rules.named["plan"]
        kept = tuple(_widened(row, widen or {}) for n, row in enumerate(rows) if n not in without)
        return _ruled(content, named={**content.rules.named, "plan": kept})

    return plant


def gate(name: str, **fields: object) -> Fault:
    """A gate changed."""

    def plant(content: Content) -> Content:
        changed = {k: _tests(k, v) for k, v in fields.items()}
        page = content.rules.gates[name].model_copy(update=changed)
        return _ruled(content, gates={**content.rules.gates, name: page})

    return plant


def ladder(name: str, **fields: object) -> Fault:
    """A ladder changed."""

    def plant(content: Content) -> Content:
        page = content.rules.ladders[name].model_copy(update=fields)
        return _ruled(content, ladders={**content.rules.ladders, name: page})

    return plant


def both(*faults: Fault) -> Fault:
    """Several changes that make one slip."""

    def plant(content: Content) -> Content:
        for fault in faults:
            content = fault(content)
        return content

    return plant


def _tests(key: str, value: object) -> object:
    """A `when` or `unless` written as in a page."""
    if key not in ("when", "unless"):
        return value
    return Row(value="x", when=value).when  # type: ignore[arg-type]


def _widened(row: Row, widen: Mapping[str, tuple[str, ...]]) -> Row:
    if row.value == "none":
        return row
    tests = tuple(
        {name: options | set(widen.get(name, ())) for name, options in test.items()}
        for test in row.when
    )
    return row.model_copy(update={"when": tests})


def _ruled(content: Content, **fields: object) -> Content:
    rules: Rules = content.rules.model_copy(update=fields)
    return replace(content, rules=rules)


PREGNANT, UNHEALED, BREASTFED, UNKNOWN = 0, 1, 2, 4
"""Rows of `plan` that keep an active out."""

ADULTS = ["me", "another_adult"]
FACES = ["near_eye", "face", "mixed"]

FAULTS: dict[str, tuple[Fault, str]] = {
    "an evening line names an acid without its flag": (
        line("pm-moisturise", text="Put on a little glycolic acid."),
        "i1_every_active_line_keeps_outside_the_bony_rim",
    ),
    "the acid line forgets the eyes": (
        line("pm-acid", text="On an acid night: a thin layer of one gentle leave-on acid."),
        "i1_every_active_line_keeps_outside_the_bony_rim",
    ),
    "a line tells how to open a bump": (
        line("no-home-needle", text="Prick the bump with a clean needle, then squeeze."),
        "i2_nothing_tells_how_to_open_a_bump",
    ),
    "the picking line is lost": (lost("no-picking"), "i2_every_card_says_do_not_pick"),
    "the picking line loses its no": (
        line("no-picking", text="Picking and squeezing are a habit of many."),
        "i2_every_card_says_do_not_pick",
    ),
    "pregnancy keeps nothing out": (
        plan(PREGNANT, widen={"pregnancy": ("pregnant_trying",)}),
        "i3_pregnant_trying_or_skipped_gets_no_active",
    ),
    "a skipped pregnancy counts as no": (
        question("pregnancy", counts_as={"skip": "no"}),
        "i3_pregnant_trying_or_skipped_gets_no_active",
    ),
    "breastfeeding is scheduled a retinoid": (
        plan(BREASTFED, widen={"pregnancy": ("breastfeeding",)}),
        "i3_breastfeeding_gets_no_retinoid",
    ),
    "a baby gets sunscreen": (
        line("baby-shade", text="Put sunscreen on the baby."),
        "i4_a_baby_gets_no_product_and_no_routine",
    ),
    "a baby gets an evening": (
        line("pm-cleanse", when=[{"baby_signs": "none"}, {"red_flags": "none"}]),
        "i4_a_baby_gets_no_product_and_no_routine",
    ),
    "teenagers are led to the home routine": (
        question("history", when={"who": ["teen", *ADULTS], "look": "pearl"}),
        "i5_under_18_starts_no_active_and_is_not_asked_about_pregnancy",
    ),
    "daily care stays when there is a red flag": (
        line("am-cleanse", when={"who": ["child", "teen", *ADULTS]}),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "not sure about red flags counts as none": (
        question("red_flags", counts_as={"unsure": "none"}),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "a sign of unknown kind counts as nothing": (
        question("red_flag_kind", counts_as={}),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "one shiny bump can wait": (
        line("see-soon-shiny", level="planned"),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "one shiny bump gets a morning": (
        line("am-cleanse", unless=[]),
        "i6_a_red_flag_means_a_clinician_and_no_skin_care",
    ),
    "swelling is only urgent": (
        line("see-emergency", level="urgent"),
        "i7_airway_is_an_emergency_in_the_first_line",
    ),
    "the emergency card begins with something else": (
        message("level-emergency", "**Here is your card.**"),
        "i7_airway_is_an_emergency_in_the_first_line",
    ),
    "a baby who struggles is only urgent": (
        line("see-baby-emergency", level="urgent"),
        "i7_airway_is_an_emergency_in_the_first_line",
    ),
    "eye pain is only soon": (
        line("see-eye-now", level="soon"),
        "i7_eye_trouble_or_an_ill_baby_is_urgent",
    ),
    "a product in the eye is rinsed and forgotten": (
        lost("see-product-in-eye"),
        "i7_eye_trouble_or_an_ill_baby_is_urgent",
    ),
    "an unsure sign of a baby counts as none": (
        question("baby_signs", counts_as={"unsure": "none"}),
        "i7_eye_trouble_or_an_ill_baby_is_urgent",
    ),
    "the acid stands in the morning": (
        line("pm-acid", part="morning"),
        "i8_one_active_at_most_and_only_in_the_evening",
    ),
    "acid beside the prescribed retinoid": (
        line("pm-acid", when={"plan": ["acid", "prescribed"]}),
        "i8_one_active_at_most_and_only_in_the_evening",
    ),
    "acid beside the own retinoid": (
        line("pm-acid-strength", when={"plan": ["acid", "retinoid"]}),
        "i8_one_active_at_most_and_only_in_the_evening",
    ),
    "nobody says one active only": (
        lost("no-two-actives"),
        "i9_an_active_comes_with_sunscreen_and_all_its_warnings",
    ),
    "nobody warns of the sun": (
        lost("no-sun-careless"),
        "i9_an_active_comes_with_sunscreen_and_all_its_warnings",
    ),
    "nobody warns of the eyes": (
        lost("no-active-eye-area"),
        "i9_an_active_comes_with_sunscreen_and_all_its_warnings",
    ),
    "nobody says when it should have worked": (
        lost("see-if-12-weeks"),
        "i9_an_active_comes_with_sunscreen_and_all_its_warnings",
    ),
    "no week of sunscreen first": (
        gate("sunscreen-week", when={"sunscreen": "never"}),
        "i10_without_a_daily_habit_the_first_week_is_sunscreen_only",
    ),
    "a sunscreen week of three days": (
        gate("sunscreen-week", days=3),
        "i10_without_a_daily_habit_the_first_week_is_sunscreen_only",
    ),
    "the job of the first week is not said": (
        lost("wk-gate-spf-first"),
        "i10_without_a_daily_habit_the_first_week_is_sunscreen_only",
    ),
    "an acid without nights": (lost("wk-acid-calm"), "i10_an_active_has_its_nights_shown"),
    "unhealed skin keeps nothing out": (
        plan(UNHEALED, widen={"skin": ("broken", "eczema_rosacea", "reacted")}),
        "i11_unhealed_or_reactive_skin_gets_no_active",
    ),
    "sore spots are led to the home routine": (
        question("goal", unless=[]),
        "i11_unhealed_or_reactive_skin_gets_no_active",
    ),
    "a look-alike is led to the home routine": (
        question("history", when={"who": ADULTS, "look": ["pearl", "whitehead"]}),
        "i12_what_may_be_something_else_gets_no_active_and_is_looked_at",
    ),
    "a lid is led to the home routine": (
        question("goal", when={"history": ["new", "old_untried"], "location": ["lid", *FACES]}),
        "i12_what_may_be_something_else_gets_no_active_and_is_looked_at",
    ),
    "a lid is no longer a place to be seen": (
        lost("see-planned-lid"),
        "i12_what_may_be_something_else_gets_no_active_and_is_looked_at",
    ),
    "an unsure place no longer counts as the lid": (
        question("location", counts_as={}),
        "i12_what_may_be_something_else_gets_no_active_and_is_looked_at",
    ),
    "an unsure look is nobody's business": (
        line("see-planned-unsure", level="home"),
        "i12_what_may_be_something_else_gets_no_active_and_is_looked_at",
    ),
    "acid on three nights at once": (
        ladder("acid-calm", first=("wed", "fri", "sun")),
        "i13_a_ladder_starts_low_keeps_its_cap_and_waits_for_calm",
    ),
    "stinging skin climbs like calm skin": (
        ladder("acid-stings", then=("wed", "sun")),
        "i13_a_ladder_starts_low_keeps_its_cap_and_waits_for_calm",
    ),
    "a retinoid climbs to five nights": (
        ladder("retinoid-calm", then=("mon", "tue", "wed", "thu", "fri")),
        "i13_a_ladder_starts_low_keeps_its_cap_and_waits_for_calm",
    ),
    "a prescribed retinoid gets our nights": (
        line("wk-retinoid-calm", when={"plan": ["retinoid", "prescribed"], "skin": "normal"}),
        "i14_a_prescription_is_never_changed",
    ),
    "a prescribed retinoid is stopped by us": (
        line("rx-ask-prescriber", text="Pause the prescribed cream for some weeks."),
        "i14_a_prescription_is_never_changed",
    ),
    "an unknown product keeps nothing out": (
        plan(UNKNOWN, widen={"using": ("unsure",)}),
        "i15_an_unknown_product_starts_nothing",
    ),
    "nobody says that it is no diagnosis": (
        lost("info-not-diagnosis"),
        "i16_every_card_says_when_to_be_seen_and_is_no_diagnosis",
    ),
    "the bot names what it is": (
        line("no-home-needle", text="You have milia. Keep needles away, never use one."),
        "i18_no_card_makes_a_banned_claim",
    ),
    "success is guaranteed": (
        line("am-spf", text="Sunscreen every day is guaranteed to keep them away."),
        "i18_no_card_makes_a_banned_claim",
    ),
    "a removal needs no appointment": (
        line("see-planned-remove", level="home"),
        "who_must_be_seen_is_sent",
    ),
    "a steroid cream is nobody's business": (lost("see-steroid"), "who_must_be_seen_is_sent"),
    "a failed fair try is nobody's business": (
        lost("see-planned-tried"),
        "who_must_be_seen_is_sent",
    ),
    "a baby's old bumps are nobody's business": (
        lost("see-baby-3-months"),
        "who_must_be_seen_is_sent",
    ),
    "the evening is empty": (
        lost("pm-cleanse", "pm-moisturise"),
        "a_card_that_no_flag_stopped_has_all_its_parts",
    ),
    "sunscreen is left out": (
        both(lost("am-spf", "am-spf-rim", "am-spf-sting"), lost("am-spf-sore")),
        "sunscreen_is_in_every_plan",
    ),
    "the prescriber is forgotten": (
        lost("rx-keep-plan", "rx-if-pregnant"),
        "a_prescriber_is_named_where_somebody_may_have_one",
    ),
    "a line goes on and on": (
        line("am-cleanse", text="Wash gently. " * 400),
        "no_card_is_longer_than_two_messages",
    ),
}

"""The safety invariants of the clinical design (3.5), on raw answers and on the words shown.

Nothing here reads a rule: what people said on one side, what they are told on the other.
"""

import re
from collections.abc import Callable

from cards import ACTIVE, RETINOID, Card, Said

from dialogs.pages import LEVELS

PLANNED, SOON, URGENT, EMERGENCY = range(1, 5)
assert LEVELS == ("home", "planned", "soon", "urgent", "emergency")
APART = "outside the bony rim of the eye"
SUNSCREEN = re.compile(r"\b(?:sunscreen|SPF)\b", re.IGNORECASE)
LOOKALIKE = {"whitehead", "yellow_patch", "skin_coloured", "dimple", "single_shiny", "unsure"}
UNHEALED = {"eczema_rosacea", "broken", "reacted"}
RETINOIDS = {"retinoid_otc", "retinoid_rx"}
_OPENING = re.compile(
    r"\b(?:pierce|prick|lance|squeeze|pop|poke|puncture|scrape|nick|dig|cut|lift)\b"
    r"|\bopen (?:it|them|the bumps?|a bump)\b",
    re.IGNORECASE,
)
_GUARD = re.compile(
    r"\b(?:no|not|never|specialist|dermatologist|professional|doctor)\b", re.IGNORECASE
)
_LESSENED = re.compile(r"\b(?:stop|pause|reduce|skip|less often|lower|weaker)\b", re.IGNORECASE)
_REASON = re.compile(r"pregnan|acid|shop|hives|blister|do not stop|second", re.IGNORECASE)
_BANNED = re.compile(
    r"you have milia|numerous studies|many studies|only retinoid|sole retinoid|\bcures?\b"
    r"|guarantee|Dear Brightly|Night Shift|20 times|80 ?%",
    re.IGNORECASE,
)


def one(said: Said, name: str) -> str:
    return said.get(name, ("",))[0]


def flagged(said: Said) -> bool:
    return (
        one(said, "red_flags") in ("yes", "unsure")
        or one(said, "baby_signs") not in ("", "none")
        or one(said, "look") == "single_shiny"
    )


def i1_every_active_line_keeps_outside_the_bony_rim(_: Said, card: Card) -> bool:
    named = (step for step in card.offers if step.active or ACTIVE.search(step.text))
    return all(APART in step.text for step in named if "facial, peel" not in step.text)


def i2_nothing_tells_how_to_open_a_bump(_: Said, card: Card) -> bool:
    told = (sentence for sentence in card.sentences if _OPENING.search(sentence))
    return all(_GUARD.search(sentence) for sentence in told)


def i2_every_card_says_do_not_pick(_: Said, card: Card) -> bool:
    return (
        re.search(
            r"\bno (?:\w+, )*(?:picking|pinching|scrubbing)", card.part["avoid"], re.IGNORECASE
        )
        is not None
    )


def i3_pregnant_trying_or_skipped_gets_no_active(said: Said, card: Card) -> bool:
    return one(said, "pregnancy") not in ("pregnant_trying", "skip") or not card.offers


def i3_breastfeeding_gets_no_retinoid(said: Said, card: Card) -> bool:
    return one(said, "pregnancy") != "breastfeeding" or not RETINOID.search(card.care)


def i4_a_baby_gets_no_product_and_no_routine(said: Said, card: Card) -> bool:
    if one(said, "who") != "baby":
        return True
    told = re.sub("no sunscreen", "", card.told("first", "seen"))
    return not card.care and not re.search(r"moisturis|cream|lotion|sunscreen|SPF", told)


def i5_under_18_starts_no_active_and_is_not_asked_about_pregnancy(said: Said, card: Card) -> bool:
    minor = one(said, "who") in ("baby", "child", "teen")
    return not minor or (not card.offers and "pregnancy" not in said)


def i6_a_red_flag_means_a_clinician_and_no_skin_care(said: Said, card: Card) -> bool:
    return not flagged(said) or (card.rank >= SOON and not card.care)


def i7_airway_is_an_emergency_in_the_first_line(said: Said, card: Card) -> bool:
    if one(said, "red_flag_kind") != "airway_swelling" and one(said, "baby_signs") != "struggling":
        return True
    return card.rank == EMERGENCY and "emergency number now" in card.text.split("\n")[0]


def i7_eye_trouble_or_an_ill_baby_is_urgent(said: Said, card: Card) -> bool:
    eye = one(said, "red_flag_kind") in ("eye_pain_vision", "product_in_eye")
    return not (eye or one(said, "baby_signs") not in ("", "none")) or card.rank >= URGENT


def i8_one_active_at_most_and_only_in_the_evening(_: Said, card: Card) -> bool:
    return len(card.kinds) <= 1 and not ACTIVE.search(card.part["morning"])


def i9_an_active_comes_with_sunscreen_and_all_its_warnings(_: Said, card: Card) -> bool:
    avoid = card.part["avoid"]
    return not card.kinds or (
        SUNSCREEN.search(card.part["morning"]) is not None
        and "sunb" in avoid
        and "inside the bony rim" in avoid
        and ("One strong product only" in avoid or "no second retinoid" in avoid)
        and "12 weeks" in card.part["seen"]
    )


def i10_without_a_daily_habit_the_first_week_is_sunscreen_only(said: Said, card: Card) -> bool:
    if not card.scheduled or one(said, "sunscreen") == "daily":
        return True
    return card.nights.kinds == ("sunscreen",) * 7 and "one job: sunscreen" in card.part["week"]


def i10_an_active_has_its_nights_shown(_: Said, card: Card) -> bool:
    return bool(card.scheduled) == bool(card.nights.kinds)


def i11_unhealed_or_reactive_skin_gets_no_active(said: Said, card: Card) -> bool:
    bad = one(said, "skin") in UNHEALED or one(said, "picking") == "recent_sore"
    return not bad or not card.offers


def i12_what_may_be_something_else_gets_no_active_and_is_looked_at(said: Said, card: Card) -> bool:
    bad = one(said, "look") in LOOKALIKE or one(said, "location") in ("lid", "body", "unsure")
    return not bad or (not card.offers and card.rank >= PLANNED)


def i13_a_ladder_starts_low_keeps_its_cap_and_waits_for_calm(said: Said, card: Card) -> bool:
    nights = card.nights
    if not nights.kinds:
        return True
    slow = one(said, "skin") != "normal"
    retinoid = "retinoid" in card.kinds
    start, cap = ((1, 2) if slow else (2, 3)) if retinoid else ((1, 1) if slow else (1, 2))
    return nights.first <= start and nights.cap <= cap and nights.unstepped <= nights.first


def i14_a_prescription_is_never_changed(said: Said, card: Card) -> bool:
    if "retinoid_rx" not in said.get("using", ()):
        return True
    told = card.of_prescriptions
    lessened = (s for s in told if _LESSENED.search(s) and not _REASON.search(s))
    return not card.nights.kinds and "nights a week" not in card.care and not any(lessened)


def i15_an_unknown_product_starts_nothing(said: Said, card: Card) -> bool:
    return "unsure" not in said.get("using", ()) or not card.offers


def i16_every_card_says_when_to_be_seen_and_is_no_diagnosis(_: Said, card: Card) -> bool:
    return bool(card.part["seen"]) and "not a diagnosis" in card.text


def i18_no_card_makes_a_banned_claim(_: Said, card: Card) -> bool:
    return _BANNED.search(card.text) is None


def who_must_be_seen_is_sent(said: Said, card: Card) -> bool:
    using = set(said.get("using", ()))
    breast = one(said, "pregnancy") in ("breastfeeding", "pregnant_trying") and using & RETINOIDS
    due = (
        one(said, "history") == "tried_12_weeks"
        or one(said, "goal") == "remove"
        or one(said, "skin") in ("eczema_rosacea", "reacted")
        or one(said, "baby_age") in ("over_3_months", "unsure")
        or "steroid" in using
        or bool(breast)
    )
    return not due or card.rank >= PLANNED


def a_card_that_no_flag_stopped_has_all_its_parts(said: Said, card: Card) -> bool:
    if one(said, "red_flags") != "none" or flagged(said):
        return True
    return all(card.part[part] for part in ("morning", "evening", "week", "avoid", "seen"))


def sunscreen_is_in_every_plan(said: Said, card: Card) -> bool:
    whole = one(said, "red_flags") == "none" and not flagged(said)
    return not whole or SUNSCREEN.search(card.part["morning"]) is not None


def a_prescriber_is_named_where_somebody_may_have_one(said: Said, card: Card) -> bool:
    adult = one(said, "who") in ("me", "another_adult") and one(said, "red_flags") == "none"
    unasked = adult and not flagged(said) and "using" not in said
    return not unasked or "prescriber" in card.part["avoid"]


def no_card_is_longer_than_two_messages(_: Said, card: Card) -> bool:
    return len(card.messages) <= 2


Check = Callable[[Said, Card], bool]
INVARIANTS: dict[str, Check] = {
    check.__name__: check
    for check in (
        i1_every_active_line_keeps_outside_the_bony_rim,
        i2_nothing_tells_how_to_open_a_bump,
        i2_every_card_says_do_not_pick,
        i3_pregnant_trying_or_skipped_gets_no_active,
        i3_breastfeeding_gets_no_retinoid,
        i4_a_baby_gets_no_product_and_no_routine,
        i5_under_18_starts_no_active_and_is_not_asked_about_pregnancy,
        i6_a_red_flag_means_a_clinician_and_no_skin_care,
        i7_airway_is_an_emergency_in_the_first_line,
        i7_eye_trouble_or_an_ill_baby_is_urgent,
        i8_one_active_at_most_and_only_in_the_evening,
        i9_an_active_comes_with_sunscreen_and_all_its_warnings,
        i10_without_a_daily_habit_the_first_week_is_sunscreen_only,
        i10_an_active_has_its_nights_shown,
        i11_unhealed_or_reactive_skin_gets_no_active,
        i12_what_may_be_something_else_gets_no_active_and_is_looked_at,
        i13_a_ladder_starts_low_keeps_its_cap_and_waits_for_calm,
        i14_a_prescription_is_never_changed,
        i15_an_unknown_product_starts_nothing,
        i16_every_card_says_when_to_be_seen_and_is_no_diagnosis,
        i18_no_card_makes_a_banned_claim,
        who_must_be_seen_is_sent,
        a_card_that_no_flag_stopped_has_all_its_parts,
        sunscreen_is_in_every_plan,
        a_prescriber_is_named_where_somebody_may_have_one,
        no_card_is_longer_than_two_messages,
    )
}

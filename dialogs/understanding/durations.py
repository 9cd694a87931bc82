"""Ages and spans of time in a text, and the bands of a question that they fall into."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
"""Days of a unit, as people count."""

ENDLESS = 150 * 365.0
"""Days of the longest span anybody can mean."""

ODD = "ODD"
"""Stands for a span that lies in no band as a whole: nothing may be read from it."""

_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "hundred": 100,
    "couple": 2,
    "couple of": 2,
    "few": 3,
    "several": 4,
    "many": 5,
    "half a": 0.5,
    "half": 0.5,
    "dozen": 12,
}
_NUMBER = (
    r"(?:\d+(?: ?point ?\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)"
    r"(?: (?:one|two|three|four|five|six|seven|eight|nine))?|couple of|half a|"
    + "|".join(sorted((w for w in _WORDS if " " not in w), key=lambda w: -len(w)))
    + ")"
)
_UNIT = r"(days?|weeks?|months?|years?)"
_SPAN = re.compile(
    r"\b(?:(less than|under|below|not even|within|up to|more than|over|longer than|above|at least|"
    r"older than|younger than|nearly|almost|not quite|coming up to|just under|just over) )?"
    r"(?:the |last |past |around |about |roughly |maybe |like |only |a good |a )*?"
    rf"({_NUMBER})(?: (?:or|to|and a|going on|maybe) ({_NUMBER}))?(?: and a half)? "
    rf"(?:(?!last|this|next|every|final|gap|school)\w+ )??{_UNIT}\b(?: and a half)?"
)
_BARE_AGE = re.compile(
    r"\b(?:im|i am|hes|shes|he is|she is|is|was|aged?|turned|turning|just|theyre|nearly|almost|"
    r"(?:(?:grand)?(?:son|daughter)|boy|girl|lad|nephew|niece|brother|sister|teenager)s?)"
    rf" (?:now |only |about |just |nearly |almost )?({_NUMBER})\b(?! (?:of|or|percent|point|times?|bumps?|"  # noqa: E501
    r"dots?|spots?|and (?:a half|only|the same)|to|thing|on|in|day|week|month|year|hour|minute|who|"
    r"that|with|bump|more))"
    rf"|\bturned ({_NUMBER})\b(?! (?:day|week|month|hour))"
)
_AGED = re.compile(rf"^({_NUMBER})(?: and a half)?$|\b({_NUMBER})(?: and a half)? now$")

LESS = frozenset(
    ("less than", "under", "below", "not even", "within", "up to", "younger than", "just under")
)
MORE = frozenset(
    ("more than", "over", "longer than", "above", "at least", "older than", "just over")
)
NEARLY = frozenset(("nearly", "almost", "not quite", "coming up to"))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `least` to `most`."""

    least: float
    most: float


Bands = Mapping[str, Span]


def span(text: str) -> Span:
    """A band as it is written: `0d 12w`, `18y` (and over).

    Raises:
        ValueError: it is not written so.

    """
    parts = text.split()
    ends = [
        float(part[:-1]) * DAYS[{"d": "day", "w": "week", "m": "month", "y": "year"}[part[-1]]]
        for part in parts
    ]
    if len(ends) not in (1, 2):
        raise ValueError("a band has one end or two")
    return Span(ends[0], ends[1] if len(ends) > 1 else ENDLESS)


def banded(words: str, bands: Bands, *, ages: bool) -> str:
    """The text with each span of time replaced by the name of its band, or by ODD."""
    if not bands:
        return words

    def replaced(match: re.Match[str]) -> str:
        return _name(_spoken(match.group(1), match.group(2), match.group(3), match.group(4)), bands)

    words = _SPAN.sub(replaced, words)
    if not ages:
        return words

    def aged(match: re.Match[str]) -> str:
        number = next(group for group in match.groups() if group)
        found = _name(_spoken("", number, None, "year"), bands)
        return match.group().replace(number, found)

    return _AGED.sub(aged, _BARE_AGE.sub(aged, words))


def _name(found: Span, bands: Bands) -> str:
    for name, band in bands.items():
        if band.least <= found.least and found.most < band.most:
            return name
    return ODD


def _spoken(how: str | None, number: str, other: str | None, unit: str) -> Span:
    day = DAYS[unit.rstrip("s")]
    low = _value(number) * day
    high = _value(other) * day if other else low
    if how in LESS:
        return Span(0.0, max(high - 0.5, 0.0))
    if how in MORE:
        return Span(low, ENDLESS - 1)
    if how in NEARLY:
        return Span(low * 0.8, high)
    return Span(min(low, high), max(low, high))


def _value(text: str) -> float:
    text = text.replace(" ", "") if "point" in text else text
    if "point" in text:
        whole, _, part = text.partition("point")
        return float(f"{whole}.{part}")
    if text.isdigit():
        return float(text[:6])
    return (
        float(sum(_WORDS[word] for word in text.split()))
        if text not in _WORDS
        else float(_WORDS[text])
    )

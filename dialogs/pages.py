"""The kinds of page: questions, steps of the routine, topics, messages, facts and rules."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Level = Literal["home", "planned", "soon", "urgent", "emergency"]
LEVELS: tuple[Level, ...] = ("home", "planned", "soon", "urgent", "emergency")
"""How soon somebody should be seen, least first (source: the clinical design, 3.1)."""

Place = Literal["first", "morning", "evening", "week", "avoid", "seen"]
PLACES: tuple[Place, ...] = ("first", "morning", "evening", "week", "avoid", "seen")
"""The parts of a routine in the order they are shown."""

LABEL_LIMIT = 34
"""Characters of a button label: more is cut off on a narrow phone."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,27}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=LABEL_LIMIT)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Chosen = Mapping[str, frozenset[str]]
"""Question -> the options that count as chosen for it."""

Test = Mapping[str, frozenset[str]]


def _as_tests(value: Any) -> Any:
    """One map, or a list of maps, each from question to an option or a list of options."""
    tests = value if isinstance(value, list) else [value]
    return [
        {key: [item] if isinstance(item, str) else item for key, item in test.items()}
        if isinstance(test, dict)
        else test
        for test in tests
    ]


Tests = Annotated[tuple[Test, ...], BeforeValidator(_as_tests)]
Facts = Annotated[tuple[str, ...], Field(min_length=1)]
_SLOT = re.compile(r"\{([^{}]*)\}")


def matching(tests: tuple[Test, ...], chosen: Chosen) -> Test | None:
    """The first map all of whose questions have one of the wanted options, if there is one."""
    for test in tests:
        if all(chosen.get(question, frozenset()) & wanted for question, wanted in test.items()):
            return test
    return None


class Page(BaseModel):
    """What all pages share: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str
    text: Text

    @property
    def slots(self) -> frozenset[str]:
        """The names of the `{slots}` in the text."""
        return frozenset(_SLOT.findall(self.text))


class Conditional(BaseModel):
    """Something that is only for some answers."""

    when: Tests = ()
    unless: Tests = ()

    def applies(self, chosen: Chosen) -> bool:
        """Whether all of a `when` map match (or there is none) and no `unless` map does."""
        if self.when and matching(self.when, chosen) is None:
            return False
        return matching(self.unless, chosen) is None


class Question(Page, Conditional):
    """One question: its options by id, why it is asked, and who is asked it.

    Where several may be ticked, each of those `alone` clears the others and is cleared by them.
    """

    title: Label
    options: Annotated[Mapping[Id, Label], Field(min_length=2)]
    why: Text
    facts: Facts
    counts_as: Mapping[str, str] = {}
    safer_first: tuple[str, ...] = ()
    several: bool = False
    alone: tuple[str, ...] = ("none",)
    reply: Mapping[str, str] = {}
    for_other: Text | None = None

    def counting(self, options: tuple[str, ...]) -> frozenset[str]:
        """The options chosen, together with the safer ones that they count as."""
        return frozenset(options) | {self.counts_as[o] for o in options if o in self.counts_as}

    def knows(self, options: tuple[str, ...]) -> bool:
        """Whether these options (at least one) all exist in the question as it is now."""
        return bool(options) and self.options.keys() >= set(options)

    def less_safe(self, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
        """Whether going from `old` to `new` leaves the safer side (clinical design, 3.8.14)."""
        if not self.safer_first or not self.knows(old):
            return False
        if self.several:
            return not (set(old) - {"none"} <= set(new) or self.safer_first[0] in new)
        rank = self.safer_first.index
        return rank(new[0]) > rank(old[0])


class Step(Page, Conditional):
    """One line of the routine, with the facts it rests on."""

    part: Place
    facts: Facts
    level: Level = "home"
    base: bool = False
    active: Literal["acid", "retinoid"] | None = None
    region: Literal["face", "face_outside_orbit"] | None = None
    ladder: str | None = None


class Topic(Page):
    """What the bot can explain; its title is a button's label, in the message of its section."""

    title: Label
    section: str
    facts: Facts


class Message(Page):
    """Anything else that is said; a `danger` message answers danger words, at its level.

    `answers`: the options of questions by which people say the same as these words of danger.
    `instead`: the message that is shown in its place after these answers, by question and option.
    """

    facts: tuple[str, ...] = ()
    level: Level | None = None
    buttons: Mapping[Id, Label] = {}
    danger: bool = False
    answers: Mapping[str, str] = {}
    instead: Mapping[str, Mapping[str, str]] = {}
    plain: bool = False


class Fact(BaseModel):
    """A fact in our own words and where it comes from; `house` facts are our own choice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    says: Text
    source: str | None = None
    url: str | None = None
    figures: tuple[str, ...] = ()
    by: str | None = None
    strength: Literal["strong", "moderate", "weak", "conflict", "single", "commercial", "house"]
    note: str | None = None


class Review(BaseModel):
    """A clinician's stamp on the content of one hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    by: Text
    on: date


class Command(BaseModel):
    """A command: its line in Telegram's menu (1-256 characters) and plain words that mean it.

    `topic`: the topic that tells the same, if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    menu: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    hear: tuple[str, ...] = ()
    topic: str = ""

"""What a typed message can mean."""

from dataclasses import dataclass, field

Because = tuple[str, ...]
"""Why it is read so, in words for editors: rules and examples that fit."""


@dataclass(frozen=True, slots=True)
class Danger:
    """Words that need a safety card before anything else; `page` is its message."""

    page: str
    because: Because = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class MaybeDanger:
    """Words that may be of danger: the likeliest messages, the most serious first. It is asked.

    `topic`: what else they ask, to be answered where there is no danger.
    """

    pages: tuple[str, ...]
    confidence: float = field(default=0.5, compare=False)
    because: Because = field(default=(), compare=False)
    topic: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Command:
    """A command or its plain words; `known` is false for a slash command nobody defined."""

    name: str
    known: bool = True
    confidence: float = field(default=1.0, compare=False)
    because: Because = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of the open question that were named; more than one only where all may be."""

    options: tuple[str, ...]
    because: Because = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Options that are meant in all likelihood, but are only stored after a yes."""

    options: tuple[str, ...]
    confidence: float = field(default=0.7, compare=False)
    because: Because = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """Options of another question than the open one: an earlier answer is put right.

    `said` is false where nothing in the words says that they put something right: it is asked.
    """

    question: str
    options: tuple[str, ...]
    said: bool = field(default=True, compare=False)
    confidence: float = field(default=0.8, compare=False)
    because: Because = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class About:
    """A side question that a topic (or a message of small talk) answers."""

    topic: str
    confidence: float = field(default=1.0, compare=False)
    because: Because = field(default=(), compare=False)
    others: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The word that all is ticked."""


Sure = Choice | Command | About
"""What may be offered on a button."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Not sure enough to act: what it may be, the likeliest first, to be chosen from."""

    alternatives: tuple[Sure, ...]
    confidence: float = field(default=0.3, compare=False)
    because: Because = field(default=(), compare=False)


Meaning = (
    Danger | MaybeDanger | Command | Choice | Confirm | Correction | Done | About | Unsure | None
)

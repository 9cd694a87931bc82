"""The rules by which a reply names options of a question: the form of `hear/rules/*.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import BaseModel, ConfigDict, field_validator

from dialogs.understanding.clauses import denied
from dialogs.understanding.durations import ODD, Bands, banded, span


class Rules(BaseModel):
    """One question's rules; every pattern stands for whole words of a text spelt out.

    `say`: option -> patterns. `bands`: name -> span of time; a pattern names it in capitals.
    `ages`: bare numbers are years. `denied`: the option meant when all that was named was denied.
    `together`: options that are one other option when named together. `yes` and `no`: what these
    words alone mean. `strongest`: which of several named options counts, first one first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Mapping[str, tuple[str, ...]] = {}
    bands: Mapping[str, str] = {}
    ages: bool = False
    denied: str | None = None
    together: Mapping[str, tuple[str, ...]] = {}
    strongest: tuple[str, ...] = ()

    @field_validator("bands")
    @classmethod
    def _spans(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for text in value.values():
            span(text)
        return value

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """One pattern an option."""
        return {
            option: re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)")
            for option, patterns in self.say.items()
            if patterns
        }

    @cached_property
    def spans(self) -> Bands:
        """The bands as spans of days."""
        return {name: span(text) for name, text in self.bands.items()}


@dataclass(frozen=True, slots=True)
class Named:
    """What a reply names: options said, options denied, and the words that did it."""

    said: tuple[str, ...]
    denied: tuple[str, ...]
    because: tuple[str, ...]
    odd: bool

    def without(self, gone: Callable[[str, str], bool]) -> Named:
        """The same without such options, given by name and by the words that name them."""
        words = dict(told.split(": ", 1) for told in self.because)
        said = tuple(option for option in self.said if not gone(option, words[option]))
        because = tuple(t for t in self.because if t.split(": ", 1)[0] in said or t[:4] == "not ")
        return self if said == self.said else replace(self, said=said, because=because)


def named(rules: Rules, parts: list[str]) -> Named:
    """What the parts of a text (spelt out, between punctuation) name by these rules."""
    said: dict[str, str] = {}
    taken: dict[str, str] = {}
    odd = False
    for part in parts:
        words = banded(part, rules.spans, ages=rules.ages)
        odd = odd or ODD in words
        for option, pattern in rules.patterns.items():
            for match in pattern.finditer(words):
                found = taken if denied(words, match.start()) else said
                found.setdefault(option, match.group())
    because = (
        *(f"{o}: {w}" for o, w in said.items()),
        *(f"not {o}: {w}" for o, w in taken.items()),
    )
    gone = tuple(option for option in taken if option not in said)
    return Named(tuple(said), gone, because, odd)

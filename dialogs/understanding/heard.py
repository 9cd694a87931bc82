"""A text that is looked at: as typed, spelt out, and what it is like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dialogs.understanding.clauses import parts
from dialogs.words import normalise

if TYPE_CHECKING:
    from dialogs.understanding.learning import Learned
    from dialogs.understanding.regression import Found


ONE_WORD = 1.0
"""How like a subject a single word must be: less is like a word in passing in one of its lines."""


LEAST = -3.0
"""How unlikely a kind of text may be; what is less is not worth telling apart."""


@dataclass(frozen=True)
class Heard:
    """A text as typed, and spelt out by the lexicon with its punctuation.

    `signs`: words of danger in it, each with its card before it.
    """

    text: str
    spelt: str
    signs: tuple[tuple[str, str], ...] = ()


class Seen:
    """A text looked at once; what is asked for twice is worked out once."""

    def __init__(self, heard: Heard, learned: Learned) -> None:
        self.text, self.signs = heard.text, heard.signs
        repaired = [learned.speller.repaired(part) for part in map(normalise, parts(heard.spelt))]
        self.parts = [part for part in repaired if part]
        self._heard = heard
        self.spelt = " ".join(self.parts)
        self._learned = learned
        self._options: dict[str, list[Found]] = {}

    @cached_property
    def newly(self) -> Seen:
        """The same text without what it tells of earlier answers."""
        left = self._learned.asking.newly(self.parts)
        if left == self.parts:
            return self
        return Seen(Heard(self.text, ". ".join(left), self.signs), self._learned)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words as they are compared."""
        return self._learned.grouping.words(self.spelt)

    @property
    def is_number(self) -> bool:
        """Whether the text is a number and nothing else: by itself that speaks of no subject."""
        return self.spelt.isdigit()

    @cached_property
    def subjects(self) -> list[Found]:
        """The side questions and commands that the text is like, the likest first."""
        if self.is_number:
            return []
        ranked = self._learned.subjects.ranked(self.words, self.spelt)
        if " " in self.spelt:
            return ranked
        return [found for found in ranked if found.score >= ONE_WORD]

    @cached_property
    def spoken(self) -> dict[str, float]:
        """The questions, and how like the text is to replies to each."""
        ranked = self._learned.questions.ranked(self.words, self.spelt)
        return {item.label: item.score for item in ranked}

    @cached_property
    def kinds(self) -> dict[str, float]:
        """How likely the text is a reply, a command, chat or a side question, by its words."""
        kinds = self._learned.kinds
        likely = (max(LEAST, value) for value in kinds.likely(self.spelt))
        return dict(zip(kinds.labels, likely, strict=True))

    def options(self, question: str) -> list[Found]:
        """The options of a question that the text is like, the likest first."""
        if question not in self._options:
            options = self._learned.options[question]
            self._options[question] = options.ranked(self.words, self.spelt)
        return self._options[question]

    @cached_property
    def begins(self) -> bool:
        """Whether the text begins as questions do."""
        return self._learned.asking.begins(self.spelt)

    @cached_property
    def begins_later(self) -> bool:
        """Whether a part of the text after the first one begins as questions do."""
        return any(map(self._learned.asking.begins, self.parts[1:]))

    @cached_property
    def holds(self) -> bool:
        """Whether a question stands somewhere in the text."""
        return self._learned.asking.holds(self.spelt)

    @cached_property
    def asks(self) -> bool:
        """Whether the text is a question, or holds one."""
        return self._learned.asking.asks(self.text, self.spelt)

    @cached_property
    def puts_right(self) -> int:
        """How far it puts something right (see `Asking`)."""
        return self._learned.asking.puts_right(self.spelt)

"""What a reply to one question names: exactly, by its rules, or by the look of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.meanings import Choice, Confirm, Unsure
from dialogs.understanding.ruling import Named, Rules, named
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialogs.pages import Question

LONG = 18
"""Words of a reply from which even a clear one is confirmed: much else may be in it."""

_NUMBERED = re.compile(
    r"^(?:(?:option|number|no|nr|answer|choice) )?(\d{1,2}|first|second|third|fourth|fifth|sixth|"
    r"seventh|eighth|ninth|last)(?: (?:one|option|answer))?$|^(?:option|answer|choice|letter) ([a-i])$"  # noqa: E501
)
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")

_TURNED = re.compile(
    r"\b(?:not|no|nor|isnt|arent|dont|doesnt|but|or|except|although|though|however|unless|maybe|"
    r"might|perhaps|used to|forget|forgot|father|mother of|if)\b"
)
"""Words that turn, weaken or split a reply: what it names is then confirmed first."""


class Replies:
    """The labels, examples and rules of one question."""

    def __init__(
        self, question: Question, heard: Mapping[str, Iterable[str]], rules: Rules | None
    ) -> None:
        self._question, self._rules = question, rules or Rules()
        self._exact: dict[str, str] = {}
        for option, label in question.options.items():
            self._exact.setdefault(normalise(label), option)
        for option, examples in heard.items():
            for example in examples:
                self._exact.setdefault(normalise(example), option)
        self._order = self._rules.strongest or question.safer_first or tuple(question.options)

    def exactly(self, *texts: str) -> str | None:
        """The option whose label or example one of these normalised texts is."""
        return next((self._exact[text] for text in texts if text in self._exact), None)

    @property
    def counts(self) -> bool:
        """Whether numbers mean ages or spans of time here."""
        return bool(self._rules.bands)

    def numbered(self, words: str) -> Confirm | None:
        """An option by its number or letter. Buttons have none, so it is confirmed."""
        match = _NUMBERED.match(words)
        if match is None or (self._rules.bands and match.group(1) and match.group(1) == words):
            return None
        options = list(self._question.options)
        said, letter = match.groups()
        place = len(options) if said == "last" else _place(said, letter)
        if not 1 <= place <= len(options):
            return None
        return Confirm((options[place - 1],), 0.8, (f"number {place} of the list",))

    def named(self, parts: list[str]) -> Named:
        """What the parts of a text name by the rules."""
        return named(self._rules, parts)

    def implied(self, found: Named) -> tuple[str, ...]:
        """The option that is not named but meant: by several named together, or all denied."""
        together = self._together(set(found.said))
        if together and together not in found.said:
            return (together,)
        denied = self._rules.denied if found.denied and not found.said else None
        return (denied,) if denied else ()

    def strongest(self, options: Iterable[str]) -> str:
        """Of several options the one that counts: the safer, or else the stronger one."""
        known = list(options)
        return min(known, key=lambda o: self._order.index(o) if o in self._order else 99)

    def ruled(self, parts: list[str]) -> Choice | Confirm | Unsure | None:
        """What the rules make of a reply: stored at once only where one thing is said plainly."""
        return self.judged(self.named(parts), parts)

    def judged(self, found: Named, parts: list[str]) -> Choice | Confirm | Unsure | None:
        """The same, where what the parts name is known already."""
        said = set(found.said)
        if not said:
            return self._only_denied(found)
        if self._question.several:
            return self._several(found, parts)
        unsure = next((o for o in self._question.counts_as if o in said), None)
        if unsure and len(said) > 1:
            return self._doubted(unsure, found, parts)
        option = self._together(said) or self.strongest(said)
        words = " ".join(parts)
        plain = (
            (len(said) == 1 or self._together(said) == option)
            and not found.denied
            and not found.odd
            and not words.replace(" ", "").isdigit()
            and len(words.split()) < LONG
            and not _weakened(words, found)
        )
        if plain:
            return Choice((option,), found.because)
        return Confirm((option,), 0.7, found.because)

    def _only_denied(self, found: Named) -> Confirm | None:
        meant = self._rules.denied
        if meant and found.denied:
            return Confirm((meant,), 0.65, found.because)
        return None

    def _doubted(self, unsure: str, found: Named, parts: list[str]) -> Confirm | Unsure:
        """Something named and doubted at once: the doubt is offered beside it."""
        others = [o for o in found.said if o != unsure]
        option = self.strongest(others)
        if len(" ".join(parts).split()) <= LONG and len(others) == 1:
            return Unsure((Choice((unsure,)), Choice((option,))), 0.5, found.because)
        return Confirm((self.strongest([unsure, *others]),), 0.5, found.because)

    def _several(self, found: Named, parts: list[str]) -> Choice | Confirm:
        alone = set(self._question.alone)
        said = [option for option in self._question.options if option in found.said]
        real = [option for option in said if option not in alone]
        options = tuple(real or said[:1])
        words = " ".join(parts)
        if found.denied or (real and "unsure" in said) or len(words.split()) >= LONG:
            return Confirm(options, 0.7, found.because)
        if _weakened(words, found):
            return Confirm(options, 0.7, found.because)
        return Choice(options, found.because)

    def _together(self, said: set[str]) -> str | None:
        for option, parts in self._rules.together.items():
            if said == set(parts) or said == {*parts, option}:
                return option
        return None


def _weakened(words: str, found: Named) -> bool:
    """Whether words that turn or weaken stand outside of what was named."""
    for because in found.because:
        words = words.replace(because.partition(": ")[2], " ", 1)
    return _TURNED.search(words) is not None


def _place(said: str | None, letter: str | None) -> int:
    if letter:
        return ord(letter) - ord("a") + 1
    if said and said.isdigit():
        return int(said)
    return _PLACES.index(said) + 1 if said in _PLACES else 0

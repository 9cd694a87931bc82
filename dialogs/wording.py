"""Words that decide what a sentence may say: names of actives, cautions, and banned claims."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dialogs.pages import Text

Words = Annotated[tuple[Text, ...], Field(min_length=1)]
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


class Ban(BaseModel):
    """A pattern that no page may say, why not, and the pages that may all the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: Text
    why: Text
    but: tuple[str, ...] = ()


class Wording(BaseModel):
    """All of `wording.yaml`: the words by which the text of a page is judged.

    `actives` name an acid or retinoid; `cautions` make a sentence with one a warning; `apart` is
    what each line that schedules one has to say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    actives: Words = ("$^",)
    cautions: Words = ("$^",)
    apart: Text = "$^"
    banned: tuple[Ban, ...] = ()

    @cached_property
    def _active(self) -> re.Pattern[str]:
        return _any_of(self.actives)

    @cached_property
    def _caution(self) -> re.Pattern[str]:
        return _any_of(self.cautions)

    @cached_property
    def _bans(self) -> tuple[tuple[re.Pattern[str], Ban], ...]:
        return tuple((re.compile(ban.pattern, re.IGNORECASE), ban) for ban in self.banned)

    def names_active(self, text: str) -> bool:
        """Whether a text names an acid or retinoid at all."""
        return self._active.search(text) is not None

    def offers_active(self, text: str) -> bool:
        """Whether a sentence of the text names an acid or retinoid without any caution in it."""
        return any(
            self._active.search(sentence) and not self._caution.search(sentence)
            for sentence in sentences(text)
        )

    def broken(self, page: str, text: str) -> Iterator[Ban]:
        """The bans that a page of this name breaks."""
        found = (ban for pattern, ban in self._bans if pattern.search(text))
        yield from (ban for ban in found if page not in ban.but)


def sentences(text: str) -> list[str]:
    """A text cut at the ends of its sentences, lines and half-sentences."""
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)

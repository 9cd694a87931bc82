"""Words that mean other words: the form of `hear/lexicon.yaml`."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Lexicon(BaseModel):
    """What is read instead of what, which words are alike, and which are never repaired.

    `turns`: turns of phrase; `names`: what people call a question when they come back to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instead: Mapping[str, tuple[str, ...]] = {}
    like: Mapping[str, tuple[str, ...]] = {}
    turns: Mapping[str, tuple[str, ...]] = {}
    names: Mapping[str, tuple[str, ...]] = {}
    emoji: Mapping[str, str] = {}
    keep: tuple[str, ...] = ()

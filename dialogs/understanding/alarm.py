"""Danger words in typed text: heard before anything else, and taken back only by their own no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.pages import LEVELS, Message
from dialogs.words import NEGATIONS, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.content import Content

DENIALS = NEGATIONS - {"cant", "cannot"}
"""Words that take a danger back; what somebody can not do is no denial."""

NEAR = 3
"""Words before a danger word in which a `no` takes it back."""

_SUBJECT = r"(?:my|i|im|ive|he|hes|she|shes|his|her|it|its|they|we|our|the|baby|throat|eyes?)\b"
_BREAK = re.compile(
    rf"[.;!?\n]+|,(?=\s*{_SUBJECT})|\b(?:but|however|though|although|except|yet)\b",
    re.IGNORECASE,
)
_NONE_OF = re.compile(r"^no (?:\w+ ){1,6}or \w+$")
"""A whole list denied by one `no`: no fever, blisters or pus."""

_UNSURE = re.compile(r"\b(?:dont know|not sure|no idea|not well)\b")
_LEADING_NO = re.compile(
    r"^\W*(no|nope|none(?: of (?:these|those|them))?)\b\W*"
    rf"(?=(?:just|only|{_SUBJECT})\b)",
    re.IGNORECASE,
)


class Alarm:
    """The patterns of all danger messages, the most serious first."""

    def __init__(self, content: Content) -> None:
        def rank(page: str) -> int:
            return -_rank(content.messages[page])

        self._sure = sorted(content.danger.items(), key=lambda item: rank(item[0]))

    def heard(self, *texts: str) -> str | None:
        """The message for the most serious sure sign in a text (as typed, or spelt out)."""
        return next((page for page, _ in self.signs(*texts)), None)

    def signs(self, *texts: str) -> Iterable[tuple[str, str]]:
        """All sure signs: the message of each, the most serious first, and its words."""
        return self._found(self._sure, texts)

    @staticmethod
    def _found(
        dangers: Iterable[tuple[str, tuple[re.Pattern[str], ...]]], texts: tuple[str, ...]
    ) -> Iterable[tuple[str, str]]:
        read: list[tuple[str, list[int]]] = []
        for text in texts:
            clauses = _clauses(text)
            read += [clauses] if clauses not in read else []
        for page, patterns in dangers:
            for words, starts in read:
                hits = (match for pattern in patterns for match in pattern.finditer(words))
                hit = next((match for match in hits if _holds(match, words, starts)), None)
                if hit:
                    yield page, hit.group()
                    break


def _rank(message: Message) -> int:
    return LEVELS.index(message.level or "home")


def _clauses(text: str) -> tuple[str, list[int]]:
    """A text normalised, and where its clauses begin: a `no` reaches no further than its own."""
    clauses = [normalise(clause) for clause in _BREAK.split(_LEADING_NO.sub(r"\1. ", text))]
    words, starts = "", [0]
    for clause in clauses:
        if not clause or _NONE_OF.match(clause):
            continue
        words = f"{words} {clause}" if words else clause
        starts.append(len(words) - len(clause))
    return words, starts


def _holds(match: re.Match[str], words: str, starts: list[int]) -> bool:
    """Whether danger words stand without a `no` before them that takes them back."""
    if match.group().split()[:1] and match.group().split()[0] in NEGATIONS:
        return True
    begin = max(start for start in starts if start <= match.start())
    before = _UNSURE.sub(" ", words[begin : match.start()])
    return not DENIALS & set(before.split()[-NEAR:])

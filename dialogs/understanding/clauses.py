"""Where a text's clauses begin, and what a `no` in them takes back."""

import re

from dialogs.words import NEGATIONS

DENIALS = NEGATIONS | frozenset(
    (
        *("nothing", "werent", "wont", "wouldnt", "couldnt", "shouldnt", "neither", "hardly"),
        *("nothings", "aint", "stopped", "instead", "than"),
    )
)
"""Words that take back what follows them in their clause ("instead of", "rather than" too)."""

REACH = 4
"""Words that a denial reaches."""

STOPS = frozenset(
    (
        *("but", "just", "only", "though", "although", "however", "except"),
        *(
            "actually",
            "mainly",
            "mostly",
            "its",
            "theyre",
            "im",
            "they",
            "it",
            "hes",
            "shes",
            "he",
            "she",
        ),
    )
)
"""Words at which a denial ends: what was denied before them is not denied after them."""

_PUNCTUATION = re.compile(r"[.;!?,:\n()\u2013\u2014]+|\s-+\s")


def parts(text: str) -> list[str]:
    """The text between its punctuation marks, as typed."""
    return [part for part in _PUNCTUATION.split(text) if part.strip()]


def denied(words: str, start: int) -> bool:
    """Whether what stands at `start` of one part is taken back by a word before it."""
    for word in reversed(words[:start].split()[-REACH:]):
        if word in DENIALS:
            return True
        if word in STOPS:
            return False
    return False

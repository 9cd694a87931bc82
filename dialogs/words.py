"""Typed text made comparable: one case, no invisible characters, no punctuation."""

import re
import unicodedata

NEGATIONS = frozenset(
    (
        *("no", "not", "never", "without", "none", "nor", "dont", "doesnt", "didnt"),
        *("isnt", "arent", "wasnt", "hasnt", "havent", "cant", "cannot"),
    )
)
"""Words that turn a sentence round."""

NUMBERS = frozenset(
    (
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *("eleven", "twelve", "twenty", "thirty", "hundred", "half", "couple", "few"),
    )
)
"""Words that say how many."""

LONGEST = 4096
"""Characters of a message that are read: all that Telegram lets anybody send."""

_DROPPED = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u00b4]")


def normalise(text: str) -> str:
    """Words, digits and single spaces, in one case; nothing invisible, no apostrophes."""
    text = _DROPPED.sub("", unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]).casefold()
    text = _APOSTROPHES.sub("", text)
    return " ".join(re.sub(r"[^\w\s]|_", " ", text).split())

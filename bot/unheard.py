"""What was typed and not understood, without what might tell who typed it: only if it is wanted."""

import logging
import os
import re
from pathlib import Path

from dialogs.turns import Event, Reply, Typed

_LOG = logging.getLogger(__name__)

NOT_UNDERSTOOD = frozenset(
    (
        *("not-understood", "not-understood-again", "not-understood-help", "nothing-open"),
        "did-you-mean",
    )
)
"""The messages that say so."""

MOST = 300
"""Characters of a text that are kept."""

_WITHOUT = (
    (r"\S+@\S+\.\w+", "<e-mail>"),
    (r"(?:https?://|www\.|t\.me/)\S+|\b[\w-]+\.(?:com|net|org|io|me|uk)\b\S*", "<link>"),
    (r"@\w+", "<name>"),
    (r"\+?\d[\d\s().,/:-]{5,}\d", "<number>"),
    (r"\d+", "<n>"),
    (r"(?<=my name is )\w+(?: [A-Z]\w+)*", "<name>"),
    (r"\s+", " "),
)
"""What may tell who somebody is, and what stands there instead. E-mail addresses go first."""

_PATTERNS = tuple((re.compile(pattern), instead) for pattern, instead in _WITHOUT)


class Unheard:
    """Adds each text that was not understood to a file, a line each. Nothing else is kept of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, event: Event, replies: tuple[Reply, ...]) -> None:
        """Keep the words of this event, if the replies say that they were not understood."""
        pages = {page for reply in replies for page in reply.pages}
        if isinstance(event, Typed) and pages & NOT_UNDERSTOOD:
            try:
                with open(self._path, "a", encoding="utf-8", opener=_private) as file:
                    file.write(impersonal(event.text) + "\n")
            except OSError as error:  # no turn fails for it
                _LOG.warning("what was not understood cannot be kept: %s", error.strerror)


def _private(path: str, flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(path, flags, 0o600)


def impersonal(text: str) -> str:
    """A text without numbers, names with @, links and e-mail addresses; at most 300 characters."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text[:MOST].strip()

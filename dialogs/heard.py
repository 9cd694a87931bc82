"""How people say it: examples by option, and the danger patterns, from `hear/`."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from dialogs.pages import Message
from dialogs.reading import Plain, Source, as_mapping

SPOKEN = ("welcome", "ticks-done", "confirm-answer")
"""The messages whose button may also be typed: people agree in words, and say that it is all."""


@dataclass(slots=True)
class Heard:
    """What was found in the files read so far, by the name of the page."""

    options: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    danger: dict[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)

    def read(
        self,
        source: Source,
        folder: str,
        name: str,
        flows: Mapping[str, Container[str]],
        messages: Mapping[str, Message],
    ) -> None:
        """Take one file: what it holds follows from the folder of its page."""
        if name in flows.get(folder, ()) or (folder == "messages" and name in SPOKEN):
            self.options[name] = {key: _texts(source, key) for key in as_mapping(source)}
        elif folder == "messages" and name in messages and messages[name].danger:
            self.danger[name] = tuple(_patterns(source))
        else:
            source.fault(f"no page of {folder}/ that is listened for is named `{name}`")


def _texts(source: Source, *place: str) -> tuple[str, ...]:
    found: Plain = source.data
    for key in place:
        found = found[key] if isinstance(found, dict) else []
    if isinstance(found, list) and found and all(isinstance(item, str) for item in found):
        return tuple(str(item) for item in found)
    source.fault("a list of sentences is expected here", *place)
    return ()


def _patterns(source: Source) -> Iterable[re.Pattern[str]]:
    for number, text in enumerate(_texts(source)):
        try:
            yield re.compile(text)
        except re.error as error:
            source.fault(f"bad pattern: {error}", str(number))

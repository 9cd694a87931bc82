"""What an editor should write more examples of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.content import Content

TOPIC, OPTION = 80, 15
"""Lines from which on a topic, and an option of a question, is well understood."""


def thin(content: Content) -> Iterator[str]:
    """The topics and options that have too few example lines, and how many they have."""
    for name in content.topics:
        count = len(content.heard_topics.get(name, ()))
        if count < TOPIC:
            yield f"topic {name} ({count} of {TOPIC})"
    lists = dict(examples.of(content.examples, "replies"))
    for name, question in content.questions.items():
        heard = content.heard_options.get(name, {})
        for option in question.options:
            count = len(heard.get(option, ())) + len(lists.get(name, {}).get(option, ()))
            if count < OPTION:
                yield f"{name}: {option} ({count} of {OPTION})"

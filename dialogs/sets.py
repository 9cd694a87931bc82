"""Chosen options as one word of a button: an option's id, or a set of ticks found again by it."""

from zlib import crc32

from dialogs.chat import base36
from dialogs.forks import choices
from dialogs.pages import Question


def word(options: tuple[str, ...]) -> str:
    """One option by its id; several by a mark of their ids, which begins as no id can."""
    if len(options) == 1:
        return options[0]
    return "0" + base36(crc32(",".join(sorted(options)).encode()))


def options(question: Question, told: str) -> tuple[str, ...] | None:
    """The options a word stands for, in the question's order; None when it has no such choice."""
    if told in question.options:
        return (told,)
    several = choices(question) if question.several else ()
    return next((chosen for chosen in several if word(chosen) == told), None)

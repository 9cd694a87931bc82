"""What a change alters, in words: before it is confirmed, and after it was made."""

from collections.abc import Iterator
from dataclasses import replace

from dialogs.answering import Answering, Moment
from dialogs.comparing import compare
from dialogs.pages import Question
from dialogs.routine import Line
from dialogs.speaking import BULLET, Speaker
from dialogs.turns import Part

SHOWN = 5
"""Lines of the plan that are shown of those that come, and of those that go."""


def told(talk: Answering, before: Moment, after: Moment) -> tuple[Part, ...]:
    """The questions and lines that come and go from one moment to the other; () for none."""
    routines = talk.built(before), talk.built(after)
    alters = compare(talk.flow.questions, before.run, after.run, *routines)
    return (
        *_titles(talk.say, "alters-closed", alters.closed),
        *_titles(talk.say, "alters-opened", alters.opened),
        *_lines(talk.say, "alters-gone", alters.gone),
        *_lines(talk.say, "alters-come", alters.come),
    )


def _titles(say: Speaker, page: str, questions: tuple[Question, ...]) -> Iterator[Part]:
    if questions:
        yield say.part(page, questions=", ".join(question.title for question in questions))


def _lines(say: Speaker, head: str, lines: tuple[Line, ...]) -> Iterator[Part]:
    if not lines:
        return
    yield say.part(head)
    for line in lines[:SHOWN]:
        yield Part(line.step.name, BULLET + line.step.text, tight=True)
    if len(lines) > SHOWN:
        yield replace(say.part("alters-more", count=str(len(lines) - SHOWN)), tight=True)

"""Example routines for the book, chosen so that together they show every line there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.pages import Question, Step, Test
from dialogs.player import Player
from dialogs.recording import NONE
from dialogs.turns import Reply, Turn

FEWEST = 12
"""Examples in a book, if that many differ."""
LONGEST = 60
"""Questions in one talk, far more than any flow asks."""

Allowed = dict[str, frozenset[str]]
"""Question -> the options that lead where we want to go."""


@dataclass(frozen=True, slots=True)
class Example:
    """A whole talk by its answers (question -> options), and the plan it ends with."""

    answers: Mapping[str, tuple[str, ...]]
    plan: Reply
    lines: frozenset[str]

    @property
    def shows(self) -> frozenset[tuple[str, str]]:
        """Every option chosen in it."""
        return frozenset((name, option) for name, given in self.answers.items() for option in given)


def examples(content: Content, conversation: Conversation, now: datetime) -> list[Example]:
    """Choose the plain talk first, then ever the one that adds most lines, then most options."""
    found = [_play(content, conversation, now, allowed) for allowed in _ways(content)]
    chosen, left = found[:1], found[1:]
    lines, shown = set(found[0].lines), set(found[0].shows)
    while left:
        best = max(left, key=lambda e: (len(e.lines - lines), len(e.shows - shown)))
        adds = best.lines - lines
        if not adds and (len(chosen) >= FEWEST or not best.shows - shown):
            break
        left.remove(best)
        chosen.append(best)
        lines |= best.lines
        shown |= best.shows
    return chosen


def _ways(content: Content) -> Iterator[Allowed]:
    """Ways through the questions: the plain one, one for each line, one for each option."""
    yield {}
    for step in content.steps.values():
        for test in step.when or ({},):
            yield _towards(content, test, step)
    for question in content.questions.values():
        for option in question.options:
            yield _towards(content, {question.name: frozenset({option})})


def _towards(content: Content, test: Test, step: Step | None = None) -> Allowed:
    """What must be answered for a test to hold, questions before it included."""
    allowed: Allowed = {}
    waiting = [test]
    while waiting:
        for name, wanted in waiting.pop().items():
            question = content.questions.get(name)
            if question is None or name in allowed:
                continue
            allowed[name] = frozenset(
                o for o in question.options if question.counting((o,)) & wanted
            )
            waiting += question.when[:1]
    for barred in step.unless if step else ():
        for name, options in barred.items():
            known = allowed.get(name, frozenset(content.questions[name].options))
            allowed[name] = known - options or known
    return allowed


def _play(content: Content, conversation: Conversation, now: datetime, allowed: Allowed) -> Example:
    """Talk until no question is open, through the conversation itself."""
    player = Player(conversation, now)
    player.say("/start")
    turn = player.tap(player.find("consent"))
    answers: dict[str, tuple[str, ...]] = {}
    for _ in range(LONGEST):
        question = _asked(content, turn)
        if question is None:
            break
        option = _option(question, allowed.get(question.name))
        answers[question.name] = (option,)
        turn = player.tap(player.find(option, question.name))
        if question.several:
            turn = player.tap(player.find("done", question.name))
    plan = turn.replies[-1]
    return Example(answers, plan, frozenset(plan.pages) & content.steps.keys())


def _asked(content: Content, turn: Turn) -> Question | None:
    card = next((reply.card for reply in turn.replies if reply.card), None)
    return content.questions.get(card.question) if card else None


def _option(question: Question, allowed: frozenset[str] | None) -> str:
    """The plainest of the options allowed: nothing wrong, or the least careful one."""
    order = [*reversed(question.safer_first)] or [*question.options]
    fitting = [option for option in order if allowed is None or option in allowed] or order
    return NONE if NONE in fitting else fitting[0]

"""Example routines for the book, chosen so that together they show every line there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.pages import Question, Step, Test
from dialogs.player import Player
from dialogs.turns import Reply, Turn

FEWEST = 12
"""Examples in a book, if that many differ."""
LONGEST = 60
"""Questions in one talk, far more than any flow asks."""

Allowed = dict[str, tuple[frozenset[str], ...]]
"""Question -> the options that lead where we want to go; of each set one, where ticks are set."""


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
            yield _towards(content, {question.name: frozenset((option,))})


def _towards(content: Content, test: Test, step: Step | None = None) -> Allowed:
    """What must be answered for a test to hold, questions and named facts before it included."""
    allowed: Allowed = {}
    waiting = [test]
    while waiting:
        for name, wanted in waiting.pop().items():
            question = content.questions.get(name)
            if question is None:
                rows = content.rules.named.get(name, ())
                waiting += [row.when[0] for row in rows if row.value in wanted and row.when][:1]
            elif question.several or name not in allowed:
                waiting += question.when[:1] if name not in allowed else ()
                fitting = (o for o in question.options if question.counting((o,)) & wanted)
                allowed[name] = (*allowed.get(name, ()), frozenset(fitting))
    for barred in step.unless if step else ():
        for name, options in barred.items():
            if question := content.questions.get(name):
                known = allowed.get(name, (frozenset(question.options),))
                allowed[name] = tuple(some - options or some for some in known)
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
        wanted = allowed.get(question.name, (frozenset(question.options),))
        options = tuple(dict.fromkeys(_option(question, some) for some in wanted))
        answers[question.name] = options
        for option in options:
            turn = player.tap(player.find(option, question.name))
        if question.several:
            turn = player.tap(player.find("done", question.name))
    plan = turn.replies[-1]
    return Example(answers, plan, frozenset(plan.pages) & content.steps.keys())


def _asked(content: Content, turn: Turn) -> Question | None:
    card = next((reply.card for reply in turn.replies if reply.card), None)
    return content.questions.get(card.question) if card else None


def _option(question: Question, allowed: frozenset[str]) -> str:
    """The plainest of the options allowed: nothing wrong, or the least careful one."""
    order = [*reversed(question.safer_first)] or [*question.options]
    return next((option for option in order if option in allowed), order[0])

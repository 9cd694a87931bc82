"""How an answer enters a run: what it replaces, what falls away, and how to take it back."""

from collections.abc import Mapping
from datetime import datetime

from dialogs.chat import Answer, Before, Run
from dialogs.derived import doubted_by_change
from dialogs.flow import Flow, Path
from dialogs.pages import Question

DEEPEST = 10
"""Replaced answers kept behind one answer, so that each change can be undone in turn."""


def record(
    flow: Flow,
    run: Run,
    question: Question,
    options: tuple[str, ...],
    times: int,
    now: datetime,
    message_id: int | None,
) -> Run:
    """The run with one answer given or replaced by another.

    Answers that surely are not asked any more fall away and are kept in the new answer's
    `previous`; going back to the replaced options brings them back. Answers behind a newly opened
    question stay until it is known whether they are still asked.
    """
    old = run.answers.get(question.name)
    back = old.previous.fell if old and goes_back(old, options) and old.previous else {}
    before = Before(answer=old) if old and old.options != options else None
    values = {"options": options, "at": now, "message_id": message_id, "times": times}
    answer = Answer.made({**values, "previous": before})
    return _with(flow, run, question.name, answer, back)


def change(
    flow: Flow,
    run: Run,
    question: Question,
    options: tuple[str, ...],
    now: datetime,
    message_id: int | None,
) -> Run:
    """The run with an answer changed; back to what it replaced, it is exactly as it was then."""
    old = run.answers[question.name]
    if goes_back(old, options):
        return restored(flow, run, question.name, now)
    return record(flow, run, question, options, old.times, now, message_id)


def goes_back(answer: Answer, options: tuple[str, ...]) -> bool:
    """Whether these are the options that an answer replaced."""
    return answer.previous is not None and answer.previous.answer.options == options


def restored(flow: Flow, run: Run, name: str, now: datetime) -> Run:
    """The run as it was before an answer was replaced, or before it was given at all.

    A check that became due in between stays due: an answer brought back late is a late change.
    """
    if doubted_by_change(run, flow.rules, now):
        run = run.model_copy(update={"doubted": now})
    gone = run.answers[name]
    if gone.previous is None:
        return _without(run, name)
    before = gone.previous
    after = _with(flow, run, name, before.answer, before.fell)
    lost = {n: a for n, a in run.answers.items() if n not in after.answers}
    if not lost:
        return after
    # Something was said since that only belongs to the answer now undone: that is kept too.
    kept = Before(answer=gone.model_copy(update={"previous": None}), fell=lost)
    answer = before.answer.model_copy(update={"previous": kept})
    return after.model_copy(update={"answers": {**after.answers, name: answer}})


def _with(flow: Flow, run: Run, name: str, answer: Answer, back: Mapping[str, Answer]) -> Run:
    """The run with this answer and those that come back with it, and without what falls away."""
    answers = {**back, **run.answers, name: answer}
    grown = run.model_copy(update={"answers": answers})
    fell = _fallen(flow, grown)
    names = tuple(answers)
    if not fell and answer.previous is None and flow.ordered(names) == names:
        return grown  # nearly always: the next answer of a talk
    if answer.previous and name in run.answers and run.answers[name] is answer.previous.answer:
        before = Before(answer=_shallow(answer.previous.answer, DEEPEST), fell=fell)
        answers[name] = answer.model_copy(update={"previous": before})
    brought = back.keys() - run.answers.keys()
    kept = {known: a for known, a in answers.items() if known not in fell or known in brought}
    # Always in one order, so that a change and the change back leave the very same text.
    names = flow.ordered(tuple(kept))
    return run.model_copy(update={"answers": {known: kept[known] for known in names}})


def _shallow(answer: Answer, depth: int) -> Answer:
    """An answer with so many replaced ones behind it at most."""
    if answer.previous is None:
        return answer
    if depth <= 1:
        return answer.model_copy(update={"previous": None})
    deeper = _shallow(answer.previous.answer, depth - 1)
    if deeper is answer.previous.answer:
        return answer
    before = answer.previous.model_copy(update={"answer": deeper})
    return answer.model_copy(update={"previous": before})


def _without(run: Run, name: str) -> Run:
    """The run without an answer, whose question is at the same asking again."""
    dropped = {n: times for n, times in run.dropped.items() if n != name}
    if run.answers[name].times > 1:
        dropped[name] = run.answers[name].times - 1
    answers = {n: a for n, a in run.answers.items() if n != name}
    return run.model_copy(update={"answers": answers, "dropped": dropped})


def _fallen(flow: Flow, run: Run) -> dict[str, Answer]:
    """The answers of a run that surely are not asked any more."""
    path = flow.walk(run)
    if len(path.answers) == len(run.answers):
        return {}
    return {
        name: gone
        for name, gone in run.answers.items()
        if name not in path.answers and not _may_be_asked(flow, path, name)
    }


def _may_be_asked(flow: Flow, path: Path, name: str) -> bool:
    """Whether a question lies behind one without an answer: nobody knows yet if it is asked."""
    order = list(flow.questions)
    if path.end is None or name not in order:
        return False
    return order.index(name) > order.index(path.end)


def tick(question: Question, ticks: tuple[str, ...], option: str, *, on: bool) -> tuple[str, ...]:
    """The ticks after one is set; one that stands alone and the others exclude each other."""
    if on:
        alone = option in question.alone
        chosen = {option} if alone else (set(ticks) - set(question.alone)) | {option}
    else:
        chosen = set(ticks) - {option}
    return tuple(known for known in question.options if known in chosen)


def without_last(run: Run, path: Path) -> Run | None:
    """The run without the last answer on its path; None when there is none to take back."""
    if not path.answers:
        return None
    last = list(path.answers)[-1]
    kept = {name: answer for name, answer in run.answers.items() if name != last}
    dropped = {**run.dropped, last: path.answers[last].times}
    return run.model_copy(update={"answers": kept, "dropped": dropped})


def given_by(path: Path, message_id: int) -> str | None:
    """The question whose answer was typed in this message, if there is one."""
    return next((n for n, a in path.answers.items() if a.message_id == message_id), None)

"""How an answer enters a run: what it replaces, what falls away, and how to take it back."""

from datetime import datetime

from dialogs.chat import Answer, Before, Run
from dialogs.flow import Flow, Path
from dialogs.pages import Question


def record(
    flow: Flow,
    run: Run,
    question: Question,
    options: tuple[str, ...],
    times: int,
    now: datetime,
    message_id: int | None,
) -> Run:
    """The run with one answer given or changed.

    Answers that surely are not asked any more fall away and are kept in the new answer's
    `previous`; going back to the replaced options brings them back. Answers behind a newly opened
    question stay until it is known whether they are still asked.
    """
    old = run.answers.get(question.name)
    changed = old is not None and old.options != options
    back = old.previous.fell if old and old.previous and old.previous.options == options else {}
    before = Before(options=old.options) if old and changed else None
    answer = Answer(options=options, at=now, message_id=message_id, times=times, previous=before)
    answers = {**back, **run.answers, question.name: answer}
    fell = _fallen(flow, run.model_copy(update={"answers": answers}), now)
    if before:
        before = before.model_copy(update={"fell": fell})
        answers[question.name] = answer.model_copy(update={"previous": before})
    kept = {name: given for name, given in answers.items() if name not in fell}
    return run.model_copy(update={"answers": kept})


def _fallen(flow: Flow, run: Run, now: datetime) -> dict[str, Answer]:
    """The answers of a run that surely are not asked any more."""
    path = flow.follow(run, now)
    return {
        name: gone.model_copy(update={"previous": None})
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


def last_at(run: Run) -> datetime:
    """When the person last answered in this run."""
    return max((answer.at for answer in run.answers.values()), default=run.started)

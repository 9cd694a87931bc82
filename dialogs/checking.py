"""What must hold between pages: every name leads somewhere and every limit is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from dialogs.buttons import Press
from dialogs.conditions import Known, known_names, rule_faults, test_faults
from dialogs.derived import NightKind
from dialogs.faults import Fault
from dialogs.limits import at, page_faults, unknown
from dialogs.pages import Message, Page, Question, Step
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from dialogs.content import Content

QUESTION_LINES = 3
LIST_LINES = 12
"""Lines of a question's text: 3, or 12 where it lists signs of danger (it has `safer_first`)."""

DATA_LIMIT = 64
"""Telegram's limit: bytes behind a button."""

CARE = ("morning", "evening", "week")
"""The parts of a routine that say what to do."""

MESSAGES = (
    *("progress", "undone", "change-list", "change-none", "change-pick", "edit-unused"),
    *("alters-closed", "alters-opened", "alters-gone", "alters-come", "alters-more"),
    *("not-understood-help", "not-understood-unsure", "unknown-command"),
    "too-fast",
    "asked-again",
    *("confirm-answer", "did-you-mean", "did-you-mean-labels", "danger-ask"),
    *("welcome", "consent-first", "returning", "resume", "recheck"),
    *("before-plan", "plan-so-far", "nothing-open"),
    *(
        "noted",
        "noted-toast",
        "changed",
        "confirm-less-safe",
        "kept",
        "back-none",
        "stale",
        "foreign",
    ),
    *("not-understood", "not-understood-again", "not-text", "photo", "group", "apology", "damaged"),
    *("level-home", "level-planned", "level-soon", "level-urgent", "level-emergency"),
    *("head-first", "head-morning", "head-evening", "head-week", "head-avoid", "head-seen"),
    *(
        "card-end",
        "returning-done",
        "here",
        "no-operator",
        "words-dropped",
        "words-kept",
        "why-intro",
        "why-because",
        "why-source",
        "why-house",
        "sources",
        "source-line",
    ),
    *("help", "about", "privacy", "forget-ask", "forgotten", "ticks-done", "none-ticked"),
    *("description", "short-description", "reviewed", "not-reviewed"),
)
"""The messages the conversation itself says."""

NIGHTS = tuple(f"night-{kind}" for kind in get_args(NightKind))
"""The messages for the evenings of a ladder, needed where a line has one."""

COMMANDS = (
    *("start", "routine", "learn", "back", "change", "undo", "help", "about", "privacy"),
    *("sources", "forget", "why"),
)


def faults(content: Content) -> Iterator[Fault]:
    """Everything wrong between the pages of content that could be read."""
    for page in _all_pages(content):
        yield from page_faults(content, page)
    for flow in content.flows.values():
        earlier: dict[str, Question] = {}
        for question in flow.values():
            yield from _question_faults(content, question, earlier)
            earlier[question.name] = question
    for step in content.steps.values():
        yield from test_faults(content, step, known_names(content))
        yield from _step_faults(content, step)
    for topic in content.topics.values():
        if unknown(content, content.messages, topic.section):
            yield at(content, topic, f"no message is named `{topic.section}`", "section")
    yield from _name_faults(content)
    yield from _hear_faults(content)
    yield from rule_faults(content)


def _all_pages(content: Content) -> Iterable[Page]:
    groups = (content.questions, content.steps, content.topics, content.messages)
    return [page for group in groups for page in group.values()]


def _question_faults(
    content: Content, question: Question, earlier: dict[str, Question]
) -> Iterator[Fault]:
    known: Known = {name: set(page.options) for name, page in earlier.items()}
    yield from test_faults(content, question, known)
    limit = LIST_LINES if question.safer_first else QUESTION_LINES
    if len(question.text.splitlines()) > limit:
        yield at(content, question, f"the text has more than {limit} lines", "text")
    yield from _option_faults(content, question)
    if question.safer_first and sorted(question.safer_first) != sorted(question.options):
        yield at(content, question, "`safer_first` names every option once", "safer_first")
    for option in question.options:
        longest = Press(run="z" * 9, question=question.name, times=999, option=option, mark="!")
        if len(longest.data.encode()) > DATA_LIMIT:
            yield at(content, question, "name and option are too long together", "options", option)


def _option_faults(content: Content, question: Question) -> Iterator[Fault]:
    for key in ("counts_as", "reply"):
        for option in getattr(question, key):
            if option not in question.options:
                yield at(content, question, f"no option is named `{option}`", key, option)
    for option, other in question.counts_as.items():
        if other not in question.options:
            yield at(content, question, f"no option is named `{other}`", "counts_as", option)
    for option, message in question.reply.items():
        if unknown(content, content.messages, message):
            yield at(content, question, f"no message is named `{message}`", "reply", option)


def _step_faults(content: Content, step: Step) -> Iterator[Fault]:
    if step.ladder is not None and step.ladder not in content.rules.ladders:
        yield at(content, step, f"no ladder is named `{step.ladder}`", "ladder")
    if step.level != "home" and step.part not in ("first", "seen"):
        yield at(content, step, "only `first` and `seen` lines have a level", "level")
    if step.active and step.region != "face_outside_orbit":
        yield at(content, step, "an active keeps to `region: face_outside_orbit`", "active")
    if step.active and not step.when:
        yield at(content, step, "an active needs a `when`", "active")
    if "\n" in step.text:
        yield at(content, step, "a line of the routine is one line", "text")
    yield from _active_faults(content, step)
    for number, name in enumerate(step.facts):
        if name in content.facts and content.facts[name].strength == "commercial":
            text = f"`{name}` is the seller's claim; no routine rests on it"
            yield at(content, step, text, "facts", str(number))


def _active_faults(content: Content, step: Step) -> Iterator[Fault]:
    """A line that names an acid or retinoid counts as one, whatever its settings say."""
    wording = content.wording
    if step.active and wording.apart not in step.text:
        yield at(content, step, f"an active line says `{wording.apart}`", "text")
    if step.active:
        return
    if step.part in CARE and wording.names_active(step.text):
        yield at(content, step, "names an acid or retinoid, so it needs `active`", "text")
    elif wording.offers_active(step.text):
        yield at(content, step, "names an acid or retinoid without any caution", "text")


def _name_faults(content: Content) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for group in (content.steps, content.topics, content.messages):
        for name, page in group.items():
            if name in seen:
                yield at(content, page, f"`{name}` is already the name of {seen[name]}")
            seen[name] = page.file
    nights = NIGHTS if any(step.ladder for step in content.steps.values()) else ()
    for name in (*MESSAGES, *nights):
        if unknown(content, content.messages, name):
            yield Fault(f"en/messages/{name}.md", 1, "this message is missing")
    for name in COMMANDS:
        if unknown(content, content.commands, name):
            yield Fault("en/commands.yaml", 1, f"the command `{name}` is missing")
    for name in content.commands.keys() - set(COMMANDS) - content.messages.keys():
        yield Fault("en/commands.yaml", 1, f"no message is named `{name}`")


def _hear_faults(content: Content) -> Iterator[Fault]:
    words = {
        normalise(word): name
        for name, command in content.commands.items()
        for word in (name, *command.hear)
    }
    for question in content.questions.values():
        for option, label in question.options.items():
            if command := words.get(normalise(label)):
                text = f"this label is also the command /{command}"
                yield at(content, question, text, "options", option)
        yield from _example_faults(content, question)
    yield from _line_faults(content)
    for name, message in content.messages.items():
        if message.danger and name not in content.danger:
            yield at(content, message, f"no `hear/messages/{name}.yaml` says when this is said")
        if message.danger and message.level is None:
            yield at(content, message, "a danger message has a `level`")
        yield from _instead_faults(content, message)


def _instead_faults(content: Content, message: Message) -> Iterator[Fault]:
    """Answers and messages that a message gives way to, and that are none.

    The messages serve contents with other questions too: one that is not asked decides nothing.
    """
    for name, pages in message.instead.items():
        options = content.questions[name].options if name in content.questions else pages
        for option, page in pages.items():
            if option not in options or page not in content.messages:
                text = f"`{name}: {option}` is no answer, or `{page}` no message"
                yield at(content, message, text, "instead")


def _line_faults(content: Content) -> Iterator[Fault]:
    """Files of example lines that belong to no page."""
    known: dict[str, Container[str]] = {
        "topics": content.topics,
        "talk": {*content.messages, "nothing"},
        "commands": {*content.commands, "progress"},
        "replies": content.questions,
        "signs": {*content.danger, "harmless"},
    }
    for (folder, name), raw in content.examples.items():
        if folder in known and unknown(content, known[folder], name):
            yield Fault(raw.file, 1, f"no page of {folder}/ that is listened for is named `{name}`")


def _example_faults(content: Content, question: Question) -> Iterator[Fault]:
    folder = question.file.split("/")[1]
    file = f"en/hear/{folder}/{question.name}.yaml"
    owner: dict[str, str] = {}
    for option, examples in content.heard_options.get(question.name, {}).items():
        if option not in question.options:
            line = content.sources[file].line(option)
            yield Fault(file, line, f"`{question.name}` has no option `{option}`")
        for number, example in enumerate(examples):
            other = owner.setdefault(normalise(example), option)
            if other != option:
                line = content.sources[file].line(option, str(number))
                yield Fault(file, line, f"this stands under `{other}` too")

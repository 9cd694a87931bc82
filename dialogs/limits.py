"""What one page may hold: lengths, markup, slots, and facts and buttons that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.buttons import ACTIONS
from dialogs.faults import Fault
from dialogs.pages import Message, Page, Step, Topic

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from dialogs.content import Content

PAGE_LINES = 25
WORDS = {Step: 30, Topic: 120}
"""Words of a page's text at most, by kind of page (source: the content format)."""

TEXT_LIMIT = 4096
"""UTF-16 units of a message (Telegram)."""

PLAIN_LIMITS = {
    **dict.fromkeys(("noted-toast", "stale", "foreign", "none-ticked", "undone"), 200),
    "description": 512,
    "short-description": 120,
}
"""Characters of the pages that Telegram shows without markup: toasts and the bot's profile."""

ALWAYS = frozenset({"operator", "contact", "privacy", "review", "words"})
SLOTS = {
    "progress": {"number", "about"},
    "not-understood-again": {"example", "other"},
    "not-understood-unsure": {"option"},
    "alters-closed": {"questions"},
    "alters-opened": {"questions"},
    "alters-more": {"count"},
    "noted": {"echo"},
    "noted-toast": {"echo"},
    "changed": {"echo"},
    "confirm-less-safe": {"echo"},
    "confirm-answer": {"echo"},
    "why-because": {"because"},
    "why-source": {"sources"},
    "source-line": {"title", "url"},
    "group": {"link"},
    "reviewed": {"reviewer", "date"},
    "night-rest": {"day"},
    "night-sunscreen": {"day"},
    "night-test": {"day"},
    "night-active": {"day"},
}
"""The slots a message may have, besides those that are always known."""

_BAD_MARKUP = ("\n#", "```", "![", "<", "\n|", "\n>", "\n1.")


def unknown(content: Content, known: Container[str], name: str) -> bool:
    """Whether nothing has this name; a page that could not be read is not reported twice."""
    return name not in known and name not in content.broken


def at(content: Content, page: Page, text: str, *place: str) -> Fault:
    """A fault at a place of a page."""
    return Fault(page.file, content.sources[page.file].line(*place), text)


def page_faults(content: Content, page: Page) -> Iterator[Fault]:
    """What is wrong with one page by itself."""
    source = content.sources[page.file]
    if source.body_line + page.text.count("\n") > PAGE_LINES:
        yield at(content, page, f"a page has at most {PAGE_LINES} lines", "text")
    limit = WORDS.get(type(page))
    if limit and len(page.text.split()) > limit:
        yield at(content, page, f"the text has more than {limit} words", "text")
    if len(page.text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        yield at(content, page, f"the text is over {TEXT_LIMIT} characters", "text")
    yield from _markup_faults(content, page)
    allowed = (ALWAYS | SLOTS.get(page.name, set())) if isinstance(page, Message) else set()
    for slot in sorted(page.slots - allowed):
        yield at(content, page, f"no slot `{{{slot}}}` can stand on this page", "text")
    for number, fact in enumerate(getattr(page, "facts", ())):
        if unknown(content, content.facts, fact):
            yield at(content, page, f"no fact is named `{fact}`", "facts", str(number))
    for ban in content.wording.broken(page.name, page.text):
        yield at(content, page, f"a banned claim ({ban.why}): {ban.pattern}", "text")
    if isinstance(page, Message):
        yield from _message_faults(content, page)


def _markup_faults(content: Content, page: Page) -> Iterator[Fault]:
    for mark in _BAD_MARKUP:
        if mark in f"\n{page.text}":
            yield at(content, page, f"Telegram cannot show `{mark.strip()}`", "text")
    if page.text.count("**") % 2:
        yield at(content, page, "a `**` is not closed", "text")


def _message_faults(content: Content, message: Message) -> Iterator[Fault]:
    limit = PLAIN_LIMITS.get(message.name)
    if limit and len(message.text) > limit:
        yield at(content, message, f"the text has more than {limit} characters", "text")
    if (limit or message.plain) and any(mark in message.text for mark in ("**", "](")):
        yield at(content, message, "this page is shown as plain text: no markdown", "text")
    for option in message.buttons:
        command = option.startswith("do-") or option in content.topics
        if option not in ACTIONS and not command and unknown(content, content.messages, option):
            yield at(content, message, f"no button does `{option}`", "buttons", option)

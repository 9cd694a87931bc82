"""The book put together: cover with a place to sign, chapters, style, in one file."""

from datetime import datetime
from pathlib import Path

from htpy import (
    Element,
    Node,
    a,
    body,
    code,
    div,
    h1,
    head,
    header,
    html,
    li,
    main,
    meta,
    nav,
    p,
    style,
    table,
    td,
    th,
    title,
    tr,
    ul,
)
from markupsafe import Markup

from bot.book.chapters import Chapters, coverage
from bot.book.coverage import TALKS
from bot.book.coverage import coverage as played
from bot.book.examples import examples
from dialogs.content import Content
from dialogs.conversation import Conversation

STYLE = Path(__file__).with_name("book.css")
CHAPTERS = {
    "diagram": "The way through the questions",
    "questions": "Questions",
    "examples": "Example plans",
    "plan": "Lines of the plan",
    "topics": "Topics",
    "messages": "Messages",
    "coverage": "What the written talks reach",
    "facts": "Facts and sources",
}
SIGNED = ("Name", "Profession, registration", "Date", "Signature")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write(content: Content, conversation: Conversation, now: datetime, talks: Path = TALKS) -> str:
    """Write the book as HTML that needs nothing from anywhere."""
    made = Chapters(content)
    chosen = examples(content, conversation, now)
    chapters: list[Node] = [
        made.diagram(),
        made.questions(),
        made.examples(chosen),
        made.plan(),
        made.topics(),
        made.messages(),
        coverage(*played(content, conversation, now, talks)),
        made.facts(),
    ]
    return str(html(lang="en")[_head(content), body[_cover(content, now), main[chapters]]])


def _head(content: Content) -> Element:
    css = Markup(STYLE.read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return head[
        meta(charset="utf-8"),
        meta(name="viewport", content="width=device-width, initial-scale=1"),
        meta(http_equiv="Content-Security-Policy", content=POLICY),
        title[f"Everything the bot says, version {content.hash}"],
        style[css],
    ]


def _cover(content: Content, now: datetime) -> Element:
    counts = (
        f"{len(content.questions)} questions, {len(content.steps)} lines of the plan, "
        f"{len(content.topics)} topics, {len(content.messages)} messages, "
        f"{len(content.facts)} facts"
    )
    return header[
        h1["Everything the bot says"],
        p[f"Version {content.hash}, written out on {now:%Y-%m-%d}: {counts}."],
        p[
            "For a clinician to read. Each page stands with the facts it rests on and their ",
            "sources; mark what should change, then sign. The signature holds for this version ",
            "only: ",
            code["milia-bot check"],
            " prints the version of the content in use.",
        ],
        div(".sign")[table[[tr[th[name], td] for name in SIGNED]]],
        nav(aria_label="Chapters")[
            ul[[li[a(href=f"#{name}")[said]] for name, said in CHAPTERS.items()]]
        ],
    ]

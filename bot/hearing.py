"""`milia-bot hear`: what typed words mean, as lines of JSON, or told in words for one text."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dialogs.content import Content
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
    Done,
    MaybeDanger,
    Meaning,
    Sure,
    Understanding,
    Unsure,
)


def answers(content: Content, lines: Iterable[str]) -> Iterator[str]:
    """For each line `{"text": ..., "question": optional}` the meaning, as a line of JSON.

    Raises:
        ValueError: a line is no such object, or names no question.

    """
    reader = Understanding(content)
    for line in lines:
        if line.strip():
            yield json.dumps(_heard(content, reader, json.loads(line)), ensure_ascii=False)


def _heard(content: Content, reader: Understanding, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise ValueError('a line is an object with a "text"')  # noqa: TRY004 - one error for all
    name = asked.get("question")
    if name and name not in content.questions:
        raise ValueError(f"no question is named `{name}`")
    meaning = reader.read(asked["text"], content.questions[name] if name else None)
    return {**EMPTY, **_told(content, meaning, name)}


EMPTY: dict[str, Any] = {
    "kind": "none",
    "value": None,
    "question": None,
    "level": None,
    "confidence": 0.0,
    "alternatives": [],
}


def _told(  # noqa: PLR0911 - one kind of meaning a line
    content: Content, meaning: Meaning, name: str | None
) -> dict[str, Any]:
    """What one meaning is called; `asked` marks what is only done after a yes.

    A danger that is only asked about is `unsure`, with its cards as alternatives.
    """
    match meaning:
        case Danger(page):
            level = content.messages[page].level
            return {"kind": "danger", "value": page, "level": level, "confidence": 1.0}
        case MaybeDanger(pages, confidence, topic=topic):
            hinted = _hinted(content, pages, topic)
            found: dict[str, Any] = {"kind": "unsure", "level": hinted[0]["level"], "asked": True}
            return {**found, "confidence": confidence, "alternatives": hinted}
        case Command() | About() as sure:
            others = [{"kind": "topic", "value": n} for n in getattr(sure, "others", ())]
            return {**_sure(sure), "confidence": sure.confidence, "alternatives": others}
        case Choice(options):
            return {"kind": "answer", "question": name, "confidence": 1.0, **_value(options)}
        case Confirm(options, confidence):
            found = {"kind": "answer", "question": name, "confidence": confidence, "asked": True}
            return {**found, **_value(options)}
        case Correction(question, options, said, confidence):
            found = {"kind": "correction", "question": question, "confidence": confidence}
            found["asked"] = not said
            return {**found, **_value(options)}
        case Unsure(sures, confidence):
            others = [{**_sure(sure), "question": name} for sure in sures]
            return {"kind": "unsure", "confidence": confidence, "alternatives": others}
        case Done():
            return {"kind": "command", "value": "done", "confidence": 1.0}
    return {}


def _hinted(content: Content, pages: tuple[str, ...], topic: str | None) -> list[dict[str, Any]]:
    """The dangers that are asked about, and after the likeliest the topic that a no leads to."""
    dangers = [
        {"kind": "danger", "value": page, "level": content.messages[page].level} for page in pages
    ]
    led = [{"kind": "topic", "value": topic, "level": None}] if topic else []
    return [*dangers[:1], *led, *dangers[1:]]


def _value(options: tuple[str, ...]) -> dict[str, Any]:
    if len(options) == 1:
        return {"value": options[0]}
    return {"value": options[0], "values": list(options)}


def _sure(sure: Sure) -> dict[str, Any]:
    if isinstance(sure, Choice):
        return {"kind": "answer", "value": sure.options[0]}
    if isinstance(sure, Command):
        return {"kind": "command", "value": sure.name}
    return {"kind": "topic", "value": sure.topic}


SHOWN = 4
"""Readings that are told of."""


def explained(content: Content, text: str, question: str | None) -> str:
    """Why a text is read as it is: the rules and examples that fit, and what is nearest.

    Raises:
        ValueError: no question has that name.

    """
    reader = Understanding(content)
    asked = {"text": text, "question": question}
    lines = [json.dumps(_heard(content, reader, asked), ensure_ascii=False)]
    meaning = reader.read(text, content.questions[question] if question else None)
    lines += [f"because of: {why}" for why in getattr(meaning, "because", ())]
    lines += [f"like: {like}" for like in reader.train().nearest(text)]
    if question:
        readings = reader.readings(text, content.questions[question])[:SHOWN]
        lines += [f"may be: {r.kind} {r.name} ({r.share:.0%})".replace("  ", " ") for r in readings]
    return "\n".join(lines)

"""What editors are told beside the local chat: where messages come from, and the talk as a test."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from bot.outgoing import Outgoing
from bot.playground import Playground
from bot.rereading import Pages
from dialogs.content import Content
from dialogs.player import heard, spell
from dialogs.turns import Button, CalledInGroup, Event, Hurried, Sent, Tapped, Turn, Typed

Json = dict[str, Any]
OLDER = "# the next line edited an older text, but a test can only edit the last one"
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


class LocalPanel:
    """Gathers what the bot itself knows and Telegram is never told. Made inside a running loop."""

    def __init__(self, server: Playground, pages: Pages) -> None:
        self._server, self._pages = server, pages
        self._loop = asyncio.get_running_loop()
        self._origins: dict[int, dict[int, list[Json]]] = defaultdict(dict)
        self._talks: dict[int, list[str]] = defaultdict(list)
        self._typed: dict[int, int] = defaultdict(int)

    def known(self, person: int) -> Json:
        """Give everything there is to tell about one person's chat."""
        talk = self._script(person)
        return {"origins": self._origins[person], "content": self._content(), "talk": talk}

    def sent(self, chat: int, message_id: int, message: Outgoing) -> None:
        """Note the pages of a message that has arrived."""
        pages = [origin(self._pages.content, page) for page in dict.fromkeys(message.pages)]
        self._origins[chat][message_id] = pages
        self._server.state.tell("panel", chat, {"origins": {message_id: pages}})

    def waited(self, seconds: float) -> None:
        """Note that the clock was moved, in every talk that has begun."""
        for chat, lines in self._talks.items():
            lines.append(f"wait {_spelled(seconds)}")
            self._tell_talk(chat)

    def heard(self, event: Event, turn: Turn) -> None:
        """Note a turn, from any thread."""
        self._loop.call_soon_threadsafe(self._heard, event, turn)

    def reread(self) -> None:
        """Tell that the pages have changed, from any thread."""
        told = {"content": self._content()}
        self._loop.call_soon_threadsafe(self._server.state.tell, "panel", None, told)

    def _heard(self, event: Event, turn: Turn) -> None:
        if (
            isinstance(event, CalledInGroup | Hurried)
            or (chat := self._chat(event.message_id)) is None
        ):
            return
        older = isinstance(event, Typed) and event.edited and event.message_id != self._typed[chat]
        self._talks[chat] += [*([OLDER] if older else ()), _line(event), *heard(turn)]
        self._tell_talk(chat)
        if isinstance(event, Typed) and not event.edited:
            self._typed[chat] = event.message_id

    def _chat(self, message_id: int) -> int | None:
        """Find the chat of a message; no two chats of a stand-in share an id."""
        chats = self._server.state.chats.values()
        return next((chat.id for chat in chats if message_id in chat.messages), None)

    def _script(self, chat: int) -> str:
        return "".join(f"{line}\n" for line in self._talks.get(chat, ()))

    def _tell_talk(self, chat: int) -> None:
        self._server.state.tell("panel", chat, {"talk": self._script(chat)})

    def _content(self) -> Json:
        faults = [
            {"file": fault.file, "line": fault.line, "text": fault.text}
            for fault in self._pages.faults
        ]
        return {"hash": self._pages.content.hash, "faults": faults}


def origin(content: Content, page: str) -> Json:
    """Give a page's file and facts. A question is shown as `name?`, its reason as `name?why`."""
    name, mark, _ = page.partition("?")
    groups = (content.steps, content.topics, content.messages)
    pages = [content.questions] if mark else groups
    found = next((group[name] for group in pages if name in group), None)
    file, facts = (found.file, found.facts) if found else ("", ())
    return {"page": page, "file": file, "facts": _facts(content, facts)}


def _facts(content: Content, names: Iterable[str]) -> list[Json]:
    facts = (content.facts[name] for name in names)
    shown = {"id", "says", "source", "url", "strength"}
    return [fact.model_dump(include=shown) for fact in facts]


def _line(event: Typed | Tapped | Sent) -> str:
    """Write what a person did as a line of a transcript."""
    if isinstance(event, Tapped):
        return f"you {spell(Button('', event.data))}"
    if isinstance(event, Sent):
        return f"you ({event.what})"
    return f"{'edit' if event.edited else 'you'} {' '.join(event.text.split())}"


def _spelled(seconds: float) -> str:
    """Write a wait in the largest unit that fits it whole."""
    unit, size = next(((u, s) for u, s in UNITS if seconds % s == 0), UNITS[-1])
    count = round(seconds / size)
    return f"{count} {unit}{'s' * (count != 1)}"

"""A talk with one person in memory, kept as a transcript that can be played again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dialogs.buttons import Press, parse
from dialogs.chat import Chat, load
from dialogs.conversation import Conversation
from dialogs.turns import Button, Event, Reply, Sent, Tapped, Turn, Typed

_TAP = re.compile(r"\[(?:([a-z0-9_-]+): )?([a-z0-9_-]+)\]")
_WAIT = re.compile(r"wait (\d+) (minute|hour|day)s?")


class PlayError(Exception):
    """A line of a transcript that cannot be played, or a reply that is not the one expected."""


@dataclass
class Player:
    """Plays events against a conversation, saving and reading the chat back between turns.

    A transcript has a line for each thing that happens: `you some words`, `you [option]` or
    `you [question: option]` for a tap, `you (photo)`, `edit some words` for an edit of the last
    text, `wait 3 days`, and for what comes back `bot page, page` and `toast page`.
    """

    conversation: Conversation
    now: datetime
    stored: str | None = None
    lines: list[str] = field(default_factory=list)
    shown: list[tuple[int, Reply]] = field(default_factory=list)
    last_text: int = 0
    _ids: int = 0

    @property
    def chat(self) -> Chat | None:
        """The chat as it is stored now."""
        return None if self.stored is None else load(self.stored)

    def say(self, text: str) -> Turn:
        """Type a text."""
        self.last_text = self._next_id()
        return self._take(f"you {text}", Typed(text, self.last_text))

    def edit(self, text: str) -> Turn:
        """Change the last typed text."""
        return self._take(f"edit {text}", Typed(text, self.last_text, edited=True))

    def send(self, what: str) -> Turn:
        """Send something that is not text (`photo`, `sticker`, ...)."""
        return self._take(f"you ({what})", Sent(what, self._next_id()))

    def tap(self, button: Button) -> Turn:
        """Press a button that was shown."""
        message_id = next((n for n, reply in self.shown if button in _buttons(reply)), 0)
        return self._take(f"you {spell(button)}", Tapped(button.data, message_id))

    def wait(self, passed: timedelta) -> None:
        """Let time pass."""
        self.now += passed

    def find(self, option: str, question: str | None = None) -> Button:
        """The newest button shown for an option (or action), of any or of one question.

        Raises:
            PlayError: there is none.

        """
        for _, reply in reversed(self.shown):
            for button in _buttons(reply):
                press = parse(button.data)
                if press and _named(press) == option and question in (None, press.question):
                    return button
        raise PlayError(f"no button [{option}] has been shown")

    def play(self, line: str) -> Turn | None:
        """Do what a transcript line of the person says; None for a line that waits.

        Raises:
            PlayError: the line is none that a person can say or do.

        """
        if match := _WAIT.fullmatch(line):
            self.wait(timedelta(**{f"{match.group(2)}s": int(match.group(1))}))
            self.lines.append(line)
            return None
        kind, _, rest = line.partition(" ")
        if kind == "edit":
            return self.edit(rest)
        if kind != "you":
            raise PlayError(f"not a line of a talk: {line}")
        if match := _TAP.fullmatch(rest):
            return self.tap(self.find(match.group(2), match.group(1)))
        return self.send(rest[1:-1]) if re.fullmatch(r"\([a-z_]+\)", rest) else self.say(rest)

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    def _take(self, line: str, event: Event) -> Turn:
        turn = self.conversation.turn(self.chat, event, self.now)
        self.stored = None if turn.chat is None else turn.chat.model_dump_json()
        self.shown += [(self._next_id(), reply) for reply in turn.replies]
        self.lines += [line, *heard(turn)]
        self.now += timedelta(seconds=1)
        return turn


def heard(turn: Turn) -> list[str]:
    """The transcript lines of what came back in a turn: pages by name, never prose."""
    toast = [f"toast {turn.toast.page}"] if turn.toast else []
    return [*toast, *(f"bot {', '.join(reply.pages)}" for reply in turn.replies)]


def spell(button: Button) -> str:
    """A button as a transcript names it."""
    press = parse(button.data)
    if press is None:
        return f"[{button.label}]"
    name = _named(press)
    return f"[{press.question}: {name}]" if press.question else f"[{name}]"


NAMED: Mapping[str, str] = {"=": "done", "!": "confirm", "?": "change", "<": "undo", "~": "undo"}
"""What a transcript calls the buttons that are no option: by their mark."""


def _named(press: Press) -> str:
    return NAMED.get(press.mark, press.option)


def _buttons(reply: Reply) -> list[Button]:
    return [button for row in reply.rows for button in row]

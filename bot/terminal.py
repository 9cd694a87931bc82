"""A talk in the terminal: the same conversation as in Telegram, with numbers for buttons."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from bot.rendering import Renderer
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import Button, Turn

GREETING = "/start"


def talk(
    conversation: Conversation,
    renderer: Renderer,
    clock: Callable[[], datetime],
    transcript: Path | None = None,
) -> None:
    """Talk on standard input and output until it ends; then leave the transcript.

    A number taps that button, anything else is typed. The transcript goes to the file, or is
    printed when the talk was a person's (a terminal) and no file was named.
    """
    if transcript is not None:
        transcript.touch()  # what cannot be written is told before the talk, not after it
    player = Player(conversation, clock())
    buttons = _show(player.say(GREETING), renderer)
    for line in _lines():
        player.now = max(player.now, clock())
        turn = player.tap(buttons[line]) if line in buttons else player.say(line)
        buttons = _show(turn, renderer) if turn.replies else buttons
    written = "\n".join(player.lines) + "\n"
    if transcript is not None:
        transcript.write_text(written, encoding="utf-8")
    elif sys.stdin.isatty():
        print(f"\n--- the talk, to be played again ---\n{written}", end="")  # noqa: T201


def _lines() -> Iterator[str]:
    """What is typed, line by line, until the end of input or Ctrl-C."""
    while True:
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line:
            yield line


def _show(turn: Turn, renderer: Renderer) -> dict[str, Button]:
    """Print what came back; the buttons now on screen by number."""
    if turn.toast:
        print(f"  ({renderer.plain(turn.toast)})")  # noqa: T201
    buttons: dict[str, Button] = {}
    for reply in turn.replies:
        for message in renderer.render(reply):
            print(f"\n{message.text}")  # noqa: T201
        for row in reply.rows:
            for button in row:
                buttons[str(len(buttons) + 1)] = button
                print(f"  [{len(buttons)}] {button.label}")  # noqa: T201
    return buttons

"""What the written talks of the tests come to: the pages they show, and those they never do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.player import Player, PlayError

TALKS = Path(__file__).parents[2] / "tests" / "conversations"
"""Where the talks are in a checkout; an installed program comes without them."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Of one kind of page, which are shown in the talks and which never are."""

    kind: str
    shown: tuple[str, ...]
    never: tuple[str, ...]


def coverage(
    content: Content, conversation: Conversation, now: datetime, folder: Path = TALKS
) -> tuple[int, list[Reached]]:
    """Play every talk; gives their number and what they reach by kind. No folder: nothing."""
    talks = sorted(folder.glob("*.txt"))
    shown = {page for talk in talks for page in _pages(conversation, now, talk)}
    kinds = {
        "questions": [f"{name}?" for name in content.questions],
        "lines of the plan": content.steps,
        "topics": content.topics,
        "messages": content.messages,
    }
    return len(talks), [_reached(kind, names, shown) for kind, names in kinds.items()]


def _reached(kind: str, names: Iterable[str], shown: set[str]) -> Reached:
    known = list(names)
    return Reached(
        kind,
        tuple(name for name in known if name in shown),
        tuple(name for name in known if name not in shown),
    )


def _pages(conversation: Conversation, now: datetime, talk: Path) -> set[str]:
    """The pages of one talk. A line that cannot be played is the tests' business, not ours."""
    player = Player(conversation, now)
    shown: set[str] = set()
    for line in talk.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("you ", "edit ", "wait ")):
            continue
        try:
            turn = player.play(line)
        except PlayError:
            break
        if turn:
            shown.update(page for reply in turn.replies for page in reply.pages)
            shown.update((turn.toast.page,) if turn.toast else ())
    return shown

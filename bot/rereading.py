"""A conversation about pages that somebody is writing: each turn takes them as they are now."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from dialogs.chat import Chat
from dialogs.content import Content, load
from dialogs.conversation import Conversation
from dialogs.faults import ContentError, Fault
from dialogs.speaking import Operator
from dialogs.turns import Event, Turn

Stamp = tuple[tuple[str, int, int], ...]


class Pages:
    """The content folder as it is now; while there are faults in it, as it last was without."""

    def __init__(self, folder: Path) -> None:
        """Read the folder.

        Raises:
            ContentError: the pages have faults.

        """
        self._folder, self._lock = folder, Lock()
        self._seen: Stamp | None = _stamp(folder)
        self.content: Content = load(folder)
        self.faults: tuple[Fault, ...] = ()

    def refresh(self) -> bool:
        """Read the folder again if a file has changed; tells whether one had. From any thread."""
        with self._lock:
            now = _stamp(self._folder)
            if now == self._seen:
                return False
            self._seen = now
            try:
                self.content, self.faults = load(self._folder), ()
            except ContentError as error:
                self.faults = error.faults
            except OSError:
                self._seen = None  # a file went away meanwhile: look again next time
            return True


class Rereading(Conversation):
    """The conversation, made anew whenever the pages have changed.

    `reread` is called after a change was seen, `heard` with every event and its turn; both in
    the thread that takes the turns.
    """

    def __init__(
        self,
        pages: Pages,
        operator: Operator,
        zone: str,
        reread: Callable[[], None],
        heard: Callable[[Event, Turn], None],
    ) -> None:
        self._pages, self._about = pages, (operator, zone)
        self._reread, self._heard = reread, heard
        self._made_of = pages.content
        super().__init__(pages.content, operator, zone)

    def turn(self, chat: Chat | None, event: Event, now: datetime) -> Turn:
        """Answer one event from the pages as they are now."""
        if self._pages.refresh():
            self._reread()
        if self._made_of is not self._pages.content:
            self._made_of = self._pages.content
            super().__init__(self._made_of, *self._about)
        turn = super().turn(chat, event, now)
        self._heard(event, turn)
        return turn


def _stamp(folder: Path) -> Stamp:
    """Give what tells one state of the folder from another, without reading its files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = ((str(path), path.stat()) for path in files)
    return tuple((path, about.st_mtime_ns, about.st_size) for path, about in found)

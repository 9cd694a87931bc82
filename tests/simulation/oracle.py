"""Who sees everything: what is stored, confirmed and sent, and whether that may be."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.incoming import Incoming
from bot.store.outbox import ALL, Row
from bot.store.outcomes import Applied
from bot.store.schema import BY_CHAT, TABLES
from dialogs.chat import Chat, dump
from simulation.acts import Act
from simulation.models import Expected
from simulation.running import Process
from simulation.talking import number

STAMP = timedelta(milliseconds=1)
"""What is stored is later than what was told, by less than this."""
OF_THE_BOT = frozenset(("waits", "unreachable"))
"""Kept of a chat after it was forgotten too, if it came up after that: no word of anybody."""


def _number(row: Row) -> int:
    assert row.message
    return number(row.message.text)


Model = Callable[[Chat | None, Act, datetime], Expected]
"""What an act should make of a chat: worked out apart from the program."""


class BrokenError(AssertionError):
    """Something happened that never may; its letter is that of the invariant."""

    def __init__(self, letter: str, text: str) -> None:
        super().__init__(f"({letter}) {text}")
        self.letter = letter


@dataclass(frozen=True, slots=True)
class _Owed:
    """A reply that was stored: its act, when, and whether a later card may stand for it."""

    chat: int
    at: datetime
    prompt: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    update_id: int
    reason: str
    rows: tuple[Row, ...]
    at: datetime


FORGETTING = ("forget", "delete everything")
"""In the words and buttons by which somebody is forgotten. Of one who is not known there is nothing
to forget, but what waits for them is not sent any more."""


@dataclass
class Oracle:
    """`acts` are by update id. Whatever breaks an invariant is raised, and kept in `broken`."""

    raw: sqlite3.Connection
    clock: Callable[[], datetime]
    model: Model
    acts: dict[int, Act] = field(default_factory=dict)
    broken: BrokenError | None = None
    counts: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    _taken: list[_Taken] = field(default_factory=list)
    _applied: set[int] = field(default_factory=set)
    _chats: dict[int, Chat] = field(default_factory=dict)
    _owed: dict[int, _Owed] = field(default_factory=dict)
    _sent: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _away: dict[int, datetime] = field(default_factory=dict)
    _forgot: dict[int, datetime] = field(default_factory=dict)
    _let_go: dict[int, datetime] = field(default_factory=dict)
    _farewell: dict[int, int] = field(default_factory=dict)
    _forgetting: set[int] = field(default_factory=set)
    _known: dict[int, int] = field(default_factory=dict)
    _told: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def breaks(self, letter: str, text: str) -> None:
        """Note what broke an invariant; whatever is caught on the way, it is told in the end."""
        self.broken = self.broken or BrokenError(letter, text)

    def note(self, what: str) -> None:
        """Keep a line of what happened, and count it."""
        self.counts[what.partition(" ")[0]] += 1
        self.log.append(f"{self.clock():%d %H:%M:%S.%f} {what}")

    # --- the store ---

    def took(self, incoming: Incoming, applied: Applied) -> None:
        """A turn was taken, in a transaction that may still come to nothing."""
        taken = _Taken(incoming.update_id, incoming.reason, applied.rows, self.clock())
        self._taken.append(taken)

    def undone(self) -> None:
        """The transaction came to nothing."""
        self._taken = []

    def committed(self) -> None:
        """The transaction is on disk."""
        taken, self._taken = self._taken, []
        if not taken:
            return
        for one in taken:
            self._take(one)
        self._compare(taken)

    def _take(self, taken: _Taken) -> None:
        act = self.acts[taken.update_id]
        self.note(f"applied {taken.update_id} {act}")
        if taken.update_id in self._applied:
            self.breaks("b", f"{act} was taken twice")
        self._applied.add(taken.update_id)
        for row in taken.rows:
            prompt = row.message is not None and row.message.kind == "prompt"
            self._owed[_number(row)] = _Owed(act.chat, taken.at, prompt)
        if act.kind == "blocked":
            self._away[act.chat] = max(self._away.get(act.chat, taken.at), taken.at)
        expected = None
        if act.kind not in ("foreign", "blocked", "back") and not taken.reason:
            expected = self._turned(taken, act)
        replies = expected.replies if expected else ()
        told = len(taken.rows) in replies if replies else bool(taken.rows)
        if act.wants_a_reply and not told:
            self.breaks("d", f"{len(taken.rows)} replies to {act}, and not {replies}")

    def _turned(self, taken: _Taken, act: Act) -> Expected:
        """Make of a chat what the act should."""
        before = self._chats.pop(act.chat, None)
        expected = self.model(before, act, taken.at)
        if expected.chat is not None:
            self._chats[act.chat] = expected.chat
        elif before is not None or (act.kind, act.text) == ("typed", "/forget"):
            self._forgetting.add(taken.update_id)
            self._forgot[act.chat] = taken.at
            numbers = [_number(row) for row in taken.rows]
            self._farewell[act.chat] = min(numbers, default=0)
        elif any(word in act.text.lower() for word in FORGETTING):
            self._let_go[act.chat] = taken.at
        return expected

    def _compare(self, taken: list[_Taken]) -> None:
        """The chats on disk are what their acts come to."""
        stored = dict(self.raw.execute("SELECT chat_id, state FROM chats").fetchall())
        known = {chat_id: dump(chat) for chat_id, chat in self._chats.items()}
        acts = [self.acts[one.update_id] for one in taken]
        for chat_id in {act.chat for act in acts}:
            kinds = {act.kind for act in acts if act.chat == chat_id}
            if chat_id not in known:
                self._nothing_left(chat_id)
            elif stored.get(chat_id) != known[chat_id]:
                letter = "f" if "foreign" in kinds or kinds == {"tap"} else "c"
                text = f"{kinds}: {stored.get(chat_id)} and not {known[chat_id]}"
                self.breaks(letter, text)

    def _nothing_left(self, chat_id: int) -> None:
        """Of somebody forgotten there is no more than what was said since, the farewell first."""
        since = self._farewell.get(chat_id, 0)
        for table in BY_CHAT:
            rows = self.raw.execute(f"SELECT * FROM {table} WHERE chat_id=?", (chat_id,)).fetchall()  # noqa: S608
            if table == "outbox":
                rows = [row for row in rows if number(json.loads(row[2])["text"]) < since]
            if rows and table not in OF_THE_BOT:
                self.breaks("h", f"of chat {chat_id} {table} still has {rows}")

    def heard(self, applied: Sequence[Applied]) -> None:
        """The program goes on from a commit: from here on it knows whom it has forgotten."""
        for done in applied:
            act = self.acts[done.incoming.update_id]
            if done.fresh and done.incoming.update_id in self._forgetting:
                self._known[act.chat] = self._farewell[act.chat]

    # --- Telegram ---

    def confirmed(self, update_id: int) -> None:
        """Telegram lets go of an update."""
        if update_id not in self._applied:
            self.breaks("a", f"{self.acts[update_id]} was confirmed before it was stored")

    def told(self, process: Process, chat_id: int, seconds: float) -> None:
        """A process was told to leave a chat alone."""
        self.note(f"ban {chat_id} {seconds}")
        until = self.clock() + timedelta(seconds=seconds)
        key = (id(process), chat_id)
        self._told[key] = max(self._told.get(key, until), until)

    def sending(self, process: Process, chat_id: int, text: str) -> None:
        """A message leaves the bot."""
        if number(text) < self._known.get(chat_id, 0):
            self.breaks("h", f"{text} left for {chat_id}, who is forgotten")
        query = "SELECT until FROM waits WHERE chat_id IN (?, ?)"
        stored = self.raw.execute(query, (chat_id, ALL)).fetchall()
        until = [datetime.fromisoformat(text) for (text,) in stored]
        told = self._told.get((id(process), chat_id))
        early = any(moment >= self.clock() + STAMP for moment in until)
        if early or (told and told > self.clock()):
            self.breaks("g", f"a message to {chat_id} left before {until} {told}")

    def sent(self, chat_id: int, text: str) -> None:
        """A message has arrived."""
        self.note(f"sent {chat_id} {text}")
        which, sent = number(text), self._sent[chat_id]
        if which not in sent and sent and which < max(sent):
            self.breaks("e", f"{text} came after {max(sent)}")
        sent.add(which)

    def away(self, chat_id: int) -> None:
        """Somebody blocked the bot; what waits for them then may be dropped."""
        self._away[chat_id] = datetime.max.replace(tzinfo=self.clock().tzinfo)

    def back(self, chat_id: int) -> None:
        """They are there again; what the sender had begun for them before is still lost."""
        self._away[chat_id] = self.clock()

    # --- in the end ---

    def finish(self, pending: int) -> None:
        """Faults have stopped for long: all is through, and nobody waits for anything."""
        (waiting,) = self.raw.execute("SELECT count(*) FROM outbox").fetchone()
        if waiting or pending:
            self.breaks("j", f"{waiting} messages and {pending} updates are left")
        self._all_replied()
        for chat_id in self._forgot.keys() - self._chats.keys():
            self._nothing_left(chat_id)
        words = [str(row) for name in TABLES for row in self.raw.execute(f"SELECT * FROM {name}")]  # noqa: S608
        if any("word-" in row for row in words):
            self.breaks("h", "somebody's words are left")
        self._applied_matches()

    def _all_replied(self) -> None:
        newest: Mapping[int, int] = {
            chat: max((n for n, o in self._owed.items() if o.chat == chat and o.prompt), default=0)
            for chat in {owed.chat for owed in self._owed.values()}
        }
        lost = [which for which, owed in self._owed.items() if self._lost(which, owed, newest)]
        query = "SELECT coalesce(sum(number), 0) FROM counts WHERE name='too many waiting'"
        (dropped,) = self.raw.execute(query).fetchone()
        if len(lost) > dropped:
            self.breaks("d", f"{lost} never arrived")

    def _lost(self, which: int, owed: _Owed, newest: Mapping[int, int]) -> bool:
        """Whether a message never came though nobody had gone, and no later card stands for it."""
        if which in self._sent[owed.chat] or (owed.prompt and which < newest[owed.chat]):
            return False
        ways = (self._away, self._forgot, self._let_go)
        gone = [when[owed.chat] for when in ways if owed.chat in when]
        return all(at < owed.at for at in gone)

    def _applied_matches(self) -> None:
        known = {number for (number,) in self.raw.execute("SELECT update_id FROM applied")}
        if missing := self._applied - known:
            self.breaks("b", f"{len(missing)} applied updates are not known any more")

"""The account at the end: what people said against what is stored, and what they saw twice."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bot.playground.state import Call
from bot.store.taking import ENDED
from faults.bots import Toll
from faults.persons import Person
from faults.storing import Stored

IN_FLIGHT = timedelta(seconds=1.5)
"""How long before a kill a message can have left, so that the kill explains its repetition."""
REPEATED_AT_MOST = 0.005
"""Share of answers whose reply may come twice."""
ENOUGH = 1000
"""Answers from which on such a share means anything."""
AT_RANDOM = ("kills", "quick-kills", "workers")
"""The runs for which it is held, over all their accounts together."""
UNREAD = timedelta(seconds=0.05)
"""How long the stand-in may take to read what a process sent before it was killed."""
UNHEARD = timedelta(seconds=0.1)
"""How long the bot may not know yet that it was told to wait."""
VISIBLE = ("sendmessage", "editmessagetext")
TOO_MANY = 429


@dataclass
class Account:
    """What one run came to; `faults` names what must not be.

    lost: answers nobody replied to, or that are not stored. wrong: stored otherwise than said, or
    never said. stuck: chats that no repetition helped. repeated: messages that came twice,
    `unmatched` those that no kill explains and none of the `spoiled` calls. odd: a question shown
    again in other words though nobody did anything odd. in_ban: calls to a chat that Telegram had
    told to wait. left: rows and updates that should be gone. buried: dead letters nobody asked for.
    told: the canaries found in logs or dead letters. untrue: answers stored with a time outside the
    run. unhooked: statements and calls without a hook. late: messages to somebody forgotten.
    failed: starts that failed, and stops that took too long.
    """

    name: str = ""
    seed: int = 0
    kills: int = 0
    starts: int = 0
    people: int = 0
    acts: int = 0
    answers: int = 0
    lost: int = 0
    wrong: int = 0
    stuck: int = 0
    repeated: int = 0
    unmatched: int = 0
    spoiled: int = 0
    odd: int = 0
    in_ban: int = 0
    left: int = 0
    buried: int = 0
    told: int = 0
    untrue: int = 0
    unhooked: int = 0
    late: int = 0
    failed: int = 0
    slowest_stop: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)

    NAMES: ClassVar = (
        *("lost", "wrong", "stuck", "unmatched", "odd", "in_ban"),
        *("left", "buried", "told", "untrue", "unhooked", "late", "failed"),
    )

    @property
    def faults(self) -> dict[str, Any]:
        """The names of what went wrong, each with its figure; empty when all is well."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self.NAMES}
        found["never fired"] = [hook for hook, times in self.fired.items() if not times]
        return {name: count for name, count in found.items() if count}

    @property
    def at_random(self) -> bool:
        """Whether kills are all that happened, and at no chosen moments.

        A kill in a send, or by a poisoned update while others are answered, repeats by design.
        """
        return self.name.partition(" ")[0] in AT_RANDOM

    @property
    def line(self) -> str:
        """All of it on one line of JSON."""
        told = {**asdict(self), "faults": self.faults}
        return json.dumps({name: value for name, value in told.items() if value or name == "lost"})


def too_many(accounts: Iterable[Account]) -> bool:
    """Whether more came twice than may, where kills came at random."""
    counted = [account for account in accounts if account.at_random]
    answers = sum(account.answers for account in counted)
    repeated = sum(account.repeated for account in counted)
    return answers >= ENOUGH and repeated > answers * REPEATED_AT_MOST


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to look at when a run is over."""

    people: Sequence[Person]
    stored: Stored
    calls: Sequence[Call]
    spoiled: frozenset[int]
    toll: Toll
    log: str
    canaries: Sequence[str]
    began: datetime
    ended: datetime
    pending: int
    buried: int
    asked_again: bool
    unhooked: set[str]
    late: int


def judge(account: Account, seen: Evidence) -> Account:
    """Fill in an account."""
    _count_people(account, seen.people)
    for person in seen.people:
        _compare(account, person, seen.stored.answers.get(person.number, {}))
    kills = [*seen.toll.kills, *seen.toll.cuts]
    for pair in repeats(seen.calls):
        account.repeated += 1
        if not explained(pair, kills, seen.spoiled):
            account.unmatched += 1
            account.notes.append(_told_twice(pair, kills))
    account.spoiled = len(seen.spoiled)
    strange = [] if seen.asked_again else odd(seen.calls)
    aside = put_aside(seen.stored, seen.buried, len(seen.toll.kills))
    # Who is told that something went wrong is shown the question again, under these words.
    account.odd = max(0, len(strange) - aside)
    account.notes += [_told_otherwise(*pair, kills) for pair in strange]
    account.unhooked, account.late = len(seen.unhooked), seen.late
    account.notes += [f"no hook for {name}" for name in sorted(seen.unhooked)]
    banned = in_ban(seen.calls, kills)
    account.in_ban = len(banned)
    account.notes += [_told_to_wait(told, call, kills) for told, call in banned]
    account.left = seen.pending + sum(seen.stored.rows.values())
    account.buried = abs(seen.stored.buried - seen.buried - aside)
    account.told = sum((seen.log + seen.stored.letters).count(word) for word in seen.canaries)
    slack = timedelta(seconds=1)
    account.untrue = sum(
        not seen.began - slack <= at <= seen.ended + slack for at in seen.stored.moments
    )
    account.kills, account.starts = len(seen.toll.kills), seen.toll.starts
    account.failed = seen.toll.failed_starts + seen.toll.bad_stops
    account.slowest_stop = round(seen.toll.slowest_stop, 2)
    return account


def _count_people(account: Account, people: Sequence[Person]) -> None:
    account.people, account.acts = len(people), sum(person.acts for person in people)
    account.answers = sum(len(person.said) for person in people)
    account.lost = sum(len(person.lost) for person in people)
    account.stuck = sum(bool(person.stuck) for person in people)
    account.notes += [f"{p.number}: {p.lost} stuck at {p.stuck}" for p in people if p.lost]
    waits = sorted(wait for person in people for wait in person.waits)
    if waits:
        account.p50 = round(waits[len(waits) // 2], 3)
        account.p95 = round(waits[len(waits) * 95 // 100], 3)


def _compare(account: Account, person: Person, stored: Mapping[str, tuple[str, ...]]) -> None:
    for question, options in person.said.items():
        found = stored.get(question)
        if found is None and question != person.stuck:
            account.lost += 1
            account.notes.append(f"{person.number}: {question} is not stored")
        elif found is not None and sorted(found) != sorted(options):
            account.wrong += 1
            account.notes.append(f"{person.number}: {question} is {found}, said {options}")
    unsaid = stored.keys() - person.said.keys()
    account.wrong += len(unsaid)
    account.notes += [f"{person.number}: {question} was never said" for question in unsaid]


def put_aside(stored: Stored, expected: int, kills: int) -> int:
    """How many more updates were put aside than asked for, as far as kills explain it.

    One that two processes in a row did not survive is not tried a third time, whoever ended them.
    """
    more = stored.buried - expected
    return more if 0 < more <= min(stored.letters.count(ENDED), kills // 2) else 0


def repeats(calls: Iterable[Call]) -> list[tuple[Call, Call]]:
    """Messages that stand twice in a chat, word for word and button for button."""
    seen: dict[tuple[str, str, str], Call] = {}
    found = []
    for call in calls:
        if call.method != "sendmessage" or not call.result:
            continue
        key = (call.params["chat_id"], call.params["text"], call.params.get("reply_markup", ""))
        if key in seen:
            found.append((seen[key], call))
        seen[key] = call
    return found


def explained(pair: tuple[Call, Call], kills: Iterable[datetime], spoiled: frozenset[int]) -> bool:
    """Whether a kill, or a spoiled call, tells why a message came twice."""
    first, second = pair
    # What a process has sent may be read when it is dead already.
    begin, end = first.at - UNREAD, min(second.at, first.at + IN_FLIGHT)
    near = any(begin <= kill <= end for kill in kills)
    return near or first.number in spoiled


def _at(call: Call) -> str:
    return f"{call.params.get('chat_id', '')} at {call.at:%M:%S.%f}"


def _told_twice(pair: tuple[Call, Call], kills: Iterable[datetime]) -> str:
    first, second = pair
    words = first.params["text"][:30]
    return f"twice: {_at(first)} and {_at(second)}, {_between(*pair, kills)}: {words!r}"


def _told_otherwise(first: Call, second: Call, kills: Iterable[datetime]) -> str:
    words = second.params["text"][:80]
    return f"otherwise: {_at(first)} and {_at(second)}, {_between(first, second, kills)}: {words!r}"


def _told_to_wait(told: Call, call: Call, kills: Iterable[datetime]) -> str:
    wait = f"{told.description.rpartition(' ')[2]} s told to {told.method} {_at(told)}"
    return f"in a ban: {wait}, then {call.method} {_at(call)}, {_between(told, call, kills)}"


def _between(first: Call, second: Call, kills: Iterable[datetime]) -> str:
    found = [f"{kill:%M:%S.%f}" for kill in kills if first.at - UNHEARD <= kill <= second.at]
    return f"kills {found}"


_CARD = re.compile(r'"1:([0-9a-z~]+):([a-z][a-z0-9_-]*):(\d+):(?=[a-z0-9+])')


def odd(calls: Iterable[Call]) -> list[tuple[Call, Call]]:
    """New messages that show an asking which was shown before, in other words, behind the first."""
    seen: dict[tuple[str, str], Call] = {}
    found = []
    for call in calls:
        card = _CARD.search(call.params.get("reply_markup", "").replace(" ", ""))
        if call.method not in VISIBLE or not call.result or not card:
            continue
        first = seen.setdefault((call.params["chat_id"], card[0]), call)
        if call.method == "sendmessage" and first.params["text"] != call.params["text"]:
            found.append((first, call))
    return found


def in_ban(calls: Iterable[Call], kills: Sequence[datetime]) -> list[tuple[Call, Call]]:
    """Find calls to a chat before the end of a wait, each behind the call that imposed it.

    A kill before the wait can have been written down leaves nobody who knows of it.
    """
    bans: dict[str, tuple[Call, datetime]] = {}
    found = []
    for call in calls:
        chat = call.params.get("chat_id", "")
        told, end = bans.get(chat, (call, call.at))
        if told.at + UNHEARD < call.at < end:
            found.append((told, call))
        unwritten = any(call.at <= kill <= call.at + UNHEARD for kill in kills)
        if call.status == TOO_MANY and chat and not unwritten:
            seconds = int(call.description.rpartition(" ")[2])
            bans[chat] = call, call.at + timedelta(seconds=seconds)
    return found

"""A smaller crowd at random over real sockets, with the real store and the real sender."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
import pytest_asyncio
from accidents import spins
from calls import until
from ledger import Ledger, Meanings
from serving import settings_for

from bot.application import read
from bot.clock import Clock, utc_now
from bot.playground import Playground
from bot.running import serve
from bot.store import Store
from bot.store.schema import MIGRATIONS
from dialogs.chat import Answer, Chat, load
from dialogs.content import Content

ROUNDS, CHATS, AT_ONCE = 300, 20, 5
SEED = int(os.environ.get("MONKEY_SEED", "1"))
RUBBISH = ("qwxz vfgh", "????", "/weather", "x" * 4096)


class Watched(Store):
    """The store, with a window."""

    opened: ClassVar[list["Watched"]] = []

    @classmethod
    async def open(cls, path: Path, clock: Clock, migrations: Sequence[str] = MIGRATIONS) -> Self:
        store = await super().open(path, clock, migrations)
        cls.opened.append(store)
        return store

    async def found(self, query: str, *values: Any) -> list[Any]:
        return await self.do(lambda db: db.execute(query, values).fetchall())

    async def chat(self, person: int) -> Chat | None:
        found = await self.found("SELECT state FROM chats WHERE chat_id=?", person)
        return load(found[0][0]) if found else None


@dataclass
class Caller:
    """One person, their ledger, and what they are doing this round."""

    server: Playground
    content: Content
    chance: random.Random
    id: int
    ledger: Ledger
    given: Mapping[str, Answer] = field(default_factory=dict)
    taps: list[dict[str, Any]] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)
    did: str = ""
    said: tuple[str, int] = ("", 0)
    back: bool = False

    def act(self) -> None:
        acts = [self.tap_new, self.tap_old, self.twice, self.answer, self.rubbish, self.command]
        acts += [self.edit, self.media]
        (act,) = self.chance.choices(acts, [45, 12, 8, 14, 3, 8, 6, 4])
        self.said, self.back = ("", 0), False
        self.meant = act() if self.shown() or act is self.command else self.command()

    def shown(self) -> list[tuple[int, str]]:
        return [
            (message["message_id"], button["callback_data"])
            for message in self.server.transcript(self.id)
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]

    def tap(self, number: int, data: str) -> Mapping[str, tuple[str, ...]]:
        self.did = f"tap {data}"
        self.back = self.ledger.takes_back(data)
        meant = self.ledger.tap(data)
        query = self.server.tap(self.id, data=data, message_id=number, force=True)
        self.taps.append(query)
        return meant

    def tap_new(self) -> Mapping[str, tuple[str, ...]]:
        newest = self.shown()[-1][0]
        return self.tap(*self.chance.choice([b for b in self.shown() if b[0] == newest]))

    def tap_old(self) -> Mapping[str, tuple[str, ...]]:
        """Any button ever shown in this run, also one whose message shows others by now."""
        buttons = sorted(self.ledger.live) or [data for _, data in self.shown()]
        return self.tap(self.shown()[0][0], self.chance.choice(buttons))

    def twice(self) -> Mapping[str, tuple[str, ...]]:
        meant = self.tap_new()
        query = self.server.tap(
            self.id, data=self.taps[-1]["data"], message_id=self.shown()[-1][0], force=True
        )
        self.taps.append(query)
        return meant

    def say(self, text: str) -> Mapping[str, tuple[str, ...]]:
        self.did = f"say {text[:40]!r}"
        self.back = text in ("/back", "/undo")
        self.said = text, self.server.say(self.id, text)["message_id"]
        return {}

    def answer(self) -> Mapping[str, tuple[str, ...]]:
        name = self.asked() or self.chance.choice(list(self.ledger.questions))
        return self.say(self.chance.choice(list(self.ledger.questions[name].options.values())))

    def rubbish(self) -> Mapping[str, tuple[str, ...]]:
        return self.say(self.chance.choice(RUBBISH))

    def command(self) -> Mapping[str, tuple[str, ...]]:
        return self.say(f"/{self.chance.choice(list(self.content.commands))}")

    def edit(self) -> Mapping[str, tuple[str, ...]]:
        if not self.ledger.typed:
            return self.media()
        number, name = self.chance.choice(sorted(self.ledger.typed.items()))
        text = self.chance.choice(list(self.ledger.questions[name].options.values()))
        self.server.edit(self.id, number, text)
        self.did, self.said = f"edit {number} to {text!r}", (text, number)
        return {}

    def media(self) -> Mapping[str, tuple[str, ...]]:
        what = self.chance.choice(["photo", "sticker", "voice"])
        self.did = f"send {what}"
        self.server.send(self.id, what)
        return {}

    def asked(self) -> str:
        """The question whose card stands lowest."""
        parts = [data.split(":") for _, data in self.shown()]
        return next((p[2] for p in reversed(parts) if p[2] and p[4][:1] not in "?<~"), "")

    def judge(self, chat: Chat | None, asked: str) -> list[str]:
        """Compare what is stored now with what was done."""
        given = dict(chat.run.answers) if chat and chat.run else {}
        said = {name: answer.options for name, answer in given.items()}
        anew = {name for name, a in given.items() if newer(a, self.given.get(name))}
        run = chat.run.id if chat and chat.run else ""
        if run != self.ledger.run:
            self.ledger.begin(run)
            faults = [] if not said else ["a run begins with answers"]
        else:
            faults = self.ledger.faults(self.meaning(asked, said, anew), said, back=self.back)
        askings = {name: answer.times for name, answer in given.items()}
        self.ledger.settle(said, askings, anew=self.did.endswith(("/back'", "@back")))
        new = set(self.shown()) - self.seen
        self.seen |= new
        self.ledger.shown([data for _, data in new if data.split(":")[1] == run])
        self.given = given
        return [f"{self.id}: {fault} after {self.did}" for fault in faults]

    def meaning(
        self, asked: str, said: Mapping[str, tuple[str, ...]], anew: set[str]
    ) -> Mapping[str, tuple[str, ...]]:
        text, number = self.said
        name = self.ledger.typed.get(number, asked)
        means = self.ledger.meanings.of(text, name) if text else set()
        # An answer that an edit brings back keeps the time at which it was given.
        changed = name in said and said[name] != self.ledger.answers.get(name)
        if not means or not (changed or name in anew):
            return self.meant
        self.ledger.typed[number] = name
        return {name: said[name] if set(said[name]) <= means else (min(means),)}


def newer(answer: Answer, before: Answer | None) -> bool:
    earlier = before.at if before else datetime.min.replace(tzinfo=answer.at.tzinfo)
    return answer.at > earlier


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest.mark.asyncio
async def test_a_crowd_at_random_gets_no_wrong_answer_and_loses_none_over_real_sockets(
    server: Playground, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(server, tmp_path, send_rate=0, chat_rate=0, flood_limit=0)
    monkeypatch.setattr("bot.running.Store", Watched)
    chance, meanings = random.Random(SEED), Meanings(content)
    people = [
        Caller(server, content, chance, n, Ledger(content.flows["intake"], meanings))
        for n in range(1, CHATS + 1)
    ]
    task = asyncio.create_task(serve(settings, lambda: read(settings), utc_now))
    await until(lambda: server.counts().get("getupdates", 0) > 0)
    store, answers = Watched.opened.pop(), 0
    for number in range(ROUNDS):
        acting = chance.sample(people, AT_ONCE)
        asked = {person.id: person.asked() for person in acting}
        for person in acting:
            person.act()
        await settled(server, store, acting)
        for person in acting:
            chat = await store.chat(person.id)
            before = len(person.given)
            faults = person.judge(chat, asked[person.id])
            answers += len(person.given) > before
            assert faults == [], f"seed {SEED}, round {number}"
            assert person.shown() or "forget" in person.did or not chat, f"{number}: no way on"
    assert answers > 100
    assert await store.found("SELECT * FROM dead_letters") == []
    await everybody_has_a_way_on(server, store, people)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 6)


async def settled(server: Playground, store: Watched, people: Sequence[Caller]) -> None:
    """Wait until all is confirmed, sent, and every tapped button has stopped spinning."""
    await until(lambda: server.overview()["pending"] == [])
    async with asyncio.timeout(5):
        while await store.found("SELECT 1 FROM outbox"):  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.001)
    await until(lambda: not any(spins(server, query) for p in people for query in p.taps))
    for person in people:
        person.taps.clear()


async def everybody_has_a_way_on(
    server: Playground, store: Watched, people: Sequence[Caller]
) -> None:
    """A last tap on the newest keyboard comes to something; who deleted all can begin again."""
    for person in people:
        if not person.shown():
            server.say(person.id, "/start")
    await settled(server, store, people)
    since = len(server.calls())
    for person in people:
        newest = person.shown()[-1][0]
        number, data = next(b for b in person.shown() if b[0] == newest)
        person.tap(number, data)
    await settled(server, store, people)
    seen = {shown["chat_id"] for shown in server.outbox(since) if "chat_id" in shown}
    toasted = {person.id for person in people if server.toasts(person.id)}
    assert seen | toasted == {person.id for person in people}

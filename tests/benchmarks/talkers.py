"""People who hold a talk of seven questions, each taking the next step when the reply is there."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from quick_telegram import BOT, Telegram, Update

TAPS = 8
"""The consent and the seven questions."""
STEPS = TAPS + 2
"""/start before the taps, /routine after them."""
THINK = 0.02
"""Seconds between seeing a reply and the next tap: faster than anybody, and yet not at once.

Some contestants note where a person is only after the reply is out; a tap in the same millisecond
would find the old place.
"""
THINK_LONG = 0.1
"""The same for the first person, from whom is learned what is said."""
PATIENCE = 10.0
"""Seconds without a reply after which a person is stuck."""

Choose = Callable[[Sequence[str]], str]
"""Of the data of the buttons on the newest keyboard, the one to tap."""


def first_button(data: Sequence[str]) -> str:
    """Choose as somebody who does not read."""
    return data[0]


@dataclass(slots=True)
class Seen:
    """What a crowd went through: seconds from tap, and from handing over, to the visible reply."""

    from_tap: list[float] = field(default_factory=list)
    from_handing: list[float] = field(default_factory=list)
    wrong: int = 0
    """Talks in which a reply does not say what the first person was told at that step."""
    late: int = 0
    """Replies that took longer than patience."""
    visible: int = 0
    """Messages that came, new or edited."""
    stuck: int = 0
    """People who wait in vain."""
    first_at: float = 0.0
    """When the first reply came."""


class Person:
    """One chat, from /start to the routine."""

    def __init__(self, chat_id: int, crowd: "Crowd") -> None:
        self._crowd = crowd
        self.chat_id = chat_id
        self.step = 0
        self.tapped_at = self.handed_at = 0.0
        self.waits = self.heard = self.misled = False
        self._shown: Update = {}
        self._about: Update = {"id": chat_id, "is_bot": False, "first_name": "P"}
        self._chat: Update = {"id": chat_id, "type": "private", "first_name": "P"}

    def act(self) -> None:
        """Take the next step."""
        self.waits, self.heard = True, False
        self.tapped_at = self.handed_at = time.perf_counter()
        if 0 < self.step <= TAPS:
            self._crowd.telegram.deliver(self, self._tap())
        else:
            self._crowd.telegram.deliver(self, self._said("/routine" if self.step else "/start"))

    def sees(self, message_id: int, text: str, markup: object) -> None:
        """Notice a message; go on when it brings what the next step needs."""
        self._crowd.seen.visible += 1
        if not self.waits:
            return
        if not self.heard:
            self.heard = True
            self._crowd.heard(self, time.perf_counter())
        if self.step < TAPS and not (isinstance(markup, dict) and markup.get("inline_keyboard")):
            return
        self._shown = {
            "message_id": message_id,
            "from": BOT,
            "chat": self._chat,
            "date": int(time.time()),
            "text": text,
            "reply_markup": markup,
        }
        self.waits = False
        self._crowd.replied(self, text)

    def _said(self, text: str) -> Update:
        return said(self._crowd.telegram.new_message_id(), self._about, self._chat, text)

    def _tap(self) -> Update:
        markup = self._shown["reply_markup"]
        assert isinstance(markup, dict)
        data = [button["callback_data"] for row in markup["inline_keyboard"] for button in row]
        tap: Update = {
            "id": str(self._crowd.telegram.new_message_id() + (self.chat_id << 20)),
            "from": self._about,
            "chat_instance": "-1",
            "message": self._shown,
            "data": self._crowd.choose(data),
        }
        return {"callback_query": tap}


def said(message_id: int, about: Update, chat: Update, command: str) -> Update:
    """Somebody types a command."""
    message: Update = {
        "message_id": message_id,
        "from": about,
        "chat": chat,
        "date": int(time.time()),
        "text": command,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(command)}],
    }
    return {"message": message}


class Limited:
    """Somebody who goes on typing while Telegram lets the bot say nothing to this chat."""

    CHAT = 999_999_999
    EVERY = 0.5

    def __init__(self, telegram: Telegram) -> None:
        self.handed_at = 0.0
        self._telegram = telegram
        telegram.limited.add(self.CHAT)
        telegram.people[self.CHAT] = self

    def sees(self, message_id: int, text: str, markup: object) -> None:
        """Nothing comes here, as long as the limit holds.

        Raises:
            AssertionError: something came.

        """
        raise AssertionError(f"{message_id} came in spite of the limit: {text} {markup}")

    async def type(self) -> None:
        """Go on typing until cancelled."""
        about: Update = {"id": self.CHAT, "is_bot": False, "first_name": "L"}
        chat: Update = {"id": self.CHAT, "type": "private", "first_name": "L"}
        while True:
            number = self._telegram.new_message_id()
            self._telegram.deliver(self, said(number, about, chat, "/start"))
            await asyncio.sleep(self.EVERY)


class Crowd:
    """So many people at a time, until so many talks are done.

    `rate` is how many steps all of them take in a second together; 0: each as fast as it can.
    `told` is what the replies say, step by step; empty, the first talk fills it in.
    """

    def __init__(
        self,
        telegram: Telegram,
        choose: Choose,
        told: list[str],
        dice: random.Random,
        rate: float = 0.0,
    ) -> None:
        self.telegram, self.choose, self.rate = telegram, choose, rate
        self.seen = Seen()
        self.last_reply = 0.0
        self._told, self._dice = told, dice
        self._learns = not told
        self._talking: dict[int, Person] = {}
        self._ready: deque[Person] = deque()
        self._left = 0
        self._done = asyncio.Event()

    @property
    def steps(self) -> int:
        """How many updates were answered."""
        return len(self.seen.from_tap)

    async def talk(self, people: int, talks: int, seconds: float) -> float:
        """Hold the talks, or as many as fit in the time; gives the seconds it took."""
        begun = self.last_reply = time.perf_counter()
        self._left = talks
        pacing = asyncio.create_task(self._pace()) if self.rate else None
        for _ in range(min(people, talks)):
            self._enter()
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            self._cut_off()
        if pacing:
            pacing.cancel()
        return self.last_reply - begun

    def heard(self, person: Person, now: float) -> None:
        """Note how long a person waited."""
        self.last_reply = now
        self.seen.first_at = self.seen.first_at or now
        waited = now - person.tapped_at
        self.seen.from_tap.append(waited)
        self.seen.from_handing.append(now - person.handed_at)
        self.seen.late += waited > PATIENCE

    def replied(self, person: Person, text: str) -> None:
        """Let a person go on after a reply, or home after the last."""
        if self._learns:
            self._told.append(text)
        elif text != self._told[person.step] and not person.misled:
            person.misled = True
            self.seen.wrong += 1
        person.step += 1
        if person.step < STEPS:
            self._goes_on(person)
            return
        self._learns = False
        del self._talking[person.chat_id]
        if self._left:
            self._enter()
        elif not self._talking:
            self._done.set()

    def _enter(self) -> None:
        """Let somebody new in, with an id anywhere among the others."""
        self._left -= 1
        person = Person(self._dice.randrange(10**9, 8 * 10**9), self)
        self._talking[person.chat_id] = self.telegram.people[person.chat_id] = person
        if self.rate:
            self._ready.append(person)
        else:
            asyncio.get_running_loop().call_soon(person.act)

    def _goes_on(self, person: Person) -> None:
        if self.rate:
            self._ready.append(person)
        else:
            think = THINK_LONG if self._learns else THINK
            asyncio.get_running_loop().call_later(think, person.act)

    async def _pace(self) -> None:
        """Let one of those ready act, at random moments as people do."""
        at = time.perf_counter()
        while True:
            at += self._dice.expovariate(self.rate)
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            if self._ready:
                self._ready.popleft().act()

    def _cut_off(self) -> None:
        """Count those whose time ran out: their wait so far is the least it can have been."""
        now = time.perf_counter()
        waiting = [person for person in self._talking.values() if person.waits]
        self.seen.stuck = sum(now - person.tapped_at > PATIENCE for person in waiting)
        for person in waiting:
            if not person.heard:
                self.seen.from_tap.append(now - person.tapped_at)
                self.seen.from_handing.append(now - person.handed_at)

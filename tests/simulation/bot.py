"""One process of the bot: its real parts, put together as `bot.working` does."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from bot.clock import Clock
from bot.handlers import Reader
from bot.incoming import Incoming
from bot.pacing import Pace
from bot.pausing import Pauses
from bot.receiving import Receiver, tap_answer
from bot.sending import Sender
from bot.store import Store
from bot.store.outcomes import Applied
from bot.webhook import Endpoint as Address
from bot.working import CAREFUL_FOR, SEND_WITHIN, _calm
from simulation.disk import Driver
from simulation.hooking import SECRET, Endpoint
from simulation.running import Process
from simulation.talking import Conversation
from simulation.telegram import Api, Telegram


class Bot:
    """`endpoint` is served from when it is there; `stop` tells it to end in order."""

    def __init__(
        self,
        process: Process,
        driver: Driver,
        telegram: Telegram,
        talk: Conversation,
        clock: Clock,
    ) -> None:
        self.process, self._driver, self._clock = process, driver, clock
        self._api, self._talk = cast("Any", Api(telegram, process)), talk
        self._oracle = telegram.oracle
        self._room = telegram.luck.one((1, 2, 30))
        self.stop = asyncio.Event()
        self.endpoint: Endpoint | None = None

    async def run(self, *, hooked: bool) -> None:
        """Work until told to stop."""
        seconds = asyncio.get_running_loop().time
        store = await Store.begun(self._driver, self._clock)
        pauses = Pauses(seconds)
        sender = Sender(self._api, store, None, Pace(30, 1, 5, seconds), pauses)
        sender._room = asyncio.Semaphore(self._room)
        reader = Reader("milia_bot", ())
        await store.ask_again(self._talk.asked_again, {})
        await sender.start()
        apply = partial(self._apply, store, reader)
        if hooked:
            await self._serve(store, sender, reader, apply)
        else:
            args = (self._api, reader, apply, sender.hand)
            receiver = Receiver(*args, stop=self.stop, seconds=seconds, pauses=pauses)
            await receiver.run()
        await sender.stop(SEND_WITHIN)
        await store.close()

    async def _apply(
        self, store: Store, reader: Reader, batch: Sequence[Incoming]
    ) -> list[Applied]:
        if not batch:
            store.cautious = False
        talk = self._talk
        applied = await store.apply(batch, talk.turn, talk.apology, reader.read_one)
        self._oracle.heard(applied)
        return applied

    async def _serve(self, store: Store, sender: Sender, reader: Reader, apply: Any) -> None:
        async def taken(batch: Sequence[Incoming]) -> list[Applied]:
            applied: list[Applied] = await apply(batch)
            sender.hand(applied)
            return applied

        answer = partial(tap_answer, foreign="")
        self.endpoint = Address("/hook", SECRET, reader, taken, answer)
        asyncio.get_running_loop().call_later(CAREFUL_FOR, _calm, store)
        await self.stop.wait()
        self.endpoint = None

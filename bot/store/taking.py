"""Taking the turns of updates: in one transaction, or each by itself where that is safer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.store import outbox
from bot.store.applying import Batch
from bot.store.driver import Connection, Driver, run
from bot.store.outcomes import Apologise, Applied, TakeTurn

if TYPE_CHECKING:
    from bot.incoming import Incoming

TRIES = 2
"""How often an update may end the program before it is put aside (R5)."""
ENDED = "the program ended each time this was tried"

Reread = Callable[[Any], "Incoming"]
Reading = tuple[list[Applied], bool]
"""Updates applied, and whether a chat was forgotten."""


@dataclass(frozen=True, slots=True)
class Taking:
    """How turns are taken now: by what, on which database, and whether with caution.

    `reread` reads updates again that were parked because their chat was busy. `begun` are those
    this process has begun and not come to an end with, and how many processes had by then.
    """

    driver: Driver
    now: Callable[[], str]
    turn: TakeTurn
    apology: Apologise
    reread: Reread | None = None
    cautious: bool = False
    begun: dict[int, int] = field(default_factory=dict)

    async def take(self, batch: Sequence[Incoming]) -> Reading:
        """Take the turns of a batch: chats side by side where the database is shared.

        With caution one after the other: an update that ends the program must be the only one
        whose attempt was counted.

        Raises:
            Exception: the database's own error; of this update and those after it in its chat
                nothing is stored then.

        """
        if not self.driver.shared and not self.cautious:
            return await run(self.driver, lambda db: self._applied(db, batch))
        lanes: dict[int, list[int]] = {}
        for place, incoming in enumerate(batch):
            lanes.setdefault(0 if self.cautious else incoming.chat_id, []).append(place)
        waiting = [self._one_by_one([batch[n] for n in lane]) for lane in lanes.values()]
        # All of them end, well or not, before anything is tried again.
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        found = [one for one in ended if not isinstance(one, BaseException)]
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        places = [place for lane in lanes.values() for place in lane]
        applied = [one for taken, _ in found for one in taken]
        order = sorted(range(len(batch)), key=places.__getitem__)
        return [applied[place] for place in order], any(forgot for _, forgot in found)

    async def unpark(self, chat_id: int) -> None:
        """Take the turns of a chat that were parked.

        Raises:
            Exception: the database's own error, or the chat is busy still.

        """

        def job(db: Connection) -> None:
            db.lock(chat_id)
            self._parked(db, self._batch(db), chat_id)

        await run(self.driver, job)

    async def _one_by_one(self, updates: Sequence[Incoming]) -> Reading:
        taken: list[Applied] = []
        deleted = False
        for incoming in updates:
            (applied,), forgot = await self._alone(incoming)
            taken.append(applied)
            deleted |= forgot
        return taken, deleted

    async def _alone(self, incoming: Incoming) -> Reading:
        if self.cautious and incoming.event and await self._tries(incoming.update_id) > TRIES:
            incoming = replace(incoming, reason=ENDED)
        try:
            done = await run(self.driver, lambda db: self._applied(db, (incoming,)))
        except self.driver.busy:
            done = await run(self.driver, lambda db: self._park(db, incoming))
        self.begun.pop(incoming.update_id, None)
        return done

    async def _tries(self, update_id: int) -> int:
        """Count an attempt, once in a process: a disk that fails meanwhile ends no program."""
        if update_id not in self.begun:
            self.begun[update_id] = await run(self.driver, lambda db: self._begun(db, update_id))
        return self.begun[update_id]

    def _begun(self, db: Connection, update_id: int) -> int:
        """Count an attempt before it is made; what is counted stays though the program end."""
        query = """
            INSERT INTO attempts VALUES (?, 1, ?)
            ON CONFLICT (update_id) DO UPDATE SET tries = attempts.tries + 1 RETURNING tries
        """
        return int(db.execute(query, (update_id, self.now())).fetchone()[0])

    def _applied(self, db: Connection, part: Sequence[Incoming]) -> Reading:
        turns = self._batch(db)
        if self.driver.shared:
            for chat_id in {incoming.chat_id for incoming in part} - {0}:
                db.lock(chat_id)
                self._parked(db, turns, chat_id)
        return [turns.apply(incoming) for incoming in part], turns.forgot

    def _batch(self, db: Connection) -> Batch:
        return Batch(db, self.now(), self.turn, self.apology)

    def _parked(self, db: Connection, turns: Batch, chat_id: int) -> None:
        """Take first what has waited in this chat."""
        query = "SELECT id, body FROM parked WHERE chat_id=? ORDER BY id"
        for number, body in db.execute(query, (chat_id,)).fetchall():
            db.execute("DELETE FROM parked WHERE id=?", (number,))
            if self.reread:
                turns.take(self.reread(json.loads(body)))

    def _park(self, db: Connection, incoming: Incoming) -> Reading:
        """Take an update without its turn, which comes when the chat is free."""
        query = "INSERT INTO applied VALUES (?, ?) ON CONFLICT DO NOTHING"
        if not db.execute(query, (incoming.update_id, self.now())).rowcount:
            return [Applied(incoming, fresh=False)], False
        query = "INSERT INTO parked (chat_id, update_id, body) VALUES (?, ?, ?)"
        db.execute(query, (incoming.chat_id, incoming.update_id, incoming.stored))
        outbox.count(db, "parked")
        return [Applied(incoming)], False

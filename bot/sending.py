"""The outbox on its way to Telegram: each chat in order, no chat waiting for another."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.beside import Beside
from bot.delivering import UnreachableError, WithdrawnError, delivered
from bot.lanes import Lane
from bot.logs import short
from bot.noting import Noting
from bot.outgoing import Outgoing
from bot.pacing import Pace
from bot.pausing import LOOKS, Pauses
from bot.store import Row, Store
from bot.store.outbox import ALL
from bot.store.outcomes import Applied
from bot.transport import Api, ban

AT_ONCE = 30
"""Messages on their way together, to all chats."""
CATCHING_UP = 0.6
"""The share of the pace that what was left over may take, once there is more than goes at once."""

Told = Callable[[int, int, Outgoing], None]
"""Hears of each message that has arrived: its chat, its id there, and what was sent."""

_log = logging.getLogger(__name__)


class Sender:
    """Sends what stands in the outbox, one message at a time in each chat.

    A row leaves the outbox only when Telegram has taken the message or never will. After a crash
    in between it is sent again: a message may come twice, but none is lost.
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        told: Told | None = None,
        pace: Pace | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self._api, self._store, self._told = api, store, told
        self._pace = pace or Pace(0, 0, 1)
        self._pauses = pauses or Pauses()
        self._lanes: dict[int, Lane] = {}
        self._starts: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._beside = Beside(api, store, self._pauses)
        self._noting = Noting(store, self._beside.undress)

    async def start(self) -> None:
        """Send what was left over, when its time has come."""
        self._pauses.load(await self._store.waits())
        task = asyncio.create_task(self._catch_up(await self._store.waiting()))
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)
        for chat_id in await self._store.with_worn():
            self._beside.undress(chat_id)

    async def _catch_up(self, chats: Sequence[int]) -> None:
        """Wake chats no faster than leaves room for those who write now."""
        each = self._pace.share(CATCHING_UP)
        for first in range(0, len(chats), AT_ONCE):
            self.wake(chats[first : first + AT_ONCE])
            if first + AT_ONCE < len(chats):
                await asyncio.sleep(AT_ONCE * each)

    def wake(self, chats: Iterable[int]) -> None:
        """Look at the outbox of these chats, now or when their present message is through."""
        for chat_id in chats:
            self._lane(chat_id).load()

    def hand(self, applied: Iterable[Applied]) -> None:
        """Send what turns have just put into the outbox."""
        for done in applied:
            chat_id = done.incoming.chat_id
            lane = self._lanes.get(chat_id)
            if not done.fresh and lane is not None:
                lane.reload()  # what was gone then was perhaps never told
            elif not done.fresh or (done.after and lane is None) or self._store.shared:
                if lane is not None:
                    lane.add((), done.newest, done.gone)
                self.wake((chat_id,))
            elif done.rows or lane is not None:
                lane = lane or self._lane(chat_id)
                lane.add(done.rows, done.newest, done.gone, done.after)

    async def stop(self, within: float) -> None:
        """Finish what can be finished within some seconds; the rest stays in the outbox."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task] + [
            *self._starts,
            *self._noting.tasks,
        ]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._beside.stop()

    def _lane(self, chat_id: int) -> Lane:
        lane = self._lanes.get(chat_id)
        if lane is None:
            lane = self._lanes[chat_id] = Lane()
            lane.task = asyncio.create_task(self._run(chat_id, lane))
        return lane

    async def _run(self, chat_id: int, lane: Lane) -> None:
        """Empty one chat's outbox, whatever happens on the way."""
        try:
            while not lane.ended:
                try:
                    if row := await self._next(chat_id, lane):
                        await self._send(lane, row)
                except Exception as error:  # noqa: BLE001 - the disk; a lane never just ends
                    _log.error("the outbox failed: %s", type(error).__name__)
                    lane.reload()
                    await asyncio.sleep(lane.backoff.next())
        finally:
            del self._lanes[chat_id]

    async def _next(self, chat_id: int, lane: Lane) -> Row | None:
        """Give the next message of a chat; None when there is none, or it is not ours to send."""
        if not lane.rows and lane.loads:
            with lane.loading():
                rows = await self._store.rows(chat_id)
            lane.found(row for row in rows if not self._noting.knows(row))
            lane.looked = lane.looked and not lane.rows
        elif not lane.rows:
            # Where others put messages in as well, the last look decides.
            lane.ended = not self._store.shared or lane.looked
            lane.looked = lane.loads = self._store.shared
        else:
            lane.looked = False
        return lane.rows[0] if lane.rows else None

    async def _send(self, lane: Lane, row: Row) -> None:
        """Send one message, or find out that it has to wait or never can be sent."""
        message = await self._readable(lane, row)
        if message is None:
            return
        if len(lane.rows) > 1:
            self._beside.typing(row.chat_id)
        if (seconds := self._pace.wait(row.chat_id)) > 0:
            await asyncio.sleep(seconds)
        if await self._banned(row.chat_id) and self._store.shared:
            lane.reload()  # others may have forgotten the chat meanwhile
        else:
            await self._call(lane, row, message)

    async def _call(self, lane: Lane, row: Row, message: Outgoing) -> None:
        def may() -> bool:
            """Whether it is still to go now: no ban, not seen to have arrived, not forgotten."""
            return not self._pauses.left(row.chat_id) and lane.rows[:1] == [row]

        known = row.id
        try:
            async with self._room:
                known = lane.rows[-1].id if lane.rows else known
                on = message.place if message.place == lane.newest_before(row) else None
                message_id = await delivered(self._api, row.chat_id, message, on, may)
        except WithdrawnError:
            return
        except (Forbidden, UnreachableError) as error:
            _log.info("chat %s cannot be reached: %s", short(row.chat_id), type(error).__name__)
            await self._store.lose(row.chat_id, known)
            lane.forget(known)
        except (BadRequest, ChatMigrated) as error:
            # Telegram's own sentence; what it quotes is at most ours, never a person's.
            _log.error(
                "chat %s: a message was refused: %s", short(row.chat_id), error.message[:200]
            )
            await self._drop(lane, row, "refused")
        except TelegramError as error:
            await self._later(lane, row, error)
        else:
            await self._sent(lane, row, message, message_id)

    async def _readable(self, lane: Lane, row: Row) -> Outgoing | None:
        """Read a message; one that is none, or that a newer card makes needless, is dropped."""
        message = lane.message(row)
        if message is None:
            _log.error("a row of the outbox cannot be read")
            await self._drop(lane, row, "unreadable")
        elif lane.superseded(message):
            await self._drop(lane, row, "superseded")
            return None
        return message

    async def _drop(self, lane: Lane, row: Row, why: str) -> None:
        await self._store.drop(row, why)
        lane.done(row)

    async def _banned(self, chat_id: int) -> bool:
        """Wait until Telegram wants to hear of the chat; gives whether it did not at first."""
        banned = False
        while (seconds := self._pauses.left(chat_id)) > 0:
            banned = True
            await asyncio.sleep(min(seconds, LOOKS))
        return banned

    async def _later(self, lane: Lane, row: Row, error: TelegramError) -> None:
        """Not now. A ban is kept, so that no restart forgets it; anything else is tried again."""
        _log.warning("chat %s has to wait: %s", short(row.chat_id), type(error).__name__)
        if isinstance(error, RetryAfter):
            seconds = ban(error) or 0.0
            whom = self._pauses.told(row.chat_id, seconds)
            # Where others send too, whoever comes first after a long ban sends then.
            lane.ended = self._store.shared and seconds > LOOKS
            await self._store.wait(whom, seconds, row, leave=lane.ended)
            return
        if self._store.shared:
            lane.reload()  # the same
        seconds = lane.backoff.next()
        if isinstance(error, InvalidToken):
            self._pauses.load({ALL: seconds})
        await asyncio.sleep(seconds)

    async def _sent(self, lane: Lane, row: Row, message: Outgoing, message_id: int) -> None:
        lane.backoff.reset()
        lane.arrived(row, message_id)
        if self._told:
            self._told(row.chat_id, message_id, message)
        await self._noting.note(row, message_id, message)

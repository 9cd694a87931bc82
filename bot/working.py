"""The parts that take turns and send replies, put together and kept going until told to stop."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.flooding import Flood
from bot.handlers import Reader
from bot.incoming import Incoming
from bot.pacing import Pace
from bot.pausing import Pauses
from bot.polling import KINDS
from bot.receiving import Apply, Receiver, tap_answer
from bot.rendering import Renderer
from bot.sending import Sender, Told
from bot.settings import Settings
from bot.store import Store
from bot.store.outcomes import Applied
from bot.talking import Talk
from bot.transport import Api, attempt
from bot.unheard import Unheard
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.turns import Part

SEND_WITHIN = 4.0
"""Seconds the sender has after the word to stop, so that the whole stop stays under 6 (R10)."""
SWEPT_EVERY = 1.0
"""Seconds between looks at what others that share the database have left."""
CAREFUL_FOR = 60.0
"""Seconds of caution after an unclean end where nobody tells that the queue is empty (R5)."""
CONNECTIONS = 32
"""Deliveries at a time that Telegram may make."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the work is done with, and what is set."""

    settings: Settings
    content: Content
    conversation: Conversation
    api: Api
    name: str
    store: Store
    clock: Clock
    stop: asyncio.Event


async def work(parts: Parts, first: Awaitable[Any] | None, told: Told | None = None) -> None:
    """Receive, take turns and send until `stop` is set; `first` is a poll under way.

    Raises:
        SettingsError: another program polls, or the webhook's port cannot be used.

    """
    settings, store = parts.settings, parts.store
    log = settings.not_understood_log
    unheard = Unheard(log) if log else None
    talk = Talk(parts.conversation, Renderer(parts.content), parts.clock, unheard)
    pauses = Pauses()
    pace = Pace(settings.send_rate, settings.chat_rate, settings.chat_burst)
    sender = Sender(parts.api, store, told, pace, pauses)
    reader = Reader(
        parts.name,
        parts.content.commands,
        Flood(settings.flood_limit, parts.conversation.alarming).heeded,
    )
    _log.info("@%s is at work, with content %s", parts.name, parts.content.hash)
    await store.ask_again(talk.asked_again, _pending(first, reader))
    await sender.start()
    beside = [_settle(parts), _swept(parts, talk, reader, sender, pauses)]
    tasks = [asyncio.create_task(job) for job in beside]
    try:
        await _receive(parts, talk, reader, sender, pauses, first)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sender.stop(SEND_WITHIN)


def _pending(first: Awaitable[Any] | None, reader: Reader) -> dict[int, int]:
    """Give the updates that came while nobody listened, each with its chat."""
    if not isinstance(first, asyncio.Task) or not first.done() or first.cancelled():
        return {}
    raw = None if first.exception() else first.result()
    batch = reader.look(raw if isinstance(raw, list) else [])
    return {incoming.update_id: incoming.chat_id for incoming in batch if incoming.event}


async def _receive(
    parts: Parts,
    talk: Talk,
    reader: Reader,
    sender: Sender,
    pauses: Pauses,
    first: Awaitable[Any] | None,
) -> None:
    """Take updates one way or the other until told to stop."""
    store, foreign = parts.store, talk.toast(_foreign(parts.content))

    async def apply(batch: Sequence[Incoming]) -> list[Applied]:
        if not batch:
            store.cautious = False  # whatever ended the program is not in the queue any more
        return await store.apply(batch, talk.turn, talk.apology, reader.read_one)

    if parts.settings.webhook_url:
        await _take_deliveries(parts, reader, apply, sender, foreign)
        return
    receiver = Receiver(
        *(parts.api, reader, apply, sender.hand, foreign),
        first=first,
        stop=parts.stop,
        pauses=pauses,
    )
    await receiver.run()


async def _take_deliveries(
    parts: Parts, reader: Reader, apply: Apply, sender: Sender, foreign: str
) -> None:
    """Take what Telegram delivers to the webhook until told to stop."""

    async def taken(batch: Sequence[Incoming]) -> list[Applied]:
        applied = await apply(batch)
        sender.hand(applied)
        return applied

    answer = partial(tap_answer, foreign=foreign)
    from bot.webhook import Endpoint  # noqa: PLC0415 - a polling bot serves nothing

    path = urlsplit(parts.settings.webhook_url).path or "/"
    secret = parts.settings.webhook_secret.get_secret_value()
    await _serve(parts, Endpoint(path, secret, reader, taken, answer))


async def _serve(parts: Parts, endpoint: Any) -> None:
    from bot.listening import serving  # noqa: PLC0415 - the same

    host, port = parts.settings.listen
    async with serving(endpoint, host, port):
        await attempt(parts.api, "SetWebhook", _wanted(parts.settings))
        calm = asyncio.get_running_loop().call_later(CAREFUL_FOR, _calm, parts.store)
        await parts.stop.wait()
        calm.cancel()


def _calm(store: Store) -> None:
    store.cautious = False


def _wanted(settings: Settings) -> dict[str, Any]:
    return {
        "url": settings.webhook_url,
        "secret_token": settings.webhook_secret.get_secret_value(),
        "allowed_updates": KINDS,
        "max_connections": CONNECTIONS,
    }


def _foreign(content: Content) -> Part:
    return Part("foreign", content.messages["foreign"].text)


async def _swept(parts: Parts, talk: Talk, reader: Reader, sender: Sender, pauses: Pauses) -> None:
    """Where the database is shared, take over what others left: messages, and parked turns."""
    store = parts.store
    while store.shared:
        await asyncio.sleep(SWEPT_EVERY)
        try:
            waiting, parked = await store.left()
            pauses.load(await store.waits())
            for chat_id in parked:
                await store.unpark(chat_id, talk.turn, talk.apology, reader.read_one)
            sender.wake({*waiting, *parked})
        except Exception as error:  # noqa: BLE001 - the database; the next look may do better
            _log.error("the sweep failed: %s", type(error).__name__)


async def _settle(parts: Parts) -> None:
    """Do what need not be done before the first poll."""
    content, api = parts.content, parts.api
    messages = content.messages
    menu = [{"command": name, "description": c.menu} for name, c in content.commands.items()]
    short = {"short_description": messages["short-description"].text}
    await attempt(api, "SetMyCommands", {"commands": menu})
    await attempt(api, "SetMyDescription", {"description": messages["description"].text})
    await attempt(api, "SetMyShortDescription", short)
    await asyncio.to_thread(parts.conversation.train)
    # What is there now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()

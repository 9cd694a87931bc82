"""The parts that take turns and send replies, put together and kept going until told to stop."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Sequence
from typing import Any

from bot.applying import Applied
from bot.clock import Clock
from bot.handlers import Incoming, Reader
from bot.receiving import Receiver
from bot.rendering import Renderer
from bot.sending import Sender, Told
from bot.store import Store
from bot.talking import Talk
from bot.transport import Api, attempt
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.turns import Part

SEND_WITHIN = 5.0
"""Seconds the sender has after the word to stop."""

_log = logging.getLogger(__name__)


async def work(
    content: Content,
    conversation: Conversation,
    api: Api,
    name: str,
    store: Store,
    clock: Clock,
    stop: asyncio.Event,
    first: Awaitable[Any],
    told: Told | None = None,
) -> None:
    """Receive, take turns and send until `stop` is set; `first` is a poll under way.

    Raises:
        SettingsError: another program polls.

    """
    talk = Talk(conversation, Renderer(content), clock)
    sender = Sender(api, store, told)
    receiver = _receiver(content, talk, api, name, store, sender, stop, first)
    _log.info("@%s is at work, with content %s", name, content.hash)
    await store.ask_again(talk.asked_again, _pending(first, Reader(name, content.commands)))
    await sender.start()
    beside = asyncio.create_task(_settle(api, content))
    try:
        await receiver.run()
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
        await sender.stop(SEND_WITHIN)


def _pending(first: Awaitable[Any], reader: Reader) -> dict[int, int]:
    """Give the updates that came while nobody listened, each with its chat."""
    if not isinstance(first, asyncio.Task) or not first.done() or first.cancelled():
        return {}
    raw = None if first.exception() else first.result()
    batch = reader.read(raw if isinstance(raw, list) else [])
    return {incoming.update_id: incoming.chat_id for incoming in batch if incoming.event}


def _receiver(
    content: Content,
    talk: Talk,
    api: Api,
    name: str,
    store: Store,
    sender: Sender,
    stop: asyncio.Event,
    first: Awaitable[Any],
) -> Receiver:
    async def apply(batch: Sequence[Incoming]) -> list[Applied]:
        return await store.apply(batch, talk.turn, talk.apology)

    def wake(applied: Sequence[Applied]) -> None:
        sender.wake({done.incoming.chat_id for done in applied if done.fresh})

    foreign = talk.toast(Part("foreign", content.messages["foreign"].text))
    reader = Reader(name, content.commands)
    return Receiver(api, reader, apply, wake, foreign, first=first, stop=stop)


async def _settle(api: Api, content: Content) -> None:
    """Do what need not be done before the first poll."""
    messages = content.messages
    menu = [{"command": name, "description": c.menu} for name, c in content.commands.items()]
    short = {"short_description": messages["short-description"].text}
    await attempt(api, "SetMyCommands", {"commands": menu})
    await attempt(api, "SetMyDescription", {"description": messages["description"].text})
    await attempt(api, "SetMyShortDescription", short)
    # What is there now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()

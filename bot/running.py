"""The bot at work: polling before all of it is there, and stopped in order."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.clock import Clock
from bot.coding import JSON
from bot.polling import poll
from bot.settings import Settings, SettingsError
from bot.stopping import unless
from bot.store import Store
from bot.transport import TRANSPORT, Api, attempt, ban

if TYPE_CHECKING:
    from bot.sending import Told
    from dialogs.content import Content
    from dialogs.conversation import Conversation

SIGNALS = (signal.SIGTERM, signal.SIGINT)
Read = Callable[[], "tuple[Content, Conversation]"]
"""Reads the pages; slow, so it is done while the first poll waits at Telegram."""

_log = logging.getLogger(__name__)


class StartError(SettingsError):
    """Token or address cannot be used."""


async def serve(settings: Settings, read: Read, clock: Clock, told: "Told | None" = None) -> None:
    """Run the bot until SIGTERM or SIGINT; `told` hears of every message that has arrived.

    Raises:
        SettingsError: token, address or database cannot be used, or another program polls.
        ContentError: the pages have faults; nothing has been confirmed to Telegram then.

    """
    # Before a word to Telegram: a second process must not disturb the first.
    store = await Store.at(settings.database_url, clock)
    api = Api(settings.token, settings.telegram_api_url)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    made = type(loop).__module__.partition(".")[0]
    _log.info("transport %s, loop %s, json %s", TRANSPORT, made, JSON)
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        if not settings.webhook_url and not store.claim_polling():
            raise StartError("DATABASE_URL: another program that shares it polls; stop that one")
        name = await unless(stop, _introduced(api, settings))
        if name is not None:
            await _work(settings, api, name, store, read, clock, stop, told)
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        await api.close()
        await store.close()
        _log.info("stopped")


async def _work(
    settings: Settings,
    api: Api,
    name: str,
    store: Store,
    read: Read,
    clock: Clock,
    stop: asyncio.Event,
    told: "Told | None",
) -> None:
    """Read the pages while the first poll waits at Telegram, then work until told to stop."""
    first = None if settings.webhook_url else asyncio.create_task(poll(api))
    try:
        work, content, conversation = await asyncio.to_thread(_prepared, read)
        await work(settings, content, conversation, api, name, store, clock, stop, first, told)
    finally:
        if first:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)


def _prepared(read: Read) -> "tuple[Callable[..., Awaitable[None]], Content, Conversation]":
    """Import and read what only a turn needs."""
    from bot.working import Parts, work  # noqa: PLC0415

    async def working(*given: Any) -> None:
        *parts, first, told = given
        await work(Parts(*parts), first, told)

    return working, *read()


async def _introduced(api: Api, settings: Settings) -> str:
    """Ask Telegram who the bot is, and end any webhook beside a bot that polls; gives its name.

    What is pending is kept. Should the webhook stay, the polls meet conflicts and say so.

    Raises:
        StartError: Telegram does not know the token, or cannot be reached.

    """
    address = settings.telegram_api_url
    if settings.webhook_url:
        return await _name(api, address)
    unhooking = asyncio.create_task(attempt(api, "DeleteWebhook", {}))
    try:
        name = await _name(api, address)
        await unhooking
    finally:
        unhooking.cancel()
    return name


async def _name(api: Api, address: str) -> str:
    while True:
        try:
            return str((await api.call("GetMe"))["username"])
        except TelegramError as error:
            if (seconds := ban(error)) is None:
                raise StartError(_start_fault(error, address)) from None
        except (KeyError, TypeError):
            raise StartError(f"TELEGRAM_API_URL: {address} is no Bot API; check it") from None
        _log.warning("Telegram wants us to wait %d s", seconds)
        await asyncio.sleep(seconds)


def _start_fault(error: TelegramError, address: str) -> str:
    if isinstance(error, InvalidToken):
        text = f"TELEGRAM_BOT_TOKEN: {address} does not know this token"
        return f"{text}; copy it from @BotFather again, or correct TELEGRAM_API_URL"
    if isinstance(error, NetworkError):
        return f"TELEGRAM_API_URL: {address} cannot be reached; check it, and the network"
    return f"TELEGRAM_API_URL: {address} does not answer like a Bot API; check it"

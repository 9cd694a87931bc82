"""The bot at work: the parts put together, started in order and stopped in order."""

import asyncio
import gc
import logging
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.applying import Applied
from bot.backoff import Backoff
from bot.clock import Clock
from bot.handlers import Incoming, Reader
from bot.receiving import Receiver
from bot.rendering import Renderer
from bot.sending import Sender
from bot.settings import Settings, SettingsError
from bot.store import Store
from bot.talking import Talk
from bot.transport import Api, ban
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.turns import Part

SEND_WITHIN = 5.0
"""Seconds the sender has after the word to stop."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger(__name__)


class StartError(SettingsError):
    """Token or address cannot be used."""


async def serve(
    settings: Settings, content: Content, conversation: Conversation, clock: Clock
) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises:
        SettingsError: token, address or database cannot be used, or another program polls.

    """
    # Before a word to Telegram: a second process must not disturb the first.
    store = await Store.open(settings.database, clock)
    api = Api(settings.token, settings.telegram_api_url)
    try:
        name = await _introduced(api, settings.telegram_api_url)
        talk = Talk(conversation, Renderer(content), clock)
        sender = Sender(api, store)
        receiver = _receiver(api, name, content, store, talk, sender)
        _log.info("@%s is at work, with content %s", name, content.hash)
        await _work(api, content, sender, receiver)
    finally:
        await api.close()
        await store.close()


def _receiver(
    api: Api, name: str, content: Content, store: Store, talk: Talk, sender: Sender
) -> Receiver:
    async def apply(batch: Sequence[Incoming]) -> list[Applied]:
        return await store.apply(batch, talk.turn, talk.apology)

    def wake(applied: Sequence[Applied]) -> None:
        sender.wake({done.incoming.chat_id for done in applied if done.fresh})

    foreign = talk.toast(Part("foreign", content.messages["foreign"].text))
    return Receiver(api, Reader(name, content.commands), apply, wake, foreign)


async def _work(api: Api, content: Content, sender: Sender, receiver: Receiver) -> None:
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, receiver.stop)
    await sender.start()
    beside = asyncio.create_task(_settle(api, content))
    try:
        await receiver.run()
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
        await sender.stop(SEND_WITHIN)
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        _log.info("stopped")


async def _introduced(api: Api, address: str) -> str:
    """Ask Telegram who the bot is, and end any webhook beside it; gives the bot's user name.

    What is pending is kept. Should the webhook stay, the polls meet conflicts and say so.

    Raises:
        StartError: Telegram does not know the token, or cannot be reached.

    """
    unhooking = asyncio.create_task(_call(api, "DeleteWebhook", {}))
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


async def _settle(api: Api, content: Content) -> None:
    """Do what need not be done before the first poll."""
    messages = content.messages
    menu = [{"command": name, "description": c.menu} for name, c in content.commands.items()]
    short = {"short_description": messages["short-description"].text}
    await _call(api, "SetMyCommands", {"commands": menu})
    await _call(api, "SetMyDescription", {"description": messages["description"].text})
    await _call(api, "SetMyShortDescription", short)
    # What is there now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _call(api: Api, method: str, parameters: Mapping[str, Any], tries: int = 5) -> None:
    """Call what is good to have; without it the bot works too."""
    backoff = Backoff()
    for _ in range(tries):
        try:
            await api.call(method, parameters)
        except TelegramError as error:
            _log.warning("%s failed: %s", method, type(error).__name__)
            await asyncio.sleep(ban(error) or backoff.next())
        else:
            return

"""The bot put together: what the commands of the command line start from."""

import asyncio

from bot import logs
from bot.clock import utc_now
from bot.settings import Settings, SettingsError
from dialogs.content import Content, load
from dialogs.conversation import Conversation
from dialogs.speaking import Operator

__all__ = ["conversation_of", "run", "utc_now"]

STOPPED_BY_HAND = 130
"""The exit code of a program ended by Ctrl-C before it was at work."""


def conversation_of(settings: Settings, content: Content) -> Conversation:
    """Give the conversation about this content, in the operator's name."""
    operator = Operator(settings.operator_name, settings.operator_contact, settings.privacy_contact)
    return Conversation(content, operator, settings.default_zone)


def run(settings: Settings) -> int:
    """Run the bot until SIGTERM or Ctrl-C; gives the exit code.

    Raises:
        SettingsError: what is set cannot be used, or another program polls; told in plain lines.
        ContentError: the pages have faults.

    """
    if not settings.token:
        raise SettingsError("TELEGRAM_BOT_TOKEN: is not set; get a token from @BotFather")
    logs.set_up(settings.log_level, settings.token)
    content = load(settings.content_dir)
    # Imported here: talking in the terminal need not wait for Telegram's library.
    from bot.running import serve  # noqa: PLC0415

    try:
        asyncio.run(serve(settings, content, conversation_of(settings, content), utc_now))
    except KeyboardInterrupt:
        return STOPPED_BY_HAND
    return 0

"""The bot put together: what the commands of the command line start from.

The pages and Telegram's library are imported where they are used: the first poll and the other
commands need not wait for both.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot import logs
from bot.clock import utc_now
from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from dialogs.content import Content
    from dialogs.conversation import Conversation

STOPPED_BY_HAND = 130
"""The exit code of a program ended by Ctrl-C before it was at work."""


def read(settings: Settings) -> "tuple[Content, Conversation]":
    """Read the pages and make the conversation about them, in the operator's name.

    Raises:
        ContentError: the pages have faults.

    """
    from dialogs.content import load  # noqa: PLC0415
    from dialogs.conversation import Conversation  # noqa: PLC0415
    from dialogs.speaking import Operator  # noqa: PLC0415

    content = load(settings.content_dir)
    whose = (settings.operator_name, settings.operator_contact, settings.privacy_contact)
    operator = Operator(*whose, keeps_words=settings.not_understood_log is not None)
    return content, Conversation(content, operator, settings.default_zone)


def run(settings: Settings) -> int:
    """Run the bot until SIGTERM or Ctrl-C; gives the exit code.

    Raises:
        SettingsError: what is set cannot be used, or another program polls; told in plain lines.
        ContentError: the pages have faults.

    """
    if not settings.token:
        raise SettingsError("TELEGRAM_BOT_TOKEN: is not set; get a token from @BotFather")
    logs.set_up(settings.log_level, settings.token)
    from bot.running import serve  # noqa: PLC0415

    try:
        with asyncio.Runner(loop_factory=_quick_loop()) as runner:
            runner.run(serve(settings, partial(read, settings), utc_now))
    except KeyboardInterrupt:
        return STOPPED_BY_HAND
    return 0


def _quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give what makes uvloop's loop, where that is there; None leaves the choice to asyncio."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    return uvloop.new_event_loop

"""One poll: what is asked of Telegram, and for how long."""

from typing import Any

from bot.transport import Api

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates asked for; everything else a bot could get is never sent to it."""

TIMEOUT = 25
"""Seconds a poll waits at Telegram for something new."""
LIMIT = 100


async def poll(api: Api, offset: int | None = None) -> Any:
    """Ask for updates from `offset` on (None: whatever is not confirmed); gives them as they are.

    Raises:
        TelegramError: refused, or not answered in time.

    """
    asked = {"timeout": TIMEOUT, "limit": LIMIT, "allowed_updates": KINDS}
    if offset is not None:
        asked["offset"] = offset
    return await api.call("GetUpdates", asked, waits=TIMEOUT)

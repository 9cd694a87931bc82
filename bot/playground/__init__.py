"""A local stand-in for Telegram: real sockets, no token, no network.

`async with Playground() as server:` serves the Bot API at `server.url`. People act by
`server.say`, `tap`, `send`, `edit`, `delete`, `block`, ...; a test looks by `transcript`, `outbox`,
`calls`, `toasts`, ... and `watch`, moves the clock by `advance`, and makes things go wrong by
`fault` and `flood`. Other processes do the same by POST to `/driver/<action>`.
"""

from bot.playground.client import DriverError
from bot.playground.server import Playground
from bot.playground.watching import Event, Watch

__all__ = ["DriverError", "Event", "Playground", "Watch"]

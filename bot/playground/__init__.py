"""A local stand-in for Telegram: real sockets, no token, no network."""

from bot.playground.client import DriverError
from bot.playground.server import Playground
from bot.playground.watching import Event, Watch

__all__ = ["DriverError", "Event", "Playground", "Watch"]

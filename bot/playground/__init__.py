"""A local stand-in for Telegram: real sockets, no token, no network."""

from bot.playground.client import DriverError
from bot.playground.server import Playground

__all__ = ["DriverError", "Playground"]

"""Everything kept on disk: a turn is stored whole or not at all, on SQLite or PostgreSQL."""

from bot.store.driver import StoreError
from bot.store.outbox import Row
from bot.store.store import Store

__all__ = ["Row", "Store", "StoreError"]

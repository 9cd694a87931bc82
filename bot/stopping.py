"""Waiting that ends at the word to stop."""

import asyncio
from collections.abc import Awaitable
from typing import Any


async def unless(stop: asyncio.Event, doing: Awaitable[Any]) -> Any:
    """Wait for something, or until `stop` is set; what was cut short is cancelled, gives None."""
    task = asyncio.ensure_future(doing)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return await task if task.done() else None
    finally:
        stopping.cancel()
        task.cancel()

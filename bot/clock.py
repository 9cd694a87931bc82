"""The only place that reads the clock of the machine; everything else is handed a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time now, always with its zone."""


def utc_now() -> datetime:
    """Tell the machine's time, in UTC."""
    return datetime.now(UTC)

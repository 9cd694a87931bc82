"""Logging that tells what happened, and neither the token nor anybody's words, name or number."""

import hashlib
import logging
import re
import secrets
import traceback
from types import TracebackType
from typing import Any

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("httpx", "httpcore", "telegram", "asyncio", "transitions")
"""Libraries that would log the token in addresses, whole updates, or where a talk is."""

_TOKEN = re.compile(r"\d+:[\w-]{30,}")
_KEY = secrets.token_bytes(16)


def set_up(level: str, token: str) -> None:
    """Log to standard error from this level on; replaces what logged before."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(token))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def short(number: int) -> str:
    """Name a chat in the log: the same all through one run, and meaningless after it."""
    return hashlib.blake2b(str(number).encode(), key=_KEY, digest_size=4).hexdigest()


class _Formatter(logging.Formatter):
    """Writes a record whole and then takes the token out, wherever it came from."""

    def __init__(self, token: str) -> None:
        super().__init__(LINE)
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if self._token:
            text = text.replace(self._token, "<token>")
        return _TOKEN.sub("<token>", text)

    def formatException(  # noqa: N802 - the name logging calls
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | Any
    ) -> str:
        """Give the places and the kind of an error; its text may quote a person."""
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + getattr(kind, "__name__", "")

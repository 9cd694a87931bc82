"""The files on the server: uploaded by the bot or sent by people, found again by their id."""

import hashlib
import io
import secrets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import imagesize  # type: ignore[import-untyped]

from bot.playground.errors import bad_request

LINK_KEPT = timedelta(hours=1)
"""How long a download link works; Telegram promises an hour at least."""
IMAGES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
"""How PNG, JPEG, GIF, BMP, TIFF and WebP begin; no vector picture is among them."""
MAX_DOWNLOAD = 20 * 2**20
"""Bytes of the largest file that getFile gives."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request."""

    name: str
    data: bytes


@dataclass(slots=True)
class Stored:
    """A file on the server; `kind` is photo, document, ...; `linked` the time of its last link."""

    id: str
    kind: str
    name: str
    data: bytes
    path: str
    linked: datetime | None = None

    @property
    def unique(self) -> str:
        """The same for the same bytes."""
        return hashlib.sha256(self.data).hexdigest()[:16]

    @property
    def about(self) -> dict[str, str | int]:
        """The file as a Telegram `File`, without its link."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique,
            "file_size": len(self.data),
        }


@dataclass(slots=True)
class Files:
    """Every file the server has, by id."""

    now: Callable[[], datetime]
    known: dict[str, Stored] = field(default_factory=dict)

    def keep(self, kind: str, upload: Upload, file_id: str = "") -> Stored:
        """Store a file.

        Raises:
            ApiError: it is empty.

        """
        if not upload.data:
            raise bad_request("File must be non-empty")
        name = file_id or secrets.token_urlsafe(24)
        path = f"{kind}s/file_{len(self.known)}{_ending(upload.name)}"
        stored = Stored(name, kind, upload.name, upload.data, path)
        self.known[name] = stored
        return stored

    def link(self, file_id: str) -> str:
        """Give the path of a fresh link.

        Raises:
            ApiError: no such file, or one that is too big to download.

        """
        if not file_id:
            raise bad_request("file_id not specified")
        stored = self.known.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(stored.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        stored.linked = self.now()
        return stored.path

    def linked(self, path: str) -> Stored | None:
        """Give the file behind a link; None when the link is wrong or too old."""
        for stored in self.known.values():
            if stored.path == path and stored.linked:
                return stored if self.now() - stored.linked <= LINK_KEPT else None
        return None


def size_of(data: bytes) -> tuple[int, int] | None:
    """Give the width and height of an image that Telegram reads; None when it is none."""
    if not data.startswith(IMAGES):
        return None
    try:
        width, height = imagesize.get(io.BytesIO(data))
    except (ValueError, struct.error):
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


def grey(width: int, height: int) -> bytes:
    """Draw a grey PNG, the photo of people who have none at hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xb0" * width) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return f".{ending}" if dot and ending.isalnum() else ""

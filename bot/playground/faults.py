"""What goes wrong on demand: by method, by what the call says, and so many times."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import RESTART, ApiError, migrated, too_many

KINDS = frozenset(
    {
        "status",
        "flood",
        "migrate",
        "html",
        "garbage",
        "delay",
        "drop",
        "drop_after",
        "refuse_after",
    }
)

WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    500: RESTART,
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


@dataclass(slots=True)
class Fault:
    """One thing to go wrong.

    kind: status (an error in the usual envelope), flood (429 with `retry_after` seconds),
    migrate (the group became `chat`), html (a proxy's page), garbage (200 and no JSON), delay
    (nothing else), drop (hung up before the call is carried out), drop_after, refuse_after
    (hung up, or `status` told, although it was carried out). `seconds` of real time pass first.
    method: in any case, "*" for all. match: parameters and what they must be. count: how often;
    None for always. fired: how often it did.
    """

    kind: str
    method: str = "*"
    match: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = 1
    status: int = 0
    description: str = ""
    body: str = ""
    retry_after: int = 1
    chat: int = 0
    seconds: float = 0.0
    fired: int = 0

    def __post_init__(self) -> None:
        """Refuse a kind nobody knows."""
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind}, only {sorted(KINDS)}")

    @property
    def after(self) -> bool:
        """Whether the call is carried out all the same."""
        return self.kind in {"drop_after", "refuse_after", "delay"}

    @property
    def drops(self) -> bool:
        """Whether the connection is closed without an answer."""
        return self.kind in {"drop", "drop_after"}

    @property
    def enveloped(self) -> bool:
        """Whether it is told in the usual envelope, and nothing is carried out."""
        return self.kind in {"status", "flood", "migrate"}

    @property
    def page(self) -> tuple[int, str] | None:
        """The status and body of an answer that is no JSON; None for another kind."""
        if self.kind == "garbage":
            return self.status or 200, self.body or "no JSON at all"
        status = self.status or 502
        words = f"{status} {WORDS.get(status, 'Error')}"
        return (status, self.body or PAGE.format(words)) if self.kind == "html" else None

    @property
    def error(self) -> ApiError:
        """What a fault in the usual envelope says."""
        if self.kind == "flood":
            return too_many(self.retry_after)
        if self.kind == "migrate":
            return migrated(self.chat)
        status = self.status or 500
        return ApiError(status, self.description or WORDS.get(status, "Error"))

    def fits(self, method: str, params: Mapping[str, str]) -> bool:
        """Tell whether it is this call's turn."""
        if self.count is not None and self.fired >= self.count:
            return False
        if self.method.lower() not in {"*", method}:
            return False
        return all(params.get(name, "") == str(value) for name, value in self.match.items())


class Faults:
    """Everything that waits to go wrong, the oldest first, and a count of what did."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.fired: Counter[str] = Counter()

    def take(self, method: str, params: Mapping[str, str]) -> Fault | None:
        """Give the fault of a call, if it has one, and count it."""
        for fault in self.waiting:
            if fault.fits(method, params):
                fault.fired += 1
                self.fired[fault.kind] += 1
                return fault
        return None

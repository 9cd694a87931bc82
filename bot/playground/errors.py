"""How Telegram says no: a code that is also the HTTP status, and a sentence."""

from typing import Any

RESTART = "Internal Server Error: restart"


class ApiError(Exception):
    """A refusal as the bot sees it; `code` is both `error_code` and the HTTP status.

    `parameters` may hold `retry_after` (seconds) or `migrate_to_chat_id`.
    """

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}


def bad_request(text: str) -> ApiError:
    """Make a 400 out of `text`, worded by the server's first-letter rule."""
    return ApiError(400, f"Bad Request: {first_letter(text)}")


def forbidden(text: str) -> ApiError:
    """Make a 403 out of `text`, worded by the server's first-letter rule."""
    return ApiError(403, f"Forbidden: {first_letter(text)}")


def too_many(seconds: int) -> ApiError:
    """Make a 429 that says how many seconds to wait."""
    said = f"Too Many Requests: retry after {seconds}"
    return ApiError(429, said, {"retry_after": seconds})


def migrated(chat: int) -> ApiError:
    """Make the 400 of a group that became a supergroup with the id `chat`."""
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(400, said, {"migrate_to_chat_id": chat})


def first_letter(text: str) -> str:
    """Lower the first letter, unless the second is upper-case or `_` (BUTTON_DATA_INVALID)."""
    second = text[1:2]
    if second == "_" or "A" <= second <= "Z":
        return text
    return text[:1].lower() + text[1:]

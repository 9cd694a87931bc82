"""How Telegram says no: a code that is also the HTTP status, and a sentence."""


class ApiError(Exception):
    """A refusal as the bot sees it; `code` is both `error_code` and the HTTP status."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def bad_request(text: str) -> ApiError:
    """Make a 400 out of `text`, worded by the server's first-letter rule."""
    return ApiError(400, f"Bad Request: {first_letter(text)}")


def forbidden(text: str) -> ApiError:
    """Make a 403 out of `text`, worded by the server's first-letter rule."""
    return ApiError(403, f"Forbidden: {first_letter(text)}")


def first_letter(text: str) -> str:
    """Lower the first letter, unless the second is upper-case or `_` (BUTTON_DATA_INVALID)."""
    second = text[1:2]
    if second == "_" or "A" <= second <= "Z":
        return text
    return text[:1].lower() + text[1:]

"""Reading a request: parameters from the query, a form, JSON or multipart, all as strings."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import FormParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_options_header

from bot.playground.errors import ApiError, bad_request
from bot.playground.files import Upload

INT32 = 2**31 - 1
MAX_UPLOAD = 50 * 2**20
"""Bytes of a file a bot may send."""

_DECIMAL = re.compile(r"\s*(-?\d{1,19}(?:\.\d{0,19})?)")
_WHOLE = re.compile(r"\s*(-?\d{1,19})")


class Params:
    """The parameters of one call; of a name given twice the first counts, as on the server."""

    def __init__(
        self, pairs: Iterable[tuple[str, str]], files: Mapping[str, Upload] | None = None
    ) -> None:
        self.values: dict[str, str] = {}
        self.files = files or {}
        for name, value in pairs:
            self.values.setdefault(name, value)

    def text(self, name: str) -> str:
        """Give a parameter as it came; "" when absent."""
        return self.values.get(name, "")

    def whole(self, name: str, default: int = 0, low: int = -INT32, high: int = INT32) -> int:
        """Give a whole number clamped to `low`..`high`; rubbish is 0, as on the server."""
        value = self.text(name)
        if not value:
            return default
        found = _WHOLE.match(value)
        return min(max(int(found[1]) if found else 0, low), high)

    def decimal(self, name: str) -> float:
        """Give a number; rubbish is 0."""
        found = _DECIMAL.match(self.text(name))
        return float(found[1]) if found else 0.0

    def flag(self, name: str) -> bool:
        """Give a boolean; only true, yes and 1 are true."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def read(self, name: str, refusal: str) -> Any:
        """Give a JSON parameter decoded; None when absent.

        Raises:
            ApiError: the parameter is not JSON; worded by `refusal`.

        """
        value = self.text(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(refusal) from None

    def record(self, name: str, words: str) -> dict[str, Any]:
        """Give a JSON object; an empty one when absent.

        Raises:
            ApiError: the parameter, called `words`, is not a JSON object.

        """
        value = self.read(name, f"Can't parse {words} JSON object")
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"Object expected as {words}")
        return value


def read_params(query: str, content_type: str, body: bytes) -> Params:
    """Read a request's parameters; the query goes before the body.

    Raises:
        ApiError: the body is not what its content type says.

    """
    pairs = parse_qsl(query, keep_blank_values=True)
    files: dict[str, Upload] = {}
    return Params([*pairs, *_body(content_type, body, files)], files)


def _body(content_type: str, body: bytes, files: dict[str, Upload]) -> Iterable[tuple[str, str]]:
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return parse_qsl(body.decode(), keep_blank_values=True)
        if kind == "application/json" and body:
            return list(_json(json.loads(body)))
        if kind == "multipart/form-data":
            return list(_multipart(content_type, body, files))
    except (ValueError, RecursionError, FormParserError):
        raise bad_request("Can't parse the request body") from None
    return ()


def _json(read: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(read, dict):
        raise bad_request("Object expected as JSON parameters")
    for name, value in read.items():
        if value is not None:
            yield name, value if isinstance(value, str) else json.dumps(value)


def _multipart(
    content_type: str, body: bytes, files: dict[str, Upload]
) -> Iterator[tuple[str, str]]:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if boundary is None:
        raise bad_request("Boundary not found")
    fields: list[Field] = []
    parser = FormParser(
        "multipart/form-data",
        fields.append,
        lambda file: _keep(file, files),
        boundary=boundary,
        config={"MAX_MEMORY_FILE_SIZE": 2 * MAX_UPLOAD},
    )
    parser.write(body)
    parser.finalize()
    for field in fields:
        yield (field.field_name or b"").decode(), (field.value or b"").decode()


def _keep(file: File, files: dict[str, Upload]) -> None:
    if not isinstance(file.file_object, BytesIO) or file.size > MAX_UPLOAD:
        said = f"Request Entity Too Large: file of size {file.size} is too big to be uploaded"
        raise ApiError(413, said)
    name = (file.file_name or b"file").decode(errors="replace")
    upload = Upload(name, file.file_object.getvalue())
    files.setdefault((file.field_name or b"").decode(), upload)

"""Text and its entities, checked and tidied the way the server does before it stores them."""

from typing import Any

from bot.playground.errors import ApiError, bad_request
from bot.playground.markup import parse
from bot.playground.names import CODE, ENTITIES, FOUND_ENTITIES, QUOTES, WITH_FIELD
from bot.playground.untangling import untangled
from bot.playground.wire import INT32, Params

MAX_TEXT = 4096
"""Code points of a message, counted after tidying."""
MAX_RAW = 32768
"""Bytes of a message as it comes."""
MAX_CAPTION = 1024
"""Code points of the words under a picture, counted after tidying."""

_BLANK = " \n\t\r\v\f\0\u00a0\u200b\u200e\u200f\u2060\ufeff"
Entity = dict[str, Any]


def read_text(params: Params, what: str = "text") -> tuple[str, list[Entity]]:
    """Give the text or the caption of a call and its entities as the chat will show them.

    Raises:
        ApiError: it is too long, its markup is broken, or an entity does not fit it; a text, not
            a caption, may not be empty.

    """
    raw = params.text(what)
    if not raw and what == "text":
        raise bad_request("Message text is empty")
    if byte_length(raw, "Text") > MAX_RAW:
        raise bad_request("Text is too long")
    mode = params.text("parse_mode").lower()
    if raw and mode not in {"", "none"}:
        text, found = parse(raw, mode)
        text, entities = trimmed(text, untangled(found))
    else:
        field = "entities" if what == "text" else "caption_entities"
        text, entities = trimmed(raw, _entities(params, raw, field))
    return _checked(text, entities, what)


def _checked(text: str, entities: list[Entity], what: str) -> tuple[str, list[Entity]]:
    if not text.strip(_BLANK):
        if what == "text":
            raise bad_request("Text must be non-empty")
        return "", []
    if len(text) > (MAX_TEXT if what == "text" else MAX_CAPTION):
        raise bad_request(f"Message {'caption ' if what == 'caption' else ''}is too long")
    return text, entities


def utf16(text: str) -> int:
    """Count the UTF-16 units of a text, the measure of every offset."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def byte_length(text: str, what: str) -> int:
    """Count the bytes of a text.

    Raises:
        ApiError: half of a surrogate pair stands alone in it.

    """
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise bad_request(f"{what} must be encoded in UTF-8") from None


def _entities(params: Params, text: str, field: str) -> list[Entity]:
    try:
        given = params.read(field, "unread")
    except ApiError:  # the server shows the text bare when it cannot read the list
        return []
    if not isinstance(given, list):
        return []
    read = [_entity(entry) for entry in given]
    kept = [e for e in read if e["type"] not in FOUND_ENTITIES and e["length"] > 0 <= e["offset"]]
    kept.sort(key=lambda e: (e["offset"], -e["length"], e["type"]))
    borders = _borders(text)
    for entity in kept:
        _check_place(entity, borders)
    _check_nesting(kept)
    return kept


def _entity(given: Any) -> Entity:
    if not isinstance(given, dict):
        raise _unread("expected an Object")
    for name in ("offset", "length"):
        _whole(given, name)
    kind = given.get("type")
    if not isinstance(kind, str):
        raise _unread('Can\'t find field "type"')
    if kind not in ENTITIES | FOUND_ENTITIES:
        raise _unread("Unsupported type specified")
    _check_field(kind, given)
    return {name: value for name, value in given.items() if value is not None}


def _check_field(kind: str, given: Entity) -> None:
    field = WITH_FIELD.get(kind)
    if field and given.get(field) is None:
        raise _unread(f'Can\'t find field "{field}"')
    if kind == "text_link":
        check_url(str(given["url"]), "Entity URL")
    if kind == "text_mention" and not isinstance(given["user"], dict):
        raise _unread('Field "user" must be of type Object')


def _whole(given: Entity, name: str) -> None:
    value = given.get(name)
    if value is None:
        raise _unread(f'Can\'t find field "{name}"')
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > INT32:
        raise _unread(f'Field "{name}" must be a valid Number')


def check_url(url: str, what: str) -> None:
    """Refuse what a client could not open.

    Raises:
        ApiError: not an http, https, tg or ton address.

    """
    scheme, colon, rest = url.partition("://")
    if not colon:
        scheme, rest = "http", url
    if scheme.lower() not in {"http", "https", "tg", "ton"}:
        raise bad_request(f"{what} '{url}' is invalid: Unsupported URL protocol")
    host = rest.partition("/")[0]
    if not rest or " " in rest or (scheme.lower() in {"http", "https"} and "." not in host):
        raise bad_request(f"{what} '{url}' is invalid: Wrong HTTP URL")


def _borders(text: str) -> dict[int, int]:
    """Map every offset where a character begins, and the end, to its place in bytes."""
    borders, units, size = {0: 0}, 0, 0
    for character in text:
        units += 1 + (ord(character) > 0xFFFF)  # noqa: PLR2004 - the last plane of one unit
        size += len(character.encode())
        borders[units] = size
    return borders


def _check_place(entity: Entity, borders: dict[int, int]) -> None:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    last = max(borders)
    if start > last:
        raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {start}")
    if start not in borders:
        raise bad_request(
            f"Entity begins in a middle of a UTF-16 symbol at byte offset {borders[start + 1]}"
        )
    whole = f"Entity beginning at UTF-16 offset {start} ends"
    if end > last:
        raise bad_request(f"{whole} after the end of the text at UTF-16 offset {end}")
    if end not in borders:
        raise bad_request(
            f"{whole} in a middle of a UTF-16 symbol at byte offset {borders[end + 1]}"
        )


def _check_nesting(entities: list[Entity]) -> None:
    """Refuse what the real server would silently cut up or drop: it is always a slip."""
    for index, outer in enumerate(entities):
        end = outer["offset"] + outer["length"]
        for inner in entities[index + 1 :]:
            if inner["offset"] >= end:
                break
            if inner["offset"] + inner["length"] > end:
                raise bad_request(f"Playground: entities cross at UTF-16 offset {inner['offset']}")
            _check_pair(outer["type"], inner["type"], inner["offset"])


def _check_pair(outer: str, inner: str, offset: int) -> None:
    if CODE & {outer, inner} or (outer in QUOTES and inner in QUOTES) or outer == inner:
        raise bad_request(
            f"Playground: {inner} cannot stand inside {outer} at UTF-16 offset {offset}"
        )


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Take the blanks off both ends, and move the entities along."""
    left = utf16(text) - utf16(text.lstrip(_BLANK[:4]))
    text = text.strip(_BLANK[:4])
    end = utf16(text)
    placed = [_placed(entity, left, end) for entity in entities]
    return text, [entity for entity in placed if entity["length"] > 0]


def _placed(entity: Entity, left: int, end: int) -> Entity:
    start = max(entity["offset"] - left, 0)
    stop = min(entity["offset"] + entity["length"] - left, end)
    return {**entity, "offset": start, "length": stop - start}


def _unread(why: str) -> ApiError:
    return bad_request(f"Can't parse MessageEntity: {why}")

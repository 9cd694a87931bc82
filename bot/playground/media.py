"""Pictures, documents, voices and other files: sending them and putting others in their place."""

import json
import mimetypes
from collections.abc import Callable

from bot.playground.chats import posted
from bot.playground.errors import bad_request
from bot.playground.files import Stored, Upload, size_of
from bot.playground.keyboards import read_keyboard, read_markup
from bot.playground.names import MEDIA
from bot.playground.state import Json, State
from bot.playground.texts import CAPTION_PARTS, captioned, editable, edited, marked
from bot.playground.wire import Params

MAX_PHOTO = 10 * 2**20
MAX_SIDES, MAX_RATIO = 10_000, 20
"""Pixels of a photo's width and height together, and how often the longer holds the shorter."""
WORDLESS = frozenset({"sticker", "video_note"})
"""Kinds without a caption."""


def sender(kind: str) -> Callable[[State, Params], Json]:
    """Make the method that sends one kind of file."""

    def send(state: State, params: Params) -> Json:
        stored = _file(state, params, kind, kind)
        content = _shown(stored, params)
        if kind not in WORDLESS:
            content |= captioned(state, params)
        inline, labels = read_markup(params)
        return posted(state, params, content | marked(inline), labels)

    return send


def edit_message_media(state: State, params: Params) -> Json:
    """Put another file and caption in the place of a message's."""
    media = params.record("media", "input media")
    kind = media.get("type")
    if kind not in MEDIA - WORDLESS - {"voice"}:
        raise bad_request("Can't parse InputMedia: unknown type specified")
    wanted = {name: _written(value) for name, value in media.items()}
    about = Params(wanted.items(), params.files)
    content = _shown(_file(state, about, "media", kind), about) | captioned(state, about)
    chat, message = editable(state, params)
    if not (MEDIA | {"text"}) & message.keys():
        raise bad_request("There is no media in the message to edit")
    parts = (*MEDIA, *CAPTION_PARTS, "text", "entities")
    return edited(state, chat, message, content | marked(read_keyboard(params)), parts)


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def send_location(state: State, params: Params) -> Json:
    """Put a place on the map into a chat."""
    place: Json = {}
    for name in ("latitude", "longitude"):
        if not params.text(name).strip():
            raise bad_request(f"{name} is empty")
        place[name] = params.decimal(name)
    inline, labels = read_markup(params)
    return posted(state, params, {"location": place} | marked(inline), labels)


def get_file(state: State, params: Params) -> Json:
    """Give a file's size and a link to it."""
    path = state.files.link(params.text("file_id"))
    return {**state.files.known[params.text("file_id")].about, "file_path": path}


def _file(state: State, params: Params, field: str, kind: str) -> Stored:
    given = params.text(field)
    attached = given.removeprefix("attach://") if given.startswith("attach://") else ""
    upload = params.files.get(attached or field)
    if given and not attached:
        return _known(state, given, kind)
    if upload is None:
        raise bad_request(f"There is no {kind.replace('_', ' ')} in the request")
    _check(upload, kind)
    return state.files.keep(kind, upload)


def _known(state: State, given: str, kind: str) -> Stored:
    if given.startswith(("http://", "https://")):  # there is no network here
        raise bad_request("failed to get HTTP URL content")
    stored = state.files.known.get(given)
    if stored is None:
        raise bad_request("Wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        first, second = stored.kind.title(), kind.title()
        raise bad_request(f"Can't use file of type {first} as {second}")
    return stored


def _check(upload: Upload, kind: str) -> None:
    """Refuse a photo that Telegram could not show."""
    if kind != "photo" or not upload.data:
        return
    if len(upload.data) > MAX_PHOTO:
        said = f"File of size {len(upload.data)} bytes is too big for a photo"
        raise bad_request(f"{said}; the maximum size is {MAX_PHOTO} bytes")
    size = size_of(upload.data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > MAX_SIDES or max(size) > MAX_RATIO * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _shown(stored: Stored, params: Params) -> Json:
    """Give a file as part of a message."""
    width, height = size_of(stored.data) or (params.whole("width"), params.whole("height"))
    about: Json = dict(stored.about)
    if stored.kind == "photo":
        return {"photo": [about | {"width": width, "height": height}]}
    if stored.kind in {"video", "animation"}:
        about |= {"width": width, "height": height}
    if stored.kind in {"voice", "video", "animation", "audio", "video_note"}:
        about["duration"] = params.whole("duration")
    if stored.kind == "video_note":
        about["length"] = params.whole("length", 240)
    if stored.kind == "sticker":
        about |= {"type": "regular", "width": width or 512, "height": height or 512}
        return {"sticker": about | {"is_animated": False, "is_video": False}}
    mime = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
    return {stored.kind: about | {"mime_type": mime} | _named(stored)}


def _named(stored: Stored) -> Json:
    has_name = stored.kind in {"document", "audio", "video", "animation"}
    return {"file_name": stored.name} if has_name else {}

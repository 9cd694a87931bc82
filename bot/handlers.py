"""Telegram updates as events of the conversation, each read alone and none trusted."""

from collections import deque
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from bot.incoming import Incoming
from bot.updates import Change, Message, Tap, Update
from dialogs.turns import CalledInGroup, Sent, Tapped, Typed
from dialogs.words import LONGEST

MEDIA = (
    *("photo", "video", "animation", "audio", "document", "sticker", "voice", "video_note"),
    *("live_photo", "contact", "dice", "game", "poll", "venue", "location", "story"),
    *("paid_media", "checklist"),
)
"""What people send that is not text. `animation` comes with a `document`, `venue` a `location`."""

SERVICE = frozenset(
    (
        *("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"),
        *("chat_background_set", "connected_website", "boost_added", "successful_payment"),
        *("refunded_payment", "proximity_alert_triggered", "passport_data", "migrate_to_chat_id"),
        *("migrate_from_chat_id", "group_chat_created", "new_chat_members", "left_chat_member"),
        *("new_chat_title", "new_chat_photo", "delete_chat_photo", "giveaway_created"),
        *("giveaway_completed", "paid_message_price_changed", "direct_message_price_changed"),
    )
)
"""Messages that Telegram writes by itself when something was set; nobody waits for an answer.

Whatever is neither here, nor text, nor known above, is something a person sent: kinds of message
that are newer than this program too.
"""

OTHER = "other"
"""The name of what a person sent and this program does not know."""

ALBUMS = 1000
"""Albums remembered, so that each is answered once and not picture by picture."""
ALBUM_LENGTH = 64
"""Characters of an album's name that are remembered: far more than Telegram's have."""

OUT = ("kicked", "left")
"""What a bot is called in a private chat whose person has blocked it."""

_NO_TAP = frozenset(("message", "edited_message", "my_chat_member"))
"""What stands beside no tap of Telegram's."""


class Reader:
    """Reads raw updates for the bot of this name; of commands in groups only those it knows.

    `heeded` gives each update as it is to be taken, once for each time it is read in a batch.
    """

    def __init__(
        self,
        name: str,
        commands: Container[str],
        heeded: Callable[[Incoming], Incoming] | None = None,
    ) -> None:
        self._name, self._commands, self._heeded = name.lower(), commands, heeded
        self._link = f"https://t.me/{name}?start=go"
        self._albums: deque[str] = deque(maxlen=ALBUMS)

    def read(self, batch: Iterable[Any]) -> list[Incoming]:
        """Read a batch; what has no usable update id is left out, since it cannot be confirmed."""
        known = self.look(batch)
        return [*map(self._heeded, known)] if self._heeded else known

    def look(self, batch: Iterable[Any]) -> list[Incoming]:
        """Read a batch that will come again, and heed nothing yet."""
        return [self.read_one(raw) for raw in batch if _has_id(raw)]

    def read_one(self, raw: dict[str, Any]) -> Incoming:
        """Read one update; whatever is wrong with it becomes the reason not to answer it."""
        return _own_tap(raw) or self.fresh(raw)

    def fresh(self, raw: dict[str, Any]) -> Incoming:
        """Read an update of any kind: what the short way gives is what this gives."""
        blank = Incoming(raw["update_id"], raw=raw)
        try:
            return self._read(blank, Update.model_validate(raw))
        except Exception as error:  # noqa: BLE001 - one odd update must not block a batch
            return replace(blank, reason=_fault(error))

    def _read(self, blank: Incoming, update: Update) -> Incoming:
        if update.callback_query:
            return _tapped(blank, update.callback_query)
        if update.message:
            return self._message(blank, update.message)
        if update.edited_message:
            return self._edited(blank, update.edited_message)
        if update.my_chat_member:
            return _changed(blank, update.my_chat_member)
        return replace(blank, reason="no kind that was asked for")

    def _message(self, blank: Incoming, message: Message) -> Incoming:
        incoming = _from(blank, message)
        if message.chat.type in ("group", "supergroup"):
            called = CalledInGroup(self._link) if self._is_called(message) else None
            return replace(incoming, event=called)
        if message.chat.type != "private":
            return incoming
        if message.text is not None:
            return replace(incoming, event=Typed(_whole(message.text), message.message_id))
        what = _what(blank.raw["message"])
        if what is None or (self._seen(message.media_group_id) and not message.caption):
            return incoming
        return replace(incoming, event=Sent(what, message.message_id, _whole(message.caption)))

    def _edited(self, blank: Incoming, message: Message) -> Incoming:
        """Other words, or another picture; a live place that moves on is no message."""
        incoming = _from(blank, message)
        if message.chat.type != "private":
            return incoming
        if said := message.text or message.caption:
            return replace(incoming, event=Typed(_whole(said), message.message_id, edited=True))
        what = _what(blank.raw["edited_message"])
        if what in (None, OTHER, "location", "venue") or message.media_group_id:
            return incoming
        return replace(incoming, event=Sent(str(what), message.message_id))

    def _is_called(self, message: Message) -> bool:
        """Whether a message begins with one of our commands, or any command sent to our name."""
        first = message.entities[:1]
        if not first or (first[0].type, first[0].offset) != ("bot_command", 0):
            return False
        # A command is ASCII, so its length in UTF-16 units is its length in characters.
        command, _, name = (message.text or "")[1 : first[0].length].partition("@")
        return name.lower() == self._name if name else command.lower() in self._commands

    def _seen(self, album: str | None) -> bool:
        if album is None:
            return False
        seen = (album := album[:ALBUM_LENGTH]) in self._albums
        self._albums.append(album)
        return seen


LARGEST = 2**63 - 1
"""The largest number Telegram sends."""


def _own_tap(raw: dict[str, Any]) -> Incoming | None:  # noqa: PLR0911 - each check by itself
    """A tap in one's own private chat, the short way; None for all that is not plainly one.

    As strict as the models of updates, and twenty times quicker: most of what comes in is this.
    """
    tap = raw.get("callback_query")
    if type(tap) is not dict or not _NO_TAP.isdisjoint(raw):
        return None
    user, shown = tap.get("from"), tap.get("message")
    if type(user) is not dict or type(shown) is not dict:
        return None
    chat, person, message_id = shown.get("chat"), user.get("id"), shown.get("message_id")
    if type(chat) is not dict or type(person) is not int or type(message_id) is not int:
        return None
    chat_id, data, name = chat.get("id"), tap.get("data"), tap.get("id")
    if type(chat_id) is not int or type(data) is not str or type(name) is not str:
        return None
    if chat_id != person or chat.get("type") != "private" or not (data + name).isascii():
        return None
    if not (0 <= person <= LARGEST and 0 <= message_id <= LARGEST):
        return None
    return Incoming(raw["update_id"], chat_id, Tapped(data, message_id), name, raw=raw)


def _tapped(blank: Incoming, tap: Tap) -> Incoming:
    """A tap counts only for the person whose private chat the button is in."""
    shown = tap.message
    mine = shown and shown.chat.type == "private" and shown.chat.id == tap.user.id
    known = replace(blank, callback_id=tap.id, foreign=not mine)
    if not shown or not mine or tap.data is None:
        return known
    return replace(known, chat_id=shown.chat.id, event=Tapped(tap.data, shown.message_id))


def _changed(blank: Incoming, change: Change) -> Incoming:
    known = replace(blank, chat_id=change.chat.id)
    if change.chat.type != "private":
        return known
    return replace(known, reachable=change.new_chat_member.status not in OUT)


def _what(raw: dict[str, Any]) -> str | None:
    """What was sent that is not text; None for a message that Telegram wrote itself."""
    known = next((kind for kind in MEDIA if kind in raw), None)
    if known or SERVICE & raw.keys():
        return known
    return OTHER


def _from(blank: Incoming, message: Message) -> Incoming:
    return replace(blank, chat_id=message.chat.id)


def _whole(text: str) -> str:
    """Replace halves of characters, which JSON can carry and nothing after it can take.

    More than Telegram lets anybody send is nobody's text, and is cut off.
    """
    return text[:LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fault(error: Exception) -> str:
    """Name the kind of a fault and its place, without what stood there."""
    if not isinstance(error, ValidationError):
        return type(error).__name__
    first = error.errors(include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['type']}"


def _has_id(raw: Any) -> bool:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**62

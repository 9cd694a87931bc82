"""Telegram's MarkdownV2 read without TDLib: what it refuses, and how it words that."""

from dataclasses import dataclass
from typing import Any

from bot.playground.links import checked_link, own, user_of, values, whole
from bot.playground.reading import Reader, formatted_date, refused

RESERVED = b"_*[]()~`>#+-=|{}.!\n"
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "language": "PreCode",
    "link": "TextUrl",
    "emoji": "CustomEmoji",
    "quote": "BlockQuote",
}
"""What TDLib calls each kind in its refusals."""
MARKS = {
    b"__": "underline",
    b"||": "spoiler",
    b"![": "emoji",
    b"_": "italic",
    b"*": "bold",
    b"~": "strikethrough",
    b"[": "link",
    b"`": "code",
}
"""What begins an entity; the longer ones are tried first."""
ENDS = {
    "bold": b"*",
    "italic": b"_",
    "underline": b"__",
    "strikethrough": b"~",
    "spoiler": b"||",
    "code": b"`",
    "pre": b"```",
    "language": b"```",
    "link": b"]",
    "emoji": b"]",
}


@dataclass(slots=True)
class Mark:
    """An open entity: its kind, where its mark stood, and where its text begins."""

    kind: str
    byte: int
    offset: int
    start: int
    language: str = ""


class Markdown(Reader):
    """One text being read; `read` gives the plain text and its entities."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.open: list[Mark] = []
        self.quoting = False
        self.may_quote = True

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        """Read it all.

        Raises:
            ApiError: what Telegram would not understand either.

        """
        while self.at < len(self.text):
            self._step()
        if self.quoting:
            self._last_quote()
        if self.open:
            raise self._endless()
        return self.result(), self.entities

    def _step(self) -> None:
        byte = self.text[self.at]
        if byte == ord("\\") and 0 < self._next() <= 126:  # noqa: PLR2004 - as TDLib has it
            self._escaped()
        elif byte not in self._reserved():
            self._plain(byte)
        elif self._ends():
            self._end()
        else:
            self._begin()

    def _next(self) -> int:
        return (self.peek(1) or b"\0")[0]

    def _reserved(self) -> bytes:
        code = self.open and self.open[-1].kind in {"code", "pre", "language"}
        return b"`" if code else RESERVED

    def _escaped(self) -> None:
        self.at += 1
        self._quotable()
        self.copy()

    def _plain(self, byte: int) -> None:
        if byte & 0xC0 != 0x80 and byte != ord("\r"):  # noqa: PLR2004 - UTF-8's own mark
            self.may_quote = False
        self.copy()

    def _quotable(self) -> None:
        if self.peek() != b"\r":
            self.may_quote = self.peek() == b"\n"

    def _ends(self) -> bool:
        if not self.open:
            return False
        if self.quoting and self.peek() == b"\n" and self.peek(1) != b">":
            return True
        kind = self.open[-1].kind
        if kind == "quote" or not self.text.startswith(ENDS[kind], self.at):
            return False
        return not (kind == "italic" and self.peek(1) == b"_")

    def _begin(self) -> None:
        if self.peek() == b"\n":
            self.copy()
            self.may_quote = True
        elif self.peek() == b">" and self.may_quote:
            if not self.quoting:
                self._open("quote")
            self.at += 1
            self.quoting = True
        elif self.peek(count=3) == b"```":
            self._block()
        else:
            mark = next((mark for mark in MARKS if self.text.startswith(mark, self.at)), None)
            if mark is None:
                raise self._unescaped()
            self._open(MARKS[mark])
            self.at += len(mark)

    def _unescaped(self) -> Exception:
        character = self.peek().decode()
        return refused(
            f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
        )

    def _open(self, kind: str, language: str = "") -> None:
        self.open.append(Mark(kind, self.at, self.units, len(self.out), language))

    def _block(self) -> None:
        """Open a block of code: an optional language, then one line end that does not count."""
        end = start = self.at + 3
        while end < len(self.text) and self.text[end] not in b" \t\r\n\0\v`":
            end += 1
        named = start < end < len(self.text) and self.text[end] != ord("`")
        language = self.text[start:end].decode() if named else ""
        self._open("language" if named else "pre", language)
        self.at = end if named else start
        first, second = self.peek(), self.peek(1)
        ends = (b"\n", b"\r")
        if first in ends:
            self.at += 2 if second in ends and first != second else 1

    def _end(self) -> None:
        mark = self.open[-1]
        kind = mark.kind
        if self.peek() == b"\n" and kind != "quote":
            kind = self._expandable()
            mark = self.open[-1]
        empty = self.units == mark.offset
        if kind in {"quote", "expandable"}:
            self.quoting, self.may_quote = False, True
            self.copy()
            self._close(mark, _quote(kind))
        else:
            self.at += len(ENDS[kind])
            about = self._about(mark)
            if about and not empty:
                self._close(mark, about)
        self.open.pop()

    def _expandable(self) -> str:
        """End a quote whose last line ends with `||`; other marks must have ended before."""
        mark = self.open[-1]
        carriage = self.out.endswith(b"\r")
        bare = mark.byte == self.at - 2 or (mark.byte == self.at - 3 and carriage)
        if mark.kind != "spoiler" or not bare:
            raise self._endless()
        self.open.pop()
        if self.open[-1].kind != "quote":
            raise self._endless()
        return "expandable"

    def _last_quote(self) -> None:
        kind, last = "quote", self.open[-1]
        if last.kind == "spoiler" and last.byte == len(self.text) - 2:
            self.open.pop()
            kind, last = "expandable", self.open[-1]
        if last.kind == "quote":
            if self.units > last.offset:
                self._close(last, _quote(kind))
            self.open.pop()

    def _close(self, mark: Mark, about: dict[str, Any]) -> None:
        place = {"offset": mark.offset, "length": self.units - mark.offset}
        self.entities.append({"type": about["type"], **place, **about})

    def _about(self, mark: Mark) -> dict[str, Any]:
        """Give the kind and the fields of what ends here; nothing when it becomes plain text."""
        if mark.kind == "link":
            return self._link(mark)
        if mark.kind == "emoji":
            return self._emoji()
        if mark.kind == "language":
            return {"type": "pre", "language": mark.language}
        return {"type": mark.kind}

    def _link(self, mark: Mark) -> dict[str, Any]:
        url = self._url() if self.peek() == b"(" else bytes(self.out[mark.start :]).decode()
        if user := user_of(url):
            return {"type": "text_mention", "user": {"id": user}}
        found = checked_link(url)
        return {"type": "text_link", "url": found} if found else {}

    def _url(self) -> str:
        self.at += 1
        begin, url = self.at, bytearray()
        while self.peek() and self.peek() != b")":
            if self.peek() == b"\\" and 0 < self._next() <= 126:  # noqa: PLR2004 - as above
                self.at += 1
            url += self.peek()
            self.at += 1
        if not self.peek():
            raise refused(f"Can't find end of a URL at byte offset {begin}")
        self.at += 1
        return url.decode()

    def _emoji(self) -> dict[str, Any]:
        if self.peek() != b"(":
            raise refused("The entity must contain a tg://emoji or tg://time URL")
        kind, parameters = own(self._url())
        if kind == "emoji" and (number := whole(next(iter(values(parameters, "id")), ""))):
            return {"type": "custom_emoji", "custom_emoji_id": str(number)}
        dates = [whole(value, 31) for value in values(parameters, "unix")]
        formats = values(parameters, "format") or [""]
        known = formats[-1] in {"r", "R"} or not set(formats[-1]) - set("tTdDwW")
        if kind != "time" or not dates or min(dates) <= 0 or not known:
            raise refused("Invalid tg://emoji or tg://time URL specified")
        return {"type": "date_time", **formatted_date(dates[-1], formats[-1])}

    def _endless(self) -> Exception:
        mark = self.open[-1]
        return refused(f"Can't find end of {NAMES[mark.kind]} entity at byte offset {mark.byte}")


def _quote(kind: str) -> dict[str, Any]:
    return {"type": "blockquote" if kind == "quote" else "expandable_blockquote"}

"""Telegram's HTML read without TDLib: what it refuses, and how it words that."""

import re
from typing import Any

from bot.playground.links import checked_link, user_of
from bot.playground.reading import Reader, formatted_date, refused
from bot.playground.tags import STYLES, TAGS, Tag, taken

NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}

_REFERENCE = re.compile(rb"&(?:#[xX]([0-9a-fA-F]*)|#([0-9]*)|([a-zA-Z]*))")
_SPACE = b" \t\r\n\0\v"
_LONGEST = 10
"""Bytes of a numeric reference, from which on it is taken for plain text."""
_END_OF_UNICODE = 0x10FFFF


class Html(Reader):
    """One text being read; `read` gives the plain text and its entities."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.open: list[Tag] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        """Read it all.

        Raises:
            ApiError: what Telegram would not understand either.

        """
        while self.at < len(self.text):
            if self.text[self.at] == ord("<"):
                self._tag()
            elif not (self.text[self.at] == ord("&") and self._referred()):
                self.copy()
        if self.open:
            raise refused(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return self.result(), self.entities

    def _referred(self) -> bool:
        character, self.at = reference(self.text, self.at)
        if character:
            self.add(character)
        return bool(character)

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self.peek() == b"/":
            self._end(begin)
        else:
            self._start(begin)

    def _start(self, begin: int) -> None:
        name = self._word(begin + 1)
        if not self.peek():
            raise refused(f"Unclosed start tag at byte offset {begin}")
        if name not in TAGS:
            raise refused(f'Unsupported start tag "{name}" at byte offset {begin}')
        tag = Tag(name, offset=self.units, start=len(self.out))
        while self._attribute(tag, begin):
            pass
        if name == "span" and tag.argument != b"spoiler":
            raise refused(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.at += 1
        self.open.append(tag)

    def _word(self, start: int) -> str:
        """Go on to a space or `>`; give what lies between."""
        while self.peek() and self.peek() not in _SPACE + b">":
            self.at += 1
        return self.text[start : self.at].lower().decode(errors="replace")

    def _attribute(self, tag: Tag, begin: int) -> bool:
        """Read one attribute; tell whether there may be another."""
        self._spaces()
        if self.peek() == b">":
            return False
        start = self.at
        while self.peek() and self.peek() not in _SPACE + b"=>/\"'":
            self.at += 1
        name = self.text[start : self.at]
        if not name:
            raise refused(f'Empty attribute name in the tag "{tag.name}" at byte offset {begin}')
        self._spaces()
        if self.peek() == b"=":
            self.at += 1
            taken(tag, name, self._value(tag, begin))
        elif not self.peek():
            raise self._unclosed(tag, begin)
        elif (tag.name, name) == ("blockquote", b"expandable"):
            tag.argument = b"1"
        return True

    def _value(self, tag: Tag, begin: int) -> bytes:
        self._spaces()
        quote = self.peek()
        if not quote:
            raise self._unclosed(tag, begin)
        value = self._quoted(quote) if quote in b"'\"" else self._token()
        if not self.peek():
            raise refused(f"Unclosed start tag at byte offset {begin}")
        return value

    def _token(self) -> bytes:
        start = self.at
        while self.peek() and (self.peek().isalnum() or self.peek() in b".-"):
            self.at += 1
        if self.peek() and self.peek() not in _SPACE + b">":
            raise refused(f"Unexpected end of name token at byte offset {start}")
        return self.text[start : self.at].lower()

    def _quoted(self, quote: bytes) -> bytes:
        self.at += 1
        value = bytearray()
        while self.peek() and self.peek() != quote:
            character = ""
            if self.peek() == b"&":
                character, self.at = reference(self.text, self.at)
            if character:
                value += character.encode("utf-8", "surrogatepass")
            else:
                value += self.peek()
                self.at += 1
        self.at += bool(self.peek())
        return bytes(value)

    def _spaces(self) -> None:
        while self.peek() and self.peek() in _SPACE:
            self.at += 1

    def _unclosed(self, tag: Tag, begin: int) -> Exception:
        return refused(f'Unclosed start tag "{tag.name}" at byte offset {begin}')

    def _end(self, begin: int) -> None:
        if not self.open:
            raise refused(f"Unexpected end tag at byte offset {begin}")
        name = self._word(begin + 2)
        self._spaces()
        if self.peek() != b">":
            raise refused(f"Unclosed end tag at byte offset {begin}")
        tag = self.open[-1]
        if name and name != tag.name:
            raise refused(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        self.at += 1
        if self.units > tag.offset:
            self._close(tag)
        self.open.pop()

    def _close(self, tag: Tag) -> None:
        place = {"offset": tag.offset, "length": self.units - tag.offset}
        if tag.name in STYLES:
            self.entities.append({"type": STYLES[tag.name], **place})
        elif tag.name in {"pre", "code"}:
            self._code(tag, place)
        elif tag.name == "blockquote":
            kind = "expandable_blockquote" if tag.argument else "blockquote"
            self.entities.append({"type": kind, **place})
        elif tag.name == "a":
            self._link(tag, place)
        else:
            self._special(tag, place)

    def _code(self, tag: Tag, place: dict[str, int]) -> None:
        """Add code; `pre` and `code` around the same text make one block with a language."""
        last = self.entities[-1] if self.entities else {}
        same = last and {name: last[name] for name in place} == place
        if tag.name == "pre" and same and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
        elif tag.name == "code" and same and last["type"] == "pre" and tag.argument:
            last["language"] = tag.argument.decode(errors="replace")
        else:
            language = {"language": tag.argument.decode(errors="replace")} if tag.argument else {}
            self.entities.append({"type": tag.name, **place, **language})

    def _link(self, tag: Tag, place: dict[str, int]) -> None:
        url = (tag.argument or bytes(self.out[tag.start :])).decode(errors="replace")
        if user := user_of(url):
            self.entities.append({"type": "text_mention", **place, "user": {"id": user}})
        elif found := checked_link(url):
            self.entities.append({"type": "text_link", **place, "url": found})

    def _special(self, tag: Tag, place: dict[str, int]) -> None:
        if tag.name == "tg-emoji":
            number = tag.argument.decode(errors="replace")
            if not re.fullmatch(r"-?[0-9]{1,19}", number) or not int(number):
                raise refused("Invalid custom emoji identifier specified")
            emoji = {"custom_emoji_id": str(int(number))}
            self.entities.append({"type": "custom_emoji", **place, **emoji})
        elif date := formatted_date(tag.date, tag.argument.decode(errors="replace")):
            self.entities.append({"type": "date_time", **place, **date})


def reference(text: bytes, at: int) -> tuple[str, int]:
    """Decode a character reference; give it and where it ends, or "" and `at` if it is none."""
    found = _REFERENCE.match(text, at)
    if found is None:
        return "", at
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        character = NAMED.get(name, "")
    else:
        digits = decimal if hexadecimal is None else hexadecimal
        number = int(digits or b"0", 16 if decimal is None else 10)
        short = len(found[0]) < _LONGEST and 0 < number < _END_OF_UNICODE
        character = chr(number) if short else ""
    end = found.end() + (text[found.end() : found.end() + 1] == b";")
    return (character, end) if character else ("", at)

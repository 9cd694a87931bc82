"""Updates as a broken or ill-willed sender might make them: samples, spoilt by chance."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from updates import FAMILY, message, private, tap, user

from dialogs.content import Content

PEOPLE = range(1, 41)
STRINGS = (
    *("", " ", "\0", "a\0b", "\\u0000", "\ud800", "\udfff x", "\ud83d\ude42", "\ufeff", "\u2028"),
    *("\u202etxet", "e\u0301" * 300, "Z\u0351\u036b\u0343a" * 200, "\U0001f468\u200d" * 50),
    *("NaN", "null", "true", "1e999", "-0", "0x7f", "%s %n %d", "{echo} {0} {", "$(true)", "`ls`"),
    *("'; DROP TABLE chats; --", '"}]}', "<b>", "</b><script>", "[x](tg://user?id=1)", "*_~`|"),
    *("../../etc/passwd", "/", "/@", "/start@", "/start@milia_bot", "/forget\0", "/START x" * 20),
    *("1:", "1:~::0:@consent\0", "1:~::0:@start-over", "1:~::999:@", "1:zzzzzzzzz:who:1:me", "~"),
    *("x" * 5000, "\U0001f642" * 4096, "\ufdfa" * 4096, "(" * 3000, "a b " * 2000, "1" * 4000),
    *("no" * 2000, "my eye hurts " * 300, "\u0130" * 3000, "\n" * 4000, "\N{ZERO WIDTH JOINER}"),
)
"""Naughty strings; whatever stands in a text may be one of them."""
NUMBERS = (
    *(0, -1, 1, 7, 2**31, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1),
    *(10**400, 1.5, -0.0, 1e308, True, False),
)
NAMES = ("", "id", "from", "text", "\0", "__class__", "update_id", "message", "\ud800", "x" * 300)
KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "poll", "new_thing")

Take = Callable[[], Any]


def nested(depth: int, *, lists: bool) -> Any:
    """Something inside something, so many times."""
    value: Any = "x"
    for _ in range(depth):
        value = [value] if lists else {"reply_to_message": value}
    return value


class Mischief:
    """Makes updates from a seed; the same seed makes the same ones."""

    def __init__(self, seed: int, content: Content) -> None:
        self.chance = random.Random(seed)
        heard = [text for said in content.heard_topics.values() for text in said]
        options = [label for q in content.questions.values() for label in q.options.values()]
        self._said = [*heard, *options, *(f"/{name}" for name in content.commands)]
        self._pressed: dict[int, list[str]] = {}
        self._number = 0

    def saw(self, person: int, data: Sequence[str]) -> None:
        """Note the buttons that a person was shown last."""
        if data:
            self._pressed[person] = list(data)

    def batch(self, size: int) -> list[Any]:
        """Some updates, most of them spoilt."""
        return [self.one() for _ in range(size)]

    def one(self) -> Any:
        """One update: a good sample, spoilt up to three times."""
        made = self._sample()
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 3))):
            made = self._spoilt(made)
        return made

    # --- samples ---

    def _sample(self) -> Any:
        self._number += 1
        person = self.chance.choice(PEOPLE)
        made = self.chance.choice(
            (*(self._tap,) * 4, *(self._text,) * 3, self._media, self._edit, self._rare)
        )
        return made(self._number, person)

    def _text(self, number: int, person: int) -> Any:
        more = {
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            "reply_to_message": message(text=self._words(), chat=private(person))["message"],
            "link_preview_options": {"is_disabled": True},
        }
        few = dict(self.chance.sample(list(more.items()), self.chance.randrange(3)))
        said = {"text": self._words(), "from": user(person), "message_id": number, **few}
        return message(number, chat=private(person), **said)

    def _tap(self, number: int, person: int) -> Any:
        shown = self._pressed.get(person) or ["1:~::0:@consent"]
        data = self.chance.choice((*shown, *shown, self._string()))
        return tap(number, chat=private(person), data=data, **{"from": user(person)})

    def _media(self, number: int, person: int) -> Any:
        photo = [{"file_id": "A", "file_unique_id": "B", "width": 1, "height": 1, "file_size": 9}]
        kind: dict[str, Any] = self.chance.choice(
            ({"photo": photo}, {"sticker": {"emoji": "x"}}, {"dice": {}})
        )
        words = {"caption": self._words(), "media_group_id": self._string()}
        few = dict(self.chance.sample(list(words.items()), self.chance.randrange(3)))
        return message(number, chat=private(person), **{"from": user(person), **kind, **few})

    def _edit(self, number: int, person: int) -> Any:
        sample = self.chance.choice((self._text, self._media))(number, person)
        body = {**sample["message"], "message_id": self.chance.randrange(1, number + 1)}
        return {"update_id": number, "edited_message": body}

    def _rare(self, number: int, person: int) -> Any:
        group = {"id": FAMILY, "type": "supergroup", "title": "Family"}
        status = self.chance.choice(("kicked", "member", "left"))
        change = {"chat": private(person), "from": user(person), "new_chat_member": {}}
        change["new_chat_member"] = {"status": status, "user": user(1)}
        command = {"text": "/routine", "entities": [{"type": "bot_command"}]}
        command["entities"] = [{"type": "bot_command", "offset": 0, "length": 8}]
        inline = tap(number, message=None, inline_message_id="x", data="1:x", game_short_name="g")
        moved = message(number, chat=group, migrate_to_chat_id=-1001)
        return self.chance.choice(
            (
                {"update_id": number, "my_chat_member": change},
                message(number, chat=group, **command),
                {"update_id": number, "channel_post": message()["message"]},
                {"update_id": number, "inline_query": {"id": "1", "from": user(), "query": "x"}},
                inline,
                moved,
            )
        )

    def _words(self) -> str:
        return self.chance.choice((self.chance.choice(self._said), self._string()))

    def _string(self) -> str:
        """Any of the naughty strings, the long ones less often: to read them takes longest."""
        text = self.chance.choice(STRINGS)
        return text if len(text) < 1000 or self.chance.random() < 0.1 else text[:40]

    # --- spoiling ---

    def _spoilt(self, made: Any) -> Any:
        """The same with one thing wrong at a place chosen by chance."""
        if not isinstance(made, dict | list) or not made:
            return self._rubbish()
        names = list(made) if isinstance(made, dict) else list(range(len(made)))
        name = self.chance.choice(names)
        if isinstance(made[name], dict | list) and made[name] and self.chance.random() < 0.7:
            made[name] = self._spoilt(made[name])
            return made
        return self._broken(made, name)

    def _broken(self, made: Any, name: Any) -> Any:
        match self.chance.randrange(6):
            case 0:
                del made[name]
            case 1 if isinstance(made, dict):
                made[self.chance.choice((*NAMES, *KINDS))] = self._rubbish()
            case 2:
                made[name] = [made[name]]
            case 3 if isinstance(made, dict):
                made[self.chance.choice((*NAMES, *KINDS))] = made.pop(name)
            case _:
                made[name] = self._like(made[name])
        return made

    def _like(self, value: Any) -> Any:
        """Rubbish that often is of the right kind, so that it comes further."""
        if isinstance(value, int | str) and self.chance.random() < 0.6:
            return self.chance.choice(NUMBERS) if isinstance(value, int) else self._string()
        return self._rubbish()

    def _rubbish(self) -> Any:
        deep = nested(self.chance.choice((2, 50, 300)), lists=self.chance.random() < 0.5)
        number, text = self.chance.choice(NUMBERS), self._string()
        some: Sequence[Any] = (None, [], {}, [[]], [{}], deep, number, number, text, text, text)
        return self.chance.choice(some)

"""The people's side: what they do in Telegram; and what a test makes go wrong."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from bot.playground.client import (
    FILES,
    STUBS,
    DriverError,
    heard,
    newest_keyboard,
    pressed,
    texted,
)
from bot.playground.faults import Fault
from bot.playground.seeing import Seen
from bot.playground.state import Chat, Json, Person, State, Tap


class Driver(Seen):
    """Acts for the people; every person is an id, made on first mention. One event loop only."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        for kind, upload in FILES.items():
            state.files.keep(kind, upload, kind)

    def person(
        self, person: int, first_name: str = "Ann", language: str = "en", *, started: bool = False
    ) -> Json:
        """Introduce a person, or rename one; `started` means they once wrote to the bot."""
        known = self.state.people.setdefault(person, Person(person, first_name, language))
        known.first_name, known.language = first_name, language
        if started:
            self._chat(known, None)
        return known.user

    def group(self, chat: int, title: str = "Family") -> Json:
        """Make a group the bot is in; its id must be negative."""
        if chat >= 0:
            raise DriverError("a group has a negative id")
        about = {"id": chat, "type": "group", "title": title}
        return self.state.chats.setdefault(chat, Chat(about)).about

    def say(self, person: int, text: str, chat: int | None = None) -> Json:
        """Send a text; in a group the bot hears only commands and mentions of it."""
        return self._send(person, texted(text), chat)

    def send(self, person: int, kind: str, caption: str = "", chat: int | None = None) -> Json:
        """Send a photo, voice, sticker, document, ... or location; `STUBS` lists the kinds."""
        if kind not in STUBS:
            raise DriverError(f"cannot send {kind}")
        content = {kind: STUBS[kind]} | ({"caption": caption} if caption else {})
        return self._send(person, content, chat)

    def edit(self, person: int, message_id: int, text: str, chat: int | None = None) -> Json:
        """Change an earlier text of one's own."""
        here = self._chat(self._active(person), chat)
        message = here.messages.get(message_id)
        if message is None or message["from"]["id"] != person or "text" not in message:
            raise DriverError(f"{person} has no text {message_id} to edit")
        kept = {k: v for k, v in message.items() if k not in {"text", "entities"}}
        edited = self.state.replace(here, kept | texted(text))
        self._tell(edited, "edited_message")
        return edited

    def delete(self, person: int, message_id: int, chat: int | None = None) -> None:
        """Delete a message for both: any in a private chat, one's own in a group.

        The bot is not told, as on Telegram.
        """
        here = self._chat(self._active(person), chat)
        message = here.messages.get(message_id)
        if message is None or (here.id < 0 and message["from"]["id"] != person):
            raise DriverError(f"{person} has no message {message_id} to delete")
        self.state.remove(here, message_id)

    def tap(
        self,
        person: int,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        chat: int | None = None,
        force: bool = False,
    ) -> Json:
        """Tap a button by label or data, on the newest keyboard unless `message_id` says which.

        `force` sends `data` whatever the message carries, or even if it is gone: a late or
        forged tap. Gives the callback query.
        """
        tapper = self._active(person)
        here = self._chat(tapper, chat)
        message = here.messages.get(message_id) if message_id else newest_keyboard(here)
        if not force:
            data = pressed(message, label, data)
        if data is None:
            raise DriverError("a forced tap needs data")
        gone = {"chat": here.about, "message_id": message_id or 0, "date": 0}
        return self._tapped(tapper, message or gone, data)

    def block(self, person: int) -> None:
        """Block the bot."""
        self._membership(person, blocked=True)

    def unblock(self, person: int) -> None:
        """Unblock the bot."""
        self._membership(person, blocked=False)

    def deactivate(self, person: int) -> None:
        """Delete a person's account, for good."""
        self._active(person).deactivated = True

    def migrate(self, chat: int, to: int) -> Json:
        """Make a supergroup of a group; the bot is told the new id when it uses the old one."""
        old = self.state.chats[chat]
        about = old.about | {"id": to, "type": "supergroup"}
        self.state.chats[to] = Chat(about)
        old.moved_to = to
        return about

    def inject(self, update: Json) -> int:
        """Queue any update as it is, however malformed; gives its place in the queue."""
        return self.state.updates.inject(update)

    def advance(self, seconds: float) -> datetime:
        """Move the clock; gives the new time."""
        self.state.clock.move(timedelta(seconds=seconds))
        self.state.tell("clock", None, {"now": self.now().isoformat()})
        return self.now()

    def fault(self, kind: str, method: str = "*", **about: Any) -> Fault:
        """Let something go wrong; `Fault` tells what, and counts it in `fired`."""
        fault = Fault(kind, method, **about)
        self.state.faults.waiting.append(fault)
        return fault

    def mend(self) -> None:
        """Take away every fault that has not fired yet, or fires always."""
        self.state.faults.waiting.clear()

    def fired(self) -> dict[str, int]:
        """Count what went wrong on demand, by kind."""
        return dict(self.state.faults.fired)

    def flood(self, *, on: bool = True) -> None:
        """Take only so many messages as Telegram does, or as many as come."""
        self.state.floods.on = on

    def hang_up(self, client: object) -> None:
        """Close the connection of a client; whoever serves knows how."""
        raise NotImplementedError(client)

    def _active(self, person: int) -> Person:
        if person not in self.state.people:
            self.person(person)
        known = self.state.people[person]
        if known.blocked:
            raise DriverError(f"{person} has blocked the bot")
        return known

    def _chat(self, person: Person, chat: int | None) -> Chat:
        person.met = True
        if chat is None or chat == person.id:
            about = {"id": person.id, "type": "private", "first_name": person.first_name}
            return self.state.chats.setdefault(person.id, Chat(about))
        if chat not in self.state.chats or chat > 0:
            raise DriverError(f"{person.id} is not in chat {chat}")
        return self.state.chats[chat]

    def _send(self, person: int, content: Json, chat: int | None) -> Json:
        sender = self._active(person)
        message = self.state.put(self._chat(sender, chat), sender.user, content)
        self._tell(message, "message")
        return message

    def _tell(self, message: Json, kind: str) -> None:
        if heard(message, self.state.bot["username"]):
            self.state.updates.add(kind, message)

    def _tapped(self, person: Person, message: Json, data: str) -> Json:
        number = secrets.randbelow(2**63)
        self.state.taps[number] = Tap(person, self.state.now())
        query = {
            "id": str(number),
            "from": person.user,
            "message": message,
            "chat_instance": str(message["chat"]["id"]),
            "data": data,
        }
        self.state.updates.add("callback_query", query)
        return query

    def _membership(self, person: int, *, blocked: bool) -> None:
        if person not in self.state.people:
            self.person(person)
        known = self.state.people[person]
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        if known.blocked == blocked:
            return
        known.blocked = blocked
        self.state.tell("blocked", person, {"blocked": blocked})
        member = {"user": self.state.bot, "until_date": 0}
        change = {
            "chat": self._chat(known, None).about,
            "from": known.user,
            "date": self.state.stamp(),
            "old_chat_member": member | {"status": before},
            "new_chat_member": member | {"status": after},
        }
        self.state.updates.add("my_chat_member", change)

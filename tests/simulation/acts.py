"""What people do, as the updates that Telegram makes of it."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["typed", "edited", "media", "tap", "foreign", "blocked", "back"]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody does; a foreign tap is `by` somebody else than whose chat it is."""

    kind: Kind
    chat: int
    message_id: int = 0
    text: str = ""
    by: int = 0

    @property
    def is_tap(self) -> bool:
        return self.kind in ("tap", "foreign")

    @property
    def wants_a_reply(self) -> bool:
        return self.kind not in ("foreign", "blocked", "back")


def update(update_id: int, act: Act) -> dict[str, Any]:
    """Give the update of an act."""
    chat = {"id": act.chat, "type": "private", "first_name": "Ann"}
    user = {"id": act.by or act.chat, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": act.message_id, "date": 1, "chat": chat, "from": user}
    if act.is_tap:
        shown = {"message_id": act.message_id, "date": 0, "chat": chat}
        tap = {"id": str(update_id), "from": user, "message": shown, "chat_instance": "1"}
        return {"update_id": update_id, "callback_query": {**tap, "data": act.text}}
    if act.kind in ("blocked", "back"):
        status = "kicked" if act.kind == "blocked" else "member"
        change = {"chat": chat, "from": user, "date": 1, "new_chat_member": {"status": status}}
        return {"update_id": update_id, "my_chat_member": change}
    if act.kind == "media":
        return {"update_id": update_id, "message": {**message, "photo": []}}
    name = "message" if act.kind == "typed" else "edited_message"
    return {"update_id": update_id, name: {**message, "text": act.text}}

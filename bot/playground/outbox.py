"""What a call of the bot changed in front of people's eyes."""

from bot.playground.state import Call, Json

_CHANGES = ("send", "edit", "delete", "forward", "copy", "answer")


def visible(method: str) -> bool:
    """Tell whether somebody can see that a method, in lower case, succeeded."""
    unseen = method in {"sendchataction", "deletewebhook"} or method.startswith("deletemy")
    return method.startswith(_CHANGES) and not unseen


def seen(call: Call) -> Json:
    """Give a successful call as an outbox entry: number, time, method, and message or text."""
    entry: Json = {"number": call.number, "at": call.at.isoformat(), "method": call.method}
    message = call.result
    if not isinstance(message, dict) or "chat" not in message:
        return entry | call.params
    place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
    text = message.get("text", message.get("caption", ""))
    return entry | place | {"text": text, "message": message}

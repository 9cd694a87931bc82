"""What a call of the bot changed in front of people's eyes."""

from bot.playground.state import Call, Json

SHOWN = frozenset(
    {
        "sendmessage",
        "editmessagetext",
        "editmessagereplymarkup",
        "deletemessage",
        "answercallbackquery",
    }
)
"""The methods whose success somebody can see, in lower case."""


def seen(call: Call) -> Json:
    """Give a successful call as an outbox entry: number, time, method, and message or text."""
    entry: Json = {"number": call.number, "at": call.at.isoformat(), "method": call.method}
    if isinstance(call.result, dict):
        message = call.result
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        return entry | place | {"text": message.get("text", ""), "message": message}
    return entry | call.params

"""The stand-in edits and deletes the way Telegram's own server does."""

import pytest
from standin import ANN, BOB, NOON, Server, entity, keyboard

from bot.playground import DriverError

pytestmark = pytest.mark.asyncio


async def test_an_edit_that_changes_nothing_is_refused_at_length(server: Server) -> None:
    server.person(ANN, started=True)
    shown = {"text": "a", "entities": [entity("bold", 0, 1)], "reply_markup": keyboard()}
    sent = await server.ask("sendMessage", chat_id=ANN, **shown)
    place = {"chat_id": ANN, "message_id": sent["message_id"]}
    said = (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )
    assert await server.refusal("editMessageText", **place, **shown) == (400, said)
    same = {"reply_markup": keyboard()}
    assert await server.refusal("editMessageReplyMarkup", **place, **same) == (400, said)
    edited = await server.ask("editMessageText", **place, **shown | {"text": "b"})
    assert edited["edit_date"] == int(NOON.timestamp())


async def test_an_edit_without_a_keyboard_removes_it(server: Server) -> None:
    server.person(ANN, started=True)
    for method, params in (("editMessageText", {"text": "b"}), ("editMessageReplyMarkup", {})):
        sent = await server.ask("sendMessage", chat_id=ANN, text="a", reply_markup=keyboard())
        await server.ask(method, chat_id=ANN, message_id=sent["message_id"], **params)
        assert "reply_markup" not in server.transcript(ANN)[-1]
        with pytest.raises(DriverError, match="no button 'Yes'"):
            server.tap(ANN, "Yes", message_id=sent["message_id"])


async def test_a_message_that_is_missing_cannot_be_edited_or_deleted(server: Server) -> None:
    place = {"chat_id": ANN, "message_id": server.say(ANN, "mine")["message_id"]}
    edited = await server.refusal("editMessageText", **place, text="b")
    assert edited == (400, "Bad Request: message can't be edited")
    assert await server.ask("deleteMessage", **place) is True
    assert server.transcript(ANN) == []
    edited = await server.refusal("editMessageText", **place, text="b")
    assert edited == (400, "Bad Request: message to edit not found")
    deleted = await server.refusal("deleteMessage", **place)
    assert deleted == (400, "Bad Request: message to delete not found")


async def test_a_message_of_another_chat_cannot_be_edited(server: Server) -> None:
    server.person(BOB, started=True)
    server.person(ANN, started=True)
    sent = await server.ask("sendMessage", chat_id=ANN, text="a")
    place = {"chat_id": BOB, "message_id": sent["message_id"]}
    missing = (400, "Bad Request: message to edit not found")
    assert await server.refusal("editMessageText", **place, text="b") == missing


async def test_a_message_cannot_be_deleted_after_48_hours(server: Server) -> None:
    sent = server.say(ANN, "a")["message_id"]
    server.advance(48 * 3600 + 1)
    late = (400, "Bad Request: message can't be deleted for everyone")
    assert await server.refusal("deleteMessage", chat_id=ANN, message_id=sent) == late

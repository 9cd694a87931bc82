"""The stand-in lets people do what they can do in Telegram, and nothing else."""

import pytest
import telegram
from standin import ANN, BOB, FAMILY, Server, entity, keyboard

from bot.playground import DriverError

pytestmark = pytest.mark.asyncio


async def test_several_people_are_in_chats_of_their_own(server: Server) -> None:
    server.person(ANN, "Ann", "en")
    server.person(BOB, "Bob", "de")
    server.say(ANN, "a /help @x")
    server.say(BOB, "🙂 /start")
    first, second = [update["message"] for update in await server.ask("getUpdates")]
    assert (first["from"]["first_name"], second["from"]["language_code"]) == ("Ann", "de")
    assert first["entities"] == [entity("bot_command", 2, 5)]
    assert second["entities"] == [entity("bot_command", 3, 6)]
    assert [message["text"] for message in server.transcript(BOB)] == ["🙂 /start"]


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice"])
async def test_media_arrive_as_messages_without_text(server: Server, kind: str) -> None:
    server.send(ANN, kind)
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        (update,) = await bot.get_updates()
    assert update.message
    assert update.message.text is None
    assert update.message.effective_attachment


async def test_an_edit_by_a_person_comes_as_an_edited_message(server: Server) -> None:
    sent = server.say(ANN, "/start")["message_id"]
    server.edit(ANN, sent, "never mind")
    edited = (await server.ask("getUpdates"))[-1]["edited_message"]
    assert (edited["message_id"], edited["text"], "entities" in edited) == (
        sent,
        "never mind",
        False,
    )
    with pytest.raises(DriverError):
        server.edit(BOB, sent, "not mine")


async def test_a_tap_needs_a_button_that_is_still_there_unless_forced(server: Server) -> None:
    await server.tapped()
    first = server.transcript(ANN)[-1]["message_id"]
    await server.ask("sendMessage", chat_id=ANN, text="Other", reply_markup=keyboard("no", "No"))
    assert server.tap(ANN, data="no")["message"]["text"] == "Other"
    assert server.tap(ANN, "Yes", message_id=first)["message"]["text"] == "Sure?"
    for label, data in (("Yes", None), (None, "yes"), (None, None)):
        with pytest.raises(DriverError):
            server.tap(ANN, label, data=data)
    await server.ask("deleteMessage", chat_id=ANN, message_id=first)
    with pytest.raises(DriverError):
        server.tap(ANN, "Yes", message_id=first)
    assert server.tap(ANN, data="forged", message_id=first, force=True)["message"]["date"] == 0
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        forged = (await bot.get_updates())[-1].callback_query
    assert forged
    assert forged.data == "forged"


async def test_a_double_tap_is_two_updates(server: Server) -> None:
    await server.tapped()
    server.tap(ANN, "Yes")
    queries = [update["callback_query"] for update in await server.ask("getUpdates")]
    assert len({query["id"] for query in queries}) == 2


async def test_blocking_tells_the_bot_and_silences_the_person(server: Server) -> None:
    server.say(ANN, "a")
    server.block(ANN)
    server.block(ANN)
    with pytest.raises(DriverError):
        server.say(ANN, "b")
    server.unblock(ANN)
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        changes = [update.my_chat_member for update in await bot.get_updates()][1:]
    assert [change.new_chat_member.status for change in changes if change] == ["kicked", "member"]


async def test_in_a_group_the_bot_hears_commands_and_its_name_only(server: Server) -> None:
    server.group(FAMILY)
    heard = ["/start", "/start@playground_bot", "hey @playground_bot"]
    for text in [*heard, "hello", "/start@other_bot"]:
        server.say(ANN, text, FAMILY)
    updates = await server.ask("getUpdates")
    assert [update["message"]["text"] for update in updates] == heard
    await server.ask("sendMessage", chat_id=FAMILY, text="Hi", reply_markup=keyboard())
    assert server.tap(BOB, "Yes", chat=FAMILY)["message"]["chat"]["id"] == FAMILY


async def test_any_update_can_be_injected(server: Server) -> None:
    server.inject({"message": "nonsense"})
    server.inject({"update_id": 5, "surprise": None})
    first, second = await server.ask("getUpdates")
    assert first["message"] == "nonsense"
    assert second == {"update_id": 5, "surprise": None}

"""The stand-in checks what is sent the way Telegram's own server does."""

from typing import Any

import pytest
from standin import ANN, BOB, FAMILY, Server, entity, keyboard

pytestmark = pytest.mark.asyncio


TEXTS = {
    "empty": ({"text": ""}, "message text is empty"),
    "blank": ({"text": " \n\u200b "}, "text must be non-empty"),
    "long": ({"text": "🙂" * 4097}, "message is too long"),
    "raw": ({"text": "a" * 32769}, "text is too long"),
    "mode": ({"text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    "half a character": ({"text": "\ud83d"}, "text must be encoded in UTF-8"),
}


@pytest.mark.parametrize("case", TEXTS)
async def test_a_text_nobody_could_read_is_refused(server: Server, case: str) -> None:
    server.person(ANN, started=True)
    params, said = TEXTS[case]
    for method in ("sendMessage", "editMessageText"):
        code, description = await server.refusal(method, chat_id=ANN, message_id=1, **params)
        assert code == 400
        assert description.startswith(f"Bad Request: {said}")


async def test_4096_code_points_fit_after_trimming(server: Server) -> None:
    server.person(ANN, started=True)
    sent = await server.ask("sendMessage", chat_id=ANN, text="  " + "🙂" * 4096 + "\n")
    assert sent["text"] == "🙂" * 4096


ENTITIES = {
    "kind": ([entity("sparkle", 0, 1)], "can't parse MessageEntity: Unsupported type specified"),
    "no url": ([entity("text_link", 0, 1)], "can't parse MessageEntity: Can't find field \"url\""),
    "url": (
        [entity("text_link", 0, 1, url="localhost")],
        "entity URL 'localhost' is invalid: Wrong HTTP URL",
    ),
    "no length": (
        [{"type": "bold", "offset": 0}],
        "can't parse MessageEntity: Can't find field \"length\"",
    ),
    "object": (["bold"], "can't parse MessageEntity: expected an Object"),
    "stranger": ([entity("text_mention", 0, 2, user={"id": 99})], "user not found"),
    "behind": (
        [entity("bold", 9, 1)],
        "entity begins after the end of the text at UTF-16 offset 9",
    ),
    "long": (
        [entity("bold", 2, 6)],
        "entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 8",
    ),
    "starts inside": (
        [entity("bold", 1, 1)],
        "entity begins in a middle of a UTF-16 symbol at byte offset 4",
    ),
    "ends inside": (
        [entity("bold", 0, 1)],
        "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
    ),
    "cross": (
        [entity("bold", 0, 3), entity("italic", 2, 3)],
        "playground: entities cross at UTF-16 offset 2",
    ),
    "in code": (
        [entity("code", 0, 5), entity("bold", 2, 1)],
        "playground: bold cannot stand inside code at UTF-16 offset 2",
    ),
}


@pytest.mark.parametrize("case", ENTITIES)
async def test_an_entity_that_does_not_fit_is_refused(server: Server, case: str) -> None:
    server.person(ANN, started=True)
    entities, said = ENTITIES[case]
    found = await server.refusal("sendMessage", chat_id=ANN, text="🙂abc", entities=entities)
    assert found == (400, f"Bad Request: {said}")


async def test_entities_move_with_the_trimmed_text(server: Server) -> None:
    server.person(ANN, started=True)
    entities = [entity("italic", 4, 1), entity("bold", 2, 9), entity("hashtag", 0, 1)]
    sent = await server.ask("sendMessage", chat_id=ANN, text="  🙂abc    ", entities=entities)
    assert sent["entities"] == [entity("bold", 0, 5), entity("italic", 2, 1)]


BUTTONS = {
    "data": (keyboard("é" * 33), "BUTTON_DATA_INVALID"),
    "no action": (
        keyboard(""),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "json": ("{", "can't parse reply keyboard markup JSON object"),
    "list": ([], "object expected as reply markup"),
    "rows": (
        {"inline_keyboard": [{}]},
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    "object": (
        {"inline_keyboard": [["Yes"]]},
        "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
    ),
    "url": (
        {"inline_keyboard": [[{"text": "a", "url": "ftp://a.b"}]]},
        "inline keyboard button URL 'ftp://a.b' is invalid: Unsupported URL protocol",
    ),
    "many": ({"inline_keyboard": keyboard()["inline_keyboard"] * 101}, "reply markup is too long"),
    "reply rows": (
        {"keyboard": ["a"]},
        'field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays',
    ),
    "reply label": (
        {"keyboard": [[{}]]},
        "can't parse keyboard button: Can't find field \"text\"",
    ),
}


@pytest.mark.parametrize("case", BUTTONS)
async def test_a_keyboard_that_breaks_a_rule_is_refused(server: Server, case: str) -> None:
    server.person(ANN, started=True)
    markup, said = BUTTONS[case]
    found = await server.refusal("sendMessage", chat_id=ANN, text="a", reply_markup=markup)
    assert found == (400, f"Bad Request: {said}")


async def test_callback_data_of_64_bytes_fits(server: Server) -> None:
    server.person(ANN, started=True)
    await server.ask("sendMessage", chat_id=ANN, text="a", reply_markup=keyboard("é" * 32))
    assert server.tap(ANN, "Yes")["data"] == "é" * 32


async def test_only_people_the_bot_may_write_to_are_reached(server: Server) -> None:
    async def refused(**params: Any) -> tuple[int, str]:
        return await server.refusal("sendMessage", text="a", **params)

    assert await refused() == (400, "Bad Request: chat_id is empty")
    assert await refused(chat_id=BOB) == (400, "Bad Request: chat not found")
    server.group(FAMILY)
    server.say(BOB, "/start", FAMILY)
    cold = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await refused(chat_id=BOB) == cold
    server.say(BOB, "hello")
    await server.ask("sendMessage", chat_id=BOB, text="a")
    server.block(BOB)
    assert await refused(chat_id=BOB) == (403, "Forbidden: bot was blocked by the user")
    server.unblock(BOB)
    await server.ask("sendMessage", chat_id=BOB, text="a")


async def test_a_person_without_an_account_is_not_reached(server: Server) -> None:
    server.person(ANN, started=True)
    server.deactivate(ANN)
    gone = (403, "Forbidden: user is deactivated")
    assert await server.refusal("sendMessage", chat_id=ANN, text="a") == gone


async def test_a_keyboard_in_place_of_the_keys_stays_until_it_is_taken_away(
    server: Server,
) -> None:
    server.person(ANN, started=True)
    shown = {"chat_id": ANN, "text": "a"}
    keys = {"keyboard": [["a", {"text": "b"}], ["c"]]}
    sent = await server.ask("sendMessage", **shown, reply_markup=keys)
    assert ("reply_markup" in sent, server.keyboard(ANN)) == (False, [["a", "b"], ["c"]])
    await server.ask("sendMessage", **shown)
    assert server.keyboard(ANN) == [["a", "b"], ["c"]]
    place = {"chat_id": ANN, "message_id": sent["message_id"], "text": "b"}
    found = await server.refusal("editMessageText", **place, reply_markup=keys)
    assert found == (400, "Bad Request: inline keyboard expected")
    await server.ask("sendMessage", **shown, reply_markup={"remove_keyboard": True})
    assert server.keyboard(ANN) == []


async def test_entities_that_are_no_list_leave_the_text_bare(server: Server) -> None:
    server.person(ANN, started=True)
    for odd in ("[", "{}", "5"):
        sent = await server.ask("sendMessage", chat_id=ANN, text="a", entities=odd)
        assert "entities" not in sent


async def test_a_reply_names_a_message_that_is_there(server: Server) -> None:
    asked = server.say(ANN, "why?")["message_id"]
    reply = {"chat_id": ANN, "text": "so", "reply_parameters": {"message_id": asked}}
    assert (await server.ask("sendMessage", **reply))["reply_to_message"]["text"] == "why?"
    reply["reply_parameters"] = {"message_id": 99}
    missing = (400, "Bad Request: message to be replied not found")
    assert await server.refusal("sendMessage", **reply) == missing

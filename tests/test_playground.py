"""The stand-in answers the way Telegram's own server does."""

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
import telegram

from bot.playground import DriverError, Playground

pytestmark = pytest.mark.asyncio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BOB, FAMILY = 7, 8, -100
TEXT = "grüße & \r\n 🙂"


class Server(Playground):
    """The stand-in with a bot's plain HTTP client beside it."""

    http: httpx.AsyncClient

    async def post(self, method: str, **params: Any) -> httpx.Response:
        url, headers = f"{self.url}/bot{self.token}/{method}", {"content-type": "application/json"}
        return await self.http.post(url, content=json.dumps(params), headers=headers)

    async def ask(self, method: str, **params: Any) -> Any:
        answer = (await self.post(method, **params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        answer = await self.post(method, **params)
        body = answer.json()
        assert not body["ok"]
        assert body["error_code"] == answer.status_code
        return answer.status_code, body["description"]

    async def ids(self, **params: Any) -> list[int]:
        return [update["update_id"] for update in await self.ask("getUpdates", **params)]

    async def tapped(self) -> str:
        """Make Ann tap a new button; the id of her callback query."""
        self.person(ANN, started=True)
        await self.ask("sendMessage", chat_id=ANN, text="Sure?", reply_markup=keyboard())
        return str(self.tap(ANN, "Yes")["id"])


def keyboard(data: str = "yes", text: str = "Yes") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def client(base_url: str = "") -> httpx.AsyncClient:
    """A client for plain HTTP; reading the system's certificates would take most of the time."""
    return httpx.AsyncClient(base_url=base_url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(clock=lambda: NOON) as running, client() as running.http:
        yield running


async def waiting(server: Server, number: int) -> None:
    """Give the loop time until the server has `number` calls in its log."""
    async with asyncio.timeout(2):
        while len(server.calls()) < number:  # noqa: ASYNC110 - a call that waits tells nobody
            await asyncio.sleep(0.001)


# --- the envelope -------------------------------------------------------------------------------


async def test_python_telegram_bot_talks_to_it_both_ways(server: Server) -> None:
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        server.say(ANN, "/start now")
        (update,) = await bot.get_updates(timeout=1)
        assert update.message
        assert update.message.parse_entities() == {update.message.entities[0]: "/start"}
        button = telegram.InlineKeyboardButton("Yes", callback_data="yes")
        markup = telegram.InlineKeyboardMarkup.from_button(button)
        bold = telegram.MessageEntity("bold", 0, 5)
        sent = await bot.send_message(ANN, "Hello there", entities=[bold], reply_markup=markup)
        assert sent.parse_entities() == {bold: "Hello"}
        server.tap(ANN, "Yes")
        (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=1)
        assert update.callback_query
        assert update.callback_query.data == "yes"
        assert await update.callback_query.answer("Noted")
        await update.callback_query.edit_message_text("Done")
        await bot.set_my_commands([("start", "Begin")])
        await bot.send_chat_action(ANN, "typing")
    assert server.toasts(ANN) == ["Noted"]
    assert server.transcript(ANN)[-1]["text"] == "Done"


@pytest.mark.parametrize("method", ["getMe", "getme", "GETME"])
async def test_method_names_have_no_case(server: Server, method: str) -> None:
    assert (await server.ask(method))["username"] == "playground_bot"


@pytest.mark.parametrize("way", ["params", "data", "json", "files"])
async def test_parameters_come_by_query_form_json_and_multipart(server: Server, way: str) -> None:
    server.person(ANN, started=True)
    fields = {"chat_id": str(ANN), "text": TEXT, "reply_markup": json.dumps(keyboard())}
    parts = {name: (None, value) for name, value in fields.items()}
    sent: dict[str, Any] = {way: parts if way == "files" else fields}
    await server.http.post(f"{server.url}/bot{server.token}/sendMessage", **sent)
    (message,) = server.transcript(ANN)
    assert message["text"] == TEXT
    assert server.buttons(ANN) == [["Yes"]]


async def test_a_parameter_in_the_query_goes_before_the_body(server: Server) -> None:
    server.person(ANN, started=True)
    url, body = f"{server.url}/bot{server.token}/sendMessage", {"chat_id": ANN, "text": "body"}
    answer = await server.http.post(url, params={"text": "query"}, json=body)
    assert answer.json()["result"]["text"] == "query"


async def test_an_unknown_method_is_404(server: Server) -> None:
    assert await server.refusal("dance") == (404, "Not Found: method not found")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("1234567:other", "Unauthorized"),
        ("nonsense", "Unauthorized: invalid token specified"),
        ("x:y", "Unauthorized: invalid token specified"),
    ],
)
async def test_another_token_is_401(server: Server, token: str, said: str) -> None:
    answer = await server.http.get(f"{server.url}/bot{token}/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, said)
    with pytest.raises(telegram.error.InvalidToken):
        async with telegram.Bot(token, base_url=server.base_url):
            pass


@pytest.mark.parametrize(("body", "kind"), [("{", "json"), ("[]", "json"), ("x", "form-data")])
async def test_a_body_that_cannot_be_read_is_400(server: Server, body: str, kind: str) -> None:
    headers = {"content-type": "multipart/form-data" if kind == "form-data" else "application/json"}
    url = f"{server.url}/bot{server.token}/getMe"
    answer = await server.http.post(url, content=body, headers=headers)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


async def test_any_other_address_is_404_in_the_same_envelope(server: Server) -> None:
    answer = await server.http.get(f"{server.url}/elsewhere")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


# --- getUpdates ---------------------------------------------------------------------------------


async def test_update_ids_follow_each_other(server: Server) -> None:
    for text in "abc":
        server.say(ANN, text)
    first, *rest = await server.ids()
    assert rest == [first + 1, first + 2]


async def test_updates_come_again_until_an_offset_confirms_them(server: Server) -> None:
    server.say(ANN, "a")
    server.say(ANN, "b")
    first, second = await server.ids()
    assert await server.ids() == [first, second]
    assert await server.ids(offset=second) == [second]
    assert await server.ids(offset=first) == [second]
    assert await server.ids(offset=second + 1) == []
    assert server.overview()["pending"] == []


async def test_a_negative_offset_keeps_only_the_last(server: Server) -> None:
    for text in "abc":
        server.say(ANN, text)
    last = (await server.ids())[-1]
    assert await server.ids(offset=-1) == [last]
    assert await server.ids() == [last]


async def test_an_offset_far_ahead_confirms_nothing(server: Server) -> None:
    server.say(ANN, "a")
    (first,) = await server.ids()
    assert await server.ids(offset=first + 50) == [first]


async def test_a_call_gives_a_hundred_updates_at_most(server: Server) -> None:
    for number in range(120):
        server.say(ANN, str(number))
    assert len(await server.ids()) == 100
    assert len(await server.ids(limit=1000)) == 100
    assert len(await server.ids(limit=3)) == 3
    assert len(await server.ids(limit=0)) == 1


async def test_a_waiting_poll_ends_with_the_next_update(server: Server) -> None:
    poll = asyncio.create_task(server.ids(timeout=50))
    await waiting(server, 1)
    assert not poll.done()
    server.say(ANN, "a")
    assert len(await poll) == 1


async def test_no_poll_waits_longer_than_50_seconds(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    async def poll(_offset: int, _limit: int, seconds: int) -> list[Any]:
        waits.append(seconds)
        return []

    monkeypatch.setattr(server.state.updates, "poll", poll)
    for wanted in (-1, 49, 600):
        await server.ids(timeout=wanted)
    assert waits == [0, 49, 50]


async def test_a_newer_poll_ends_the_one_that_waits(server: Server) -> None:
    older = asyncio.create_task(server.refusal("getUpdates", timeout=50))
    await waiting(server, 1)
    newer = asyncio.create_task(server.ids(timeout=50))
    code, said = await older
    assert code == 409
    assert said == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    server.say(ANN, "a")
    assert len(await newer) == 1


async def test_a_poll_that_does_not_wait_ends_no_other(server: Server) -> None:
    older = asyncio.create_task(server.ids(timeout=50))
    await waiting(server, 1)
    assert await server.ids() == []
    server.say(ANN, "a")
    assert len(await older) == 1


async def test_allowed_updates_are_remembered_and_count_when_an_update_is_made(
    server: Server,
) -> None:
    server.say(ANN, "before")
    await server.ask("getUpdates", allowed_updates=["callback_query"])
    server.say(ANN, "after")
    await server.ask("getUpdates")
    server.say(ANN, "still")
    texts = [update["message"]["text"] for update in await server.ask("getUpdates")]
    assert texts == ["before"]
    await server.ask("getUpdates", allowed_updates=[])
    server.say(ANN, "again")
    assert len(await server.ids()) == 2
    assert "chat_member" not in server.overview()["allowed_updates"]


@pytest.mark.parametrize("odd", ["[", "{}", "[1]"])
async def test_allowed_updates_that_cannot_be_read_change_nothing(server: Server, odd: str) -> None:
    await server.ask("getUpdates", allowed_updates=["message"])
    await server.ask("getUpdates", allowed_updates=odd)
    assert server.overview()["allowed_updates"] == ["message"]


async def test_messages_wait_a_day_and_taps_150_seconds(server: Server) -> None:
    await server.tapped()
    server.say(ANN, "a")
    server.advance(149)
    assert len(await server.ids()) == 2
    server.advance(2)
    assert len(await server.ids()) == 1
    server.advance(24 * 3600 - 152)
    assert len(await server.ids()) == 1
    server.advance(2)
    assert await server.ids() == []


async def test_delete_webhook_drops_what_is_pending_only_when_told(server: Server) -> None:
    server.say(ANN, "a")
    await server.ask("deleteWebhook")
    assert len(await server.ids()) == 1
    await server.ask("deleteWebhook", drop_pending_updates=True)
    assert await server.ids() == []


async def test_with_holds_a_hasty_poll_gets_one_update_or_waits() -> None:
    async with Server(holds=True) as server, client() as server.http:
        server.say(ANN, "a")
        server.say(ANN, "b")
        first, second = await server.ids()
        assert await server.ids() == [first]
        assert await server.ids(offset=second + 1) == []
        held = asyncio.create_task(server.ids(offset=second + 1))
        await waiting(server, 4)
        assert not held.done()
        server.say(ANN, "c")
        assert len(await held) == 1


async def test_the_same_port_and_memory_serve_again_after_an_outage(server: Server) -> None:
    poll = asyncio.create_task(server.refusal("getUpdates", timeout=50))
    await waiting(server, 1)
    port = server.port
    await server.__aexit__(None, None, None)
    assert await poll == (500, "Internal Server Error: restart")
    server.say(ANN, "a")
    with pytest.raises(httpx.TransportError):
        await server.ids()
    await server.__aenter__()
    assert server.port == port
    assert len(await server.ids()) == 1


# --- sendMessage --------------------------------------------------------------------------------

TEXTS = {
    "empty": ({"text": ""}, "message text is empty"),
    "blank": ({"text": " \n\u200b "}, "text must be non-empty"),
    "long": ({"text": "🙂" * 4097}, "message is too long"),
    "raw": ({"text": "a" * 32769}, "text is too long"),
    "html": ({"text": "a", "parse_mode": "HTML"}, "playground: parse_mode is not supported"),
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
    "reply": ({"keyboard": [["a"]]}, "playground: only inline keyboards are supported"),
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


async def test_a_reply_names_a_message_that_is_there(server: Server) -> None:
    asked = server.say(ANN, "why?")["message_id"]
    reply = {"chat_id": ANN, "text": "so", "reply_parameters": {"message_id": asked}}
    assert (await server.ask("sendMessage", **reply))["reply_to_message"]["text"] == "why?"
    reply["reply_parameters"] = {"message_id": 99}
    missing = (400, "Bad Request: message to be replied not found")
    assert await server.refusal("sendMessage", **reply) == missing


# --- edits and deletions ------------------------------------------------------------------------


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


# --- the other methods --------------------------------------------------------------------------


async def test_a_tap_can_be_answered_for_a_while(server: Server) -> None:
    query = await server.tapped()
    long = await server.refusal("answerCallbackQuery", callback_query_id=query, text="a" * 201)
    assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
    server.advance(15)
    assert await server.ask("answerCallbackQuery", callback_query_id=query, text="a" * 200)
    server.advance(1)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    for unknown in (query, "12", "nonsense"):
        found = await server.refusal("answerCallbackQuery", callback_query_id=unknown)
        assert found == (400, f"Bad Request: {too_old}")
    assert server.toasts(ANN) == ["a" * 200]


async def test_menus_and_descriptions_are_kept_by_language(server: Server) -> None:
    menu = [{"command": "start", "description": "Begin"}]
    await server.ask("setMyCommands", commands=menu)
    await server.ask("setMyCommands", commands=menu, language_code="de")
    await server.ask("setMyDescription", description="About")
    await server.ask("setMyShortDescription", short_description="Short", language_code="de")
    kept = server.overview()
    assert kept["commands"] == {"default": menu, "default de": menu}
    assert kept["descriptions"] == {"description": "About", "short_description de": "Short"}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("setMyCommands", {"commands": [{"command": "Start!", "description": "a"}]}),
        ("setMyCommands", {"commands": [{"command": "start", "description": "a" * 257}]}),
        ("setMyCommands", {"commands": [{"command": "start", "description": "a"}] * 101}),
        ("setMyCommands", {"commands": "{"}),
        ("setMyDescription", {"description": "a" * 513}),
        ("setMyShortDescription", {"short_description": "a" * 121}),
    ],
)
async def test_menus_and_descriptions_have_limits(
    server: Server, method: str, params: dict[str, Any]
) -> None:
    assert (await server.refusal(method, **params))[0] == 400


async def test_a_chat_action_must_be_known(server: Server) -> None:
    server.person(ANN, started=True)
    assert await server.ask("sendChatAction", chat_id=ANN, action="typing") is True
    wrong = (400, "Bad Request: wrong parameter action in request")
    assert await server.refusal("sendChatAction", chat_id=ANN, action="dancing") == wrong


# --- the people ---------------------------------------------------------------------------------


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


# --- what the bot did ---------------------------------------------------------------------------


async def test_every_call_is_written_down_with_its_time_and_outcome(server: Server) -> None:
    server.person(ANN, started=True)
    await server.ask("sendMessage", chat_id=ANN, text="a")
    server.advance(5)
    await server.refusal("sendMessage", chat_id=BOB, text="b")
    first, second = server.calls()
    assert (first.status, first.at, first.result["text"]) == (200, NOON, "a")
    assert (second.status, (second.at - NOON).seconds) == (400, 5)
    assert second.description == "Bad Request: chat not found"
    assert server.counts() == {"sendmessage": 2}
    assert server.calls(since=1) == [second]


async def test_the_outbox_holds_only_what_people_could_see(server: Server) -> None:
    server.person(ANN, started=True)
    sent = await server.ask("sendMessage", chat_id=ANN, text="a")
    await server.refusal("sendMessage", chat_id=BOB, text="b")
    await server.ask("sendChatAction", chat_id=ANN, action="typing")
    waiter = asyncio.create_task(server.wait(count=2))
    await server.ask("editMessageText", chat_id=ANN, message_id=sent["message_id"], text="c")
    first, second = await waiter
    assert [first["text"], second["text"]] == ["a", "c"]
    assert server.outbox(since=first["number"]) == [second]
    with pytest.raises(TimeoutError):
        await server.wait(count=3, seconds=0.01)


async def test_another_process_drives_it_over_http() -> None:
    command = (sys.executable, "-m", "bot.playground", "--port", "0", "--token", "42:abc")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    try:
        async with client(url) as http:

            async def drive(action: str, **wanted: Any) -> Any:
                answer = (await http.post(f"/driver/{action}", json=wanted)).json()
                return answer["result"] if answer["ok"] else answer["error"]

            await drive("say", person=ANN, text="/start")
            (update,) = (await http.get("/bot42:abc/getUpdates")).json()["result"]
            assert update["message"]["text"] == "/start"
            shown = {"chat_id": ANN, "text": "Sure?", "reply_markup": keyboard()}
            await http.post("/bot42:abc/sendMessage", json=shown)
            assert (await drive("tap", person=ANN, label="Yes"))["data"] == "yes"
            assert [seen["text"] for seen in await drive("wait", count=1)] == ["Sure?"]
            assert len(await drive("transcript", chat=ANN)) == 2
            assert await drive("counts") == {"getupdates": 1, "sendmessage": 1}
            assert len((await drive("overview"))["pending"]) == 2
            assert (await drive("calls", since=1))[0]["method"] == "sendmessage"
            assert "no button 'No'" in await drive("tap", person=ANN, label="No")
            assert "unexpected keyword" in await drive("say", person=ANN, text="a", nobody=1)
            assert await drive("wait", count=9, seconds=0.01) == "waited in vain"
            assert await drive("dance") == "no action dance"
    finally:
        process.kill()
        await process.wait()

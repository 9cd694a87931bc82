"""The stand-in wraps, routes and refuses calls the way Telegram's own server does."""

import json
from typing import Any

import pytest
import telegram
from standin import ANN, TEXT, Server, keyboard

from bot.playground.errors import bad_request, forbidden

pytestmark = pytest.mark.asyncio


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


@pytest.mark.parametrize(
    ("given", "worded"),
    [
        ("Message is too long", "message is too long"),
        ("BUTTON_DATA_INVALID", "BUTTON_DATA_INVALID"),
        ("A_b", "A_b"),
        ("Text", "text"),
        ("X", "x"),
    ],
)
async def test_a_refusal_begins_small_unless_it_is_a_constant(given: str, worded: str) -> None:
    assert bad_request(given).description == f"Bad Request: {worded}"
    assert forbidden(given).description == f"Forbidden: {worded}"


async def test_a_file_among_the_parameters_is_read_beside_them(server: Server) -> None:
    server.person(ANN, started=True)
    url = f"{server.url}/bot{server.token}/sendMessage"
    files = {"other": ("a.bin", b"--x\r\n\0")}
    answer = await server.http.post(url, data={"chat_id": ANN, "text": TEXT}, files=files)
    assert answer.json()["result"]["text"] == TEXT


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

"""The stand-in takes, keeps and gives files the way Telegram's own server does."""

from typing import Any

import httpx
import pytest
from standin import ANN, BOB, Server

from bot.playground import media
from bot.playground.files import Upload, grey

pytestmark = pytest.mark.asyncio
PNG = grey(30, 20)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='5' height='6'/>"
KINDS = ("document", "voice", "audio", "video", "animation", "video_note", "sticker", "photo")


async def upload(
    server: Server, kind: str, data: bytes = PNG, name: str = "a.png", **params: Any
) -> httpx.Response:
    server.person(ANN, started=True)
    url = f"{server.url}/bot{server.token}/send{kind.replace('_', '')}"
    files = {kind: (name, data)}
    return await server.http.post(url, data={"chat_id": str(ANN), **params}, files=files)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["description"]


async def download(server: Server, path: str) -> httpx.Response:
    return await server.http.get(f"{server.url}/file/bot{server.token}/{path}")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_of_any_kind_is_sent_and_sent_again_by_its_id(
    server: Server, kind: str
) -> None:
    sent = (await upload(server, kind)).json()["result"][kind]
    about = sent[0] if kind == "photo" else sent
    assert about["file_size"] == len(PNG)
    method = f"send{kind.replace('_', '')}"
    again = await server.ask(method, **{"chat_id": ANN, kind: about["file_id"]})
    assert again[kind] == sent
    assert server.file(about["file_id"]) == PNG


async def test_a_photo_has_its_size_and_a_caption_with_entities(server: Server) -> None:
    sent = (await upload(server, "photo", caption="<b>a</b>", parse_mode="HTML")).json()["result"]
    assert (sent["photo"][0]["width"], sent["photo"][0]["height"]) == (30, 20)
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("a", "bold")


async def test_a_file_can_be_attached_under_another_name(server: Server) -> None:
    server.person(ANN, started=True)
    url = f"{server.url}/bot{server.token}/sendDocument"
    given = {"chat_id": str(ANN), "document": "attach://x"}
    answer = await server.http.post(url, data=given, files={"x": ("grüße.pdf", b"%PDF")})
    document = answer.json()["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("grüße.pdf", "application/pdf")


async def test_a_link_gives_the_file_for_an_hour(server: Server) -> None:
    document = (await upload(server, "document")).json()["result"]["document"]
    found = await server.ask("getFile", file_id=document["file_id"])
    assert (await download(server, found["file_path"])).content == PNG
    server.advance(3600)
    assert (await download(server, found["file_path"])).status_code == 200
    server.advance(1)
    late = await download(server, found["file_path"])
    assert said(late) == (404, "Not Found")
    await server.ask("getFile", file_id=document["file_id"])
    assert (await download(server, found["file_path"])).content == PNG
    assert (await download(server, "documents/file_9.png")).status_code == 404
    other = await server.http.get(f"{server.url}/file/bot1:x/{found['file_path']}")
    assert other.status_code == 401


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document"])
async def test_what_people_send_can_be_downloaded_and_sent_back(server: Server, kind: str) -> None:
    sent = server.send(ANN, kind)[kind]
    file_id = (sent[-1] if kind == "photo" else sent)["file_id"]
    found = await server.ask("getFile", file_id=file_id)
    assert (await download(server, found["file_path"])).content == server.file(file_id)
    await server.ask(f"send{kind}", **{"chat_id": ANN, kind: file_id})


async def test_a_file_nobody_can_find_is_refused(server: Server) -> None:
    server.person(ANN, started=True)
    for wanted, words in (
        ("", "file_id not specified"),
        ("x", "wrong file_id or the file is temporarily unavailable"),
    ):
        assert await server.refusal("getFile", file_id=wanted) == (400, f"Bad Request: {words}")
    for given, words in (
        ("x", "wrong file identifier/HTTP URL specified"),
        ("https://a.org/b.png", "failed to get HTTP URL content"),
        ("", "there is no photo in the request"),
        ("document", "can't use file of type Document as Photo"),
    ):
        found = await server.refusal("sendPhoto", chat_id=ANN, photo=given)
        assert found == (400, f"Bad Request: {words}")


async def test_an_empty_file_is_refused(server: Server) -> None:
    words = (400, "Bad Request: file must be non-empty")
    assert said(await upload(server, "document", b"")) == words
    assert said(await upload(server, "photo", b"")) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (b"\x89PNG\r\n\x1a\n", "IMAGE_PROCESS_FAILED"),
        (SVG, "IMAGE_PROCESS_FAILED"),
        (grey(9_991, 10), "PHOTO_INVALID_DIMENSIONS"),
        (grey(21, 1), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_a_photo_that_cannot_be_shown_is_refused(
    server: Server, data: bytes, words: str
) -> None:
    assert said(await upload(server, "photo", data)) == (400, f"Bad Request: {words}")


async def test_a_photo_at_the_limits_is_taken(server: Server) -> None:
    for data in (grey(20, 1), grey(5000, 5000)[:200] + b"\0"):
        assert (await upload(server, "photo", data)).status_code == 200


async def test_files_over_the_limits_are_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = PNG + b"\0" * (10 * 2**20 - len(PNG))
    assert (await upload(server, "photo", photo)).status_code == 200
    words = (
        "Bad Request: file of size 10485761 bytes is too big for a photo; "
        "the maximum size is 10485760 bytes"
    )
    assert said(await upload(server, "photo", photo + b"\0")) == (400, words)
    big = bytes(50 * 2**20)
    sent = (await upload(server, "document", big)).json()["result"]["document"]
    found = await server.refusal("getFile", file_id=sent["file_id"])
    assert found == (400, "Bad Request: file is too big")
    code, why = said(await upload(server, "document", big + b"\0"))
    assert (code, why[:24]) == (413, "Request Entity Too Large")
    kept = server.state.files.keep("document", Upload("a", bytes(20 * 2**20)))
    assert (await server.ask("getFile", file_id=kept.id))["file_size"] == 20 * 2**20
    assert media.MAX_PHOTO == 10 * 2**20


async def test_a_caption_has_1024_characters_after_parsing(server: Server) -> None:
    caption = "<b>" + "🙂" * 1024 + "</b>"
    fits = await upload(server, "photo", caption=caption, parse_mode="HTML")
    assert fits.status_code == 200
    found = said(await upload(server, "photo", caption="🙂" * 1025))
    assert found == (400, "Bad Request: message caption is too long")


async def test_captions_and_pictures_are_edited(server: Server) -> None:
    sent = (await upload(server, "photo", caption="a")).json()["result"]
    place = {"chat_id": ANN, "message_id": sent["message_id"]}
    code, why = await server.refusal("editMessageCaption", **place, caption="a")
    assert (code, "is not modified" in why) == (400, True)
    assert (await server.ask("editMessageCaption", **place, caption="b"))["caption"] == "b"
    media_given = {"type": "document", "media": "document", "caption": "c"}
    edited = await server.ask("editMessageMedia", **place, media=media_given)
    assert ("photo" in edited, edited["document"]["file_id"]) == (False, "document")
    found = await server.refusal("editMessageText", **place, text="d")
    assert found == (400, "Bad Request: there is no text in the message to edit")
    text = await server.ask("sendMessage", chat_id=ANN, text="a")
    place = {"chat_id": ANN, "message_id": text["message_id"]}
    found = await server.refusal("editMessageCaption", **place, caption="d")
    assert found == (400, "Bad Request: there is no caption in the message to edit")


async def test_messages_are_forwarded_copied_and_deleted_together(server: Server) -> None:
    server.person(BOB, started=True)
    texts = [server.say(ANN, text)["message_id"] for text in "ab"]
    way = {"chat_id": BOB, "from_chat_id": ANN}
    one = await server.ask("forwardMessage", **way, message_id=texts[0])
    assert (one["text"], one["forward_origin"]["sender_user"]["id"]) == ("a", ANN)
    copy = await server.ask("copyMessage", **way, message_id=texts[0])
    await server.ask("forwardMessages", **way, message_ids=[*texts, 99])
    await server.ask("copyMessages", **way, message_ids=texts)
    assert [message["text"] for message in server.transcript(BOB)] == [*"aaabab"]
    missing = await server.refusal("copyMessage", **way, message_id=99)
    assert missing == (400, "Bad Request: message to copy not found")
    gone = [one["message_id"], copy["message_id"], 99]
    assert await server.ask("deleteMessages", chat_id=BOB, message_ids=gone) is True
    assert len(server.transcript(BOB)) == 4
    none = await server.refusal("deleteMessages", chat_id=BOB, message_ids=[])
    assert none == (400, "Bad Request: message identifiers are not specified")


async def test_a_place_needs_both_numbers(server: Server) -> None:
    server.person(ANN, started=True)
    sent = await server.ask("sendLocation", chat_id=ANN, latitude=52.5, longitude="-13.25")
    assert sent["location"] == {"latitude": 52.5, "longitude": -13.25}
    found = await server.refusal("sendLocation", chat_id=ANN, latitude=1)
    assert found == (400, "Bad Request: longitude is empty")

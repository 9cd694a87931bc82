"""Raw updates become events; odd ones become reasons, and never an exception."""

import random
from typing import Any

import pytest
from updates import ANN, BOB, FAMILY, message, private, tap, user

from bot.handlers import MEDIA, Reader
from bot.incoming import Incoming
from dialogs.turns import CalledInGroup, Sent, Tapped, Typed

GROUP = {"id": FAMILY, "type": "supergroup", "title": "Family"}


@pytest.fixture
def reader() -> Reader:
    return Reader("milia_bot", {"start", "routine"})


def command(text: str, length: int, offset: int = 0) -> dict[str, Any]:
    entity = {"type": "bot_command", "offset": offset, "length": length}
    return {"text": text, "entities": [entity]}


def test_a_text_in_a_private_chat_is_typed(reader: Reader) -> None:
    assert reader.read_one(message(text="hello")) == Incoming(1, ANN, Typed("hello", 50))


def test_half_a_character_is_replaced(reader: Reader) -> None:
    read = [reader.read_one(message(text=text)).event for text in ("a\ud83d", "\ud83d\ude42")]
    assert read == [Typed("a\ufffd", 50), Typed("\U0001f642", 50)]


def test_more_than_telegram_lets_anybody_send_is_cut_off(reader: Reader) -> None:
    for raw in (message(text="no " * 9999), message(photo=[], caption="no " * 9999)):
        event = reader.read_one(raw).event
        assert isinstance(event, Typed | Sent)
        said = event.text if isinstance(event, Typed) else event.caption
        assert said == ("no " * 9999)[:4096]


def test_an_edited_text_is_typed_and_edited(reader: Reader) -> None:
    raw = {"update_id": 3, "edited_message": message(text="no")["message"]}
    assert reader.read_one(raw).event == Typed("no", 50, edited=True)


def test_another_picture_is_answered_and_a_moving_place_is_not(reader: Reader) -> None:
    raw = {"update_id": 3, "edited_message": message(photo=[{}])["message"]}
    assert reader.read_one(raw).event == Sent("photo", 50)
    raw = {"update_id": 3, "edited_message": message(location={})["message"]}
    assert (reader.read_one(raw).event, reader.read_one(raw).reason) == (None, "")


def test_a_kind_of_message_newer_than_this_program_is_answered(reader: Reader) -> None:
    assert reader.read_one(message(hologram={})).event == Sent("other", 50)
    assert reader.read_one(message()).event == Sent("other", 50)


def test_the_words_under_a_photo_are_read_also_when_edited(reader: Reader) -> None:
    raw = {"update_id": 3, "edited_message": message(photo=[{}], caption="x")["message"]}
    assert reader.read_one(raw).event == Typed("x", 50, edited=True)
    assert reader.read_one(message(photo=[{}], caption="y")).event == Sent("photo", 50, "y")


@pytest.mark.parametrize("what", MEDIA)
def test_what_is_not_text_is_sent_by_its_name(reader: Reader, what: str) -> None:
    assert reader.read_one(message(1, **{what: {}})).event == Sent(what, 50)


def test_an_animation_is_not_taken_for_the_document_it_comes_with(reader: Reader) -> None:
    assert reader.read_one(message(document={}, animation={})).event == Sent("animation", 50)


def test_an_album_is_answered_once(reader: Reader) -> None:
    batch = [message(n, photo=[{}], media_group_id="a") for n in (1, 2, 3)]
    events = [incoming.event for incoming in reader.read(batch)]
    assert events == [Sent("photo", 50), None, None]


def test_a_service_message_is_ignored_without_a_reason(reader: Reader) -> None:
    incoming = reader.read_one(message(message_auto_delete_timer_changed={}))
    assert (incoming.event, incoming.reason) == (None, "")


def test_a_tap_of_ones_own_counts(reader: Reader) -> None:
    expected = Incoming(1, ANN, Tapped("1:x", 50), callback_id="99")
    assert reader.read_one(tap(data="1:x")) == expected


@pytest.mark.parametrize("chat", [private(BOB), GROUP])
def test_a_tap_by_somebody_else_is_no_event(reader: Reader, chat: dict[str, Any]) -> None:
    incoming = reader.read_one(tap(chat=chat, data="1:x"))
    assert (incoming.event, incoming.foreign, incoming.callback_id) == (None, True, "99")


@pytest.mark.parametrize("raw", [tap(), tap(data="1:x", message=None)])
def test_a_tap_without_data_or_message_is_only_answered(reader: Reader, raw: Any) -> None:
    incoming = reader.read_one(raw)
    assert (incoming.event, incoming.callback_id) == (None, "99")


@pytest.mark.parametrize(
    "content",
    [
        command("/routine", 8),
        command("/Routine please", 8),
        command("/weather@Milia_Bot", 18),
        command("/start@milia_bot go", 16),
    ],
)
def test_our_command_in_a_group_gets_the_way_to_the_private_chat(
    reader: Reader, content: dict[str, Any]
) -> None:
    incoming = reader.read_one(message(chat=GROUP, **content))
    assert incoming.event == CalledInGroup("https://t.me/milia_bot?start=go")
    assert incoming.chat_id == FAMILY


@pytest.mark.parametrize(
    "content",
    [
        {"text": "my face hurts"},
        {"photo": [{}]},
        command("/weather", 8),
        command("/routine@other_bot", 18),
        command("try /routine", 8, 4),
    ],
)
def test_anything_else_in_a_group_is_ignored(reader: Reader, content: dict[str, Any]) -> None:
    incoming = reader.read_one(message(chat=GROUP, **content))
    assert (incoming.event, incoming.reason) == (None, "")


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": []},
        {"update_id": 1, "poll": {}},
        message(text=5),
        message(text="x", message_id="50"),
        message(text="x", message_id=2**70),
        message(chat={"id": 2**63, "type": "private"}, text="x"),
        tap(id=5, data="x"),
        tap(data=["x"]),
    ],
)
def test_an_odd_update_has_a_reason_and_no_event(reader: Reader, raw: Any) -> None:
    incoming = reader.read_one(raw)
    assert incoming.event is None
    assert incoming.reason


def test_an_odd_update_does_not_block_the_batch(reader: Reader) -> None:
    batch = [message(1, text=5), {"update_id": "2"}, "x", None, message(3, text="hello")]
    read = reader.read(batch)
    assert [incoming.update_id for incoming in read] == [1, 3]
    assert read[1].event == Typed("hello", 50)


def test_neither_reason_nor_outline_quotes_anybody(reader: Reader) -> None:
    raw = message(1, text=["my eye hurts"], user=user(424242), **{"from": {"id": "canary"}})
    incoming = reader.read_one(raw)
    shown = incoming.reason + incoming.outline + repr(incoming)
    assert incoming.reason == "message.text: string_type"
    assert not [word for word in ("eye", "424242", "canary", "Ann") if word in shown]


def test_no_rubbish_raises(reader: Reader) -> None:
    """10,000 updates with a random field replaced by rubbish."""
    chance = random.Random(1)
    deep: Any = []
    for _ in range(3000):
        deep = [deep]
    rubbish = [None, True, 0, -1, 2**64, 1.5, "", "\ud800", "x" * 5000, [], {}, [[]], deep]
    for _ in range(10_000):
        raw = chance.choice(
            [message(text="hi"), tap(data="1:x"), message(chat=GROUP, **command("/routine", 8))]
        )
        node = raw
        while True:
            name = chance.choice(list(node))
            if not isinstance(node[name], dict) or not node[name] or chance.random() < 0.3:
                break
            node = node[name]
        node[name] = chance.choice(rubbish)
        for incoming in reader.read([raw]):
            assert len(incoming.outline) <= 2000

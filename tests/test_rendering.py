"""Pages as Telegram shows them: no markdown left, entities on the right characters, in limits."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.outgoing import Outgoing
from bot.rendering import Renderer
from dialogs.content import Content
from dialogs.turns import Button, Card, Part, Reply

FACE = "\N{SLIGHTLY SMILING FACE}"


@pytest.fixture(scope="module")
def renderer(content: Content) -> Renderer:
    return Renderer(content)


def shown(renderer: Renderer, *texts: str, **slots: str) -> Outgoing:
    (outgoing,) = renderer.render(Reply(tuple(Part("page", text, slots) for text in texts)))
    return outgoing


def marked(outgoing: Outgoing) -> list[tuple[str, str]]:
    """Each entity's kind and the characters it covers, by UTF-16 as Telegram counts."""
    raw = outgoing.text.encode("utf-16-le")
    return [(e["type"], _covered(raw, e)) for e in outgoing.entities]


def _covered(raw: bytes, entity: Any) -> str:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    assert 0 <= start < end <= len(raw) // 2
    return raw[start * 2 : end * 2].decode("utf-16-le")


def pages(content: Content) -> Iterator[str]:
    for question in content.questions.values():
        yield from filter(None, (question.text, question.for_other))
    for page in (*content.topics.values(), *content.messages.values()):
        yield page.text
    for step in content.steps.values():
        yield f"- {step.text}"


def test_no_page_shows_markdown(renderer: Renderer, content: Content) -> None:
    for text in pages(content):
        outgoing = shown(renderer, text)
        assert not [mark for mark in ("**", "__", "](", "`", "#", "\\") if mark in outgoing.text]
        assert not outgoing.text.startswith("- ")
        assert "\n- " not in outgoing.text
        assert outgoing.text == outgoing.text.strip()
        assert all(covered == covered.strip() for _, covered in marked(outgoing))


def test_every_slot_of_a_page_survives_to_be_filled(renderer: Renderer, content: Content) -> None:
    for page in content.messages.values():
        assert all(f"{{{slot}}}" in shown(renderer, page.text).text for slot in page.slots)


def test_bold_italic_and_links_become_entities(renderer: Renderer) -> None:
    outgoing = shown(renderer, f"{FACE} **bold** and _slanted_, [here](https://a.example/b)")
    assert outgoing.text == f"{FACE} bold and slanted, here"
    assert marked(outgoing) == [("bold", "bold"), ("italic", "slanted"), ("text_link", "here")]
    assert outgoing.entities[2]["url"] == "https://a.example/b"


def test_a_bullet_is_a_dot(renderer: Renderer) -> None:
    assert shown(renderer, "- one\n- two").text == "\u2022 one\n\u2022 two"


def test_entities_stay_on_their_words_when_slots_are_filled(renderer: Renderer) -> None:
    text = "_a_ {x} **{x} b** {y}{x} **c**"
    outgoing = shown(renderer, text, x=FACE * 3, y="")
    assert outgoing.text == f"a {FACE * 3} {FACE * 3} b {FACE * 3} c"
    assert marked(outgoing) == [("italic", "a"), ("bold", f"{FACE * 3} b"), ("bold", "c")]


def test_an_entity_over_an_empty_slot_goes(renderer: Renderer) -> None:
    assert shown(renderer, "a **{x}** b", x="").entities == ()


def test_a_value_is_never_markup_or_a_slot(renderer: Renderer) -> None:
    outgoing = shown(renderer, "{x} {y}", x="**{y}** [a](https://b.example)", y="_c_")
    assert outgoing.text == "**{y}** [a](https://b.example) _c_"
    assert outgoing.entities == ()


def test_parts_are_paragraphs_and_tight_ones_stand_close(renderer: Renderer) -> None:
    lines = tuple(Part("line", text, tight=True) for text in ("- one", "- **two**"))
    (outgoing,) = renderer.render(Reply((Part("h", "**Head**"), *lines, Part("e", "End"))))
    assert outgoing.text == "Head\n\u2022 one\n\u2022 two\n\nEnd"
    assert marked(outgoing) == [("bold", "Head"), ("bold", "two")]


def test_a_long_reply_is_cut_between_parts_with_buttons_and_card_on_the_last(
    renderer: Renderer,
) -> None:
    parts = tuple(Part(str(n), f"**{n}** " + FACE * 400) for n in range(12))
    card = Card("run", "question", 1, on=5)
    messages = renderer.render(Reply(parts, ((Button("Yes", "1:yes"),),), "prompt", card))
    assert len(messages) > 1
    assert "\n\n".join(m.text for m in messages) == "\n\n".join(
        f"{n} " + FACE * 400 for n in range(12)
    )
    assert [bool(m.keyboard) for m in messages] == [False] * (len(messages) - 1) + [True]
    assert [m.card for m in messages if m.card] == [Card("run", "question", 1, on=None)]
    for m in messages:
        assert len(m.text.encode("utf-16-le")) // 2 <= 4096
        assert all(covered.isdigit() for _, covered in marked(m))


def test_one_part_that_is_too_long_is_cut_and_nothing_is_lost(renderer: Renderer) -> None:
    messages = renderer.render(Reply((Part("x", "{x}", {"x": f"{FACE} word\n" * 900}),)))
    assert "".join(m.text for m in messages).count("word") == 900
    assert all(len(m.text.encode("utf-16-le")) // 2 <= 4096 for m in messages)


def test_a_message_never_has_more_entities_than_telegram_keeps(renderer: Renderer) -> None:
    messages = renderer.render(Reply(tuple(Part(str(n), f"**{n}** x") for n in range(250))))
    assert sum(len(m.entities) for m in messages) == 250
    assert all(len(m.entities) <= 100 for m in messages)


def test_a_message_survives_json(renderer: Renderer) -> None:
    reply = Reply(
        (Part("x", "**a** b"),), ((Button("Yes", "1:yes"),),), "safety", Card("r", "q", 2)
    )
    (outgoing,) = renderer.render(reply)
    assert Outgoing.read(outgoing.json) == outgoing
    content = json.loads(json.dumps(outgoing.content()))
    assert content["reply_markup"] == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "1:yes"}]]
    }
    assert content["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in content


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"text": "x"}', '{"card": null, "more": 1}'])
def test_what_is_no_stored_message_is_said_to_be_none(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Outgoing.read(text)


def test_a_toast_is_plain_and_short(renderer: Renderer) -> None:
    part = Part("x", "**Noted:** {echo}", {"echo": "y" * 300})
    assert renderer.plain(part) == "Noted: " + "y" * 193


def test_a_message_stored_before_it_had_a_place_is_read() -> None:
    stored = json.loads(Outgoing("a", card=Card("run", "question", 1, on=5)).json)
    del stored["on"], stored["ends"]
    assert Outgoing.read(json.dumps(stored)).place == 5


def test_a_small_line_is_shown_and_not_named(renderer: Renderer) -> None:
    parts = (Part("progress", "3 of 8", small=True), Part("a?", "Which?"))
    (message,) = renderer.render(Reply(parts, on=7, ends=True))
    assert message.text == "3 of 8\n\nWhich?"
    assert message.pages == ("a?",)
    assert (message.place, message.ends) == (7, True)
    assert Outgoing.read(message.json) == message

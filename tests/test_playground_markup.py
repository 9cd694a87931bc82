"""The stand-in reads HTML and MarkdownV2 as Telegram does, with TDLib and without."""

import json
import sys
from typing import Any

import pytest
from markup_samples import HTML, MARKDOWN, generated
from standin import ANN, Server, entity, keyboard

from bot.playground import markup
from bot.playground.errors import ApiError
from bot.playground.formatting import utf16
from bot.playground.untangling import untangled

SAMPLES = {
    "html": (*HTML, *generated("html", 400, 1)),
    "markdownv2": (*MARKDOWN, *generated("markdownv2", 400, 2)),
}


@pytest.fixture(params=["by TDLib", "by hand"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "by hand":
        monkeypatch.setenv("PLAYGROUND_TDLIB", "0")
    assert (markup.tdlib() is None) == (request.param == "by hand")
    return str(request.param)


def tdlib() -> markup.Ask:
    asked = markup.tdlib()
    assert asked
    return asked


def outcome(text: str, mode: str, *, by_hand: bool) -> tuple[str, list[str]]:
    """What a reader makes of a text: its words and marks, or a refusal and nothing."""
    try:
        if by_hand:
            words, found = markup.by_hand(text, mode)
        else:
            words, found = markup.by_tdlib(tdlib(), text, mode)
    except ApiError as error:
        return error.description, []
    return words, [json.dumps(mark, sort_keys=True) for mark in found]


def refused(outcome: tuple[str, list[str]]) -> bool:
    return outcome[0].startswith("Bad Request: ")


@pytest.mark.parametrize("mode", SAMPLES)
def test_both_readers_agree_on_hundreds_of_texts(mode: str) -> None:
    differing = []
    good = bad = 0
    for text in SAMPLES[mode]:
        mine, theirs = (outcome(text, mode, by_hand=by_hand) for by_hand in (True, False))
        if (mine[0], sorted(mine[1])) != (theirs[0], sorted(theirs[1])):
            differing.append((text, mine, theirs))
        good, bad = good + (not refused(theirs)), bad + refused(theirs)
    assert differing == []
    assert len(set(SAMPLES[mode])) >= 300
    assert min(good, bad) >= 100


def drawn(text: str, found: list[dict[str, Any]]) -> list[set[str]]:
    """The marks over each unit of a text, which is what a reader sees."""
    seen: list[set[str]] = [set() for _ in range(utf16(text))]
    for mark in found:
        kind = {k: v for k, v in mark.items() if k not in {"offset", "length"}}
        for unit in range(mark["offset"], mark["offset"] + mark["length"]):
            seen[unit].add(json.dumps(kind, sort_keys=True))
    return seen


def test_marks_over_one_another_are_cut_as_tdlib_cuts_them() -> None:
    compared = 0
    for text in SAMPLES["html"]:
        asked = tdlib()({"@type": "parseTextEntities", "text": text, "parse_mode": HTML_MODE})
        if asked["@type"] == "error" or not asked["text"].strip() or set("_*~`|[") & set(text):
            continue
        cleaned = tdlib()({"@type": "parseMarkdown", "text": asked})
        words, found = markup.by_tdlib(tdlib(), text, "html")
        assert drawn(words, untangled(found)) == drawn(
            cleaned["text"], [markup.translated(told) for told in cleaned["entities"]]
        ), text
        compared += 1
    assert compared >= 200


HTML_MODE = markup.MODES["html"]

CASES: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "tags in any case": ("<B>a</b><STRONG>b</STRONG>", "ab", [entity("bold", 0, 2)]),
    "UTF-16 offsets": ("🙂<i>é</i>", "🙂é", [entity("italic", 2, 1)]),
    "other signs stay": ("a & b &nbsp;&apos;", "a & b &nbsp;&apos;", []),
    "numbers decoded": ("&#39;&#x41;", "'A", []),
    "empty link": ("<a href=''>a</a>", "a", []),
    "script link": ("<a href='javascript:a()'>a</a>", "a", []),
    "link": ("<a href='a.org'>a</a>", "a", [entity("text_link", 0, 1, url="http://a.org/")]),
    "quote in a quote": (
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
        "ab",
        [entity("blockquote", 0, 2)],
    ),
    "trimmed": ("  <b> a </b> ", "a", [entity("bold", 0, 1)]),
    "language": (
        "<pre><code class='language-py'>a</code></pre>",
        "a",
        [entity("pre", 0, 1, language="py")],
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES)
async def test_html_becomes_text_and_entities(server: Server, reader: str, case: str) -> None:
    server.person(ANN, started=True)
    given, text, entities = CASES[case]
    sent = await server.ask("sendMessage", chat_id=ANN, text=given, parse_mode="hTmL")
    assert (sent["text"], sent.get("entities", [])) == (text, entities)


BROKEN = {
    "<br>": 'Unsupported start tag "br" at byte offset 0',
    "<br/>": 'Unsupported start tag "br/" at byte offset 0',
    "a<p>b</p>": 'Unsupported start tag "p" at byte offset 1',
    "<h1>a</h1>": 'Unsupported start tag "h1" at byte offset 0',
    "<ul><li>a</li></ul>": 'Unsupported start tag "ul" at byte offset 0',
    "<hr/>": 'Unsupported start tag "hr/" at byte offset 0',
    "<!-- a -->": 'Unsupported start tag "!--" at byte offset 0',
    "🙂5 < 6": 'Unsupported start tag "" at byte offset 6',
    "<b>a": 'Can\'t find end tag corresponding to start tag "b"',
    "<b><i>a</b></i>": ('Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    "a</b>": "Unexpected end tag at byte offset 1",
    "<b": "Unclosed start tag at byte offset 0",
    "<span>a</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
}


@pytest.mark.asyncio
@pytest.mark.parametrize("given", BROKEN)
async def test_html_that_is_not_telegrams_is_refused(
    server: Server, reader: str, given: str
) -> None:
    server.person(ANN, started=True)
    found = await server.refusal("sendMessage", chat_id=ANN, text=given, parse_mode="HTML")
    assert found == (400, f"Bad Request: can't parse entities: {BROKEN[given]}")


@pytest.mark.asyncio
async def test_a_mentioned_person_is_named(server: Server, reader: str) -> None:
    ann = server.person(ANN, started=True)
    link = f"<a href='tg://user?id={ANN}'>you</a>"
    sent = await server.ask("sendMessage", chat_id=ANN, text=link, parse_mode="HTML")
    assert sent["entities"] == [entity("text_mention", 0, 3, user=ann)]
    stranger = await server.refusal(
        "sendMessage", chat_id=ANN, text=link.replace("=7", "=99"), parse_mode="HTML"
    )
    assert stranger == (400, "Bad Request: user not found")


@pytest.mark.asyncio
async def test_markdown_is_read_and_reserved_signs_need_escaping(
    server: Server, reader: str
) -> None:
    server.person(ANN, started=True)
    asked = {"chat_id": ANN, "parse_mode": "markdownv2"}
    sent = await server.ask("sendMessage", **asked, text="*a* \\- __b__")
    assert sent["text"] == "a - b"
    assert sent["entities"] == [entity("bold", 0, 1), entity("underline", 4, 1)]
    said = "Character '-' is reserved and must be escaped with the preceding '\\'"
    found = await server.refusal("sendMessage", **asked, text="a - b")
    assert found == (400, f"Bad Request: can't parse entities: {said}")


@pytest.mark.asyncio
async def test_the_limit_counts_after_parsing(server: Server, reader: str) -> None:
    server.person(ANN, started=True)
    text = "<b>" + "&#x1F642;" * 3000 + "</b>" + "a" * 1096
    sent = await server.ask("sendMessage", chat_id=ANN, text=text, parse_mode="HTML")
    assert len(sent["text"]) == 4096
    long = await server.refusal("sendMessage", chat_id=ANN, text=text + "a", parse_mode="HTML")
    assert long == (400, "Bad Request: message is too long")
    empty = await server.refusal("sendMessage", chat_id=ANN, text="<b> </b>", parse_mode="HTML")
    assert empty == (400, "Bad Request: text must be non-empty")


@pytest.mark.asyncio
async def test_parse_mode_has_no_case_and_an_unknown_one_is_refused(server: Server) -> None:
    server.person(ANN, started=True)
    for mode in ("html", "HTML", "Html"):
        sent = await server.ask("sendMessage", chat_id=ANN, text="<b>a</b>", parse_mode=mode)
        assert sent["text"] == "a"
    found = await server.refusal("sendMessage", chat_id=ANN, text="a", parse_mode="rtf")
    assert found == (400, "Bad Request: unsupported parse_mode")


@pytest.mark.asyncio
async def test_the_same_text_marked_up_otherwise_is_unchanged(server: Server) -> None:
    server.person(ANN, started=True)
    shown: dict[str, Any] = {"chat_id": ANN, "reply_markup": keyboard()}
    sent = await server.ask("sendMessage", **shown, text="<b>a</b>", parse_mode="HTML")
    again = {"message_id": sent["message_id"], "text": "a", "entities": [entity("bold", 0, 1)]}
    code, said = await server.refusal("editMessageText", **shown, **again)
    assert (code, said[:41]) == (400, "Bad Request: message is not modified: spe")


def test_without_tdlib_everything_but_the_old_markdown_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    markup._tdlib.cache_clear()
    monkeypatch.setitem(sys.modules, "tdjson", None)
    assert markup.tdlib() is None
    assert markup.parse("<b>a</b>", "HTML") == ("a", [entity("bold", 0, 1)])
    with pytest.raises(ApiError, match="needs tdjson"):
        markup.parse("*a*", "Markdown")
    markup._tdlib.cache_clear()
    monkeypatch.undo()
    assert markup.parse("*a*", "Markdown") == ("a", [entity("bold", 0, 1)])

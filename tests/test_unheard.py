"""What was not understood is kept only if it is wanted, and never tells who typed it."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR

from bot.rendering import Renderer
from bot.talking import Talk
from bot.unheard import Unheard, impersonal
from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.turns import Typed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call +44 7700 900123 now", "call <number> now"),
        ("write to ann.b@mail.example.org", "write to <e-mail>"),
        ("i am @ann_b see t.me/ann_b", "i am <name> see <link>"),
        ("look https://x.example/a?b=1 or spots.com/me", "look <link> or <link>"),
        ("my name is Ann Bee, I am 34", "my name is <name>, I am <n>"),
        ("  two\n lines ", "two lines"),
        ("x" * 900, "x" * 300),
    ],
)
def test_what_tells_who_somebody_is_is_taken_out(text: str, kept: str) -> None:
    assert impersonal(text) == kept


def test_only_what_was_not_understood_is_kept(tmp_path: Path, content: Content) -> None:
    log = tmp_path / "unheard.txt"
    conversation = Conversation(content, OPERATOR)
    talk = Talk(conversation, Renderer(content), lambda: NOW, Unheard(log))
    chat = talk.turn(None, Typed("/start", 1)).chat
    for number, text in enumerate(("yes", "me", "qwxz @ann 123", "none of these"), 2):
        chat = talk.turn(chat, Typed(text, number)).chat
    assert log.read_text(encoding="utf-8") == "qwxz <name> <n>\n"
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("keeps", [False, True])
def test_people_are_told_what_becomes_of_their_words(content: Content, keeps: bool) -> None:
    conversation = Conversation(content, replace(OPERATOR, keeps_words=keeps))
    talk = Talk(conversation, Renderer(content), lambda: NOW)
    said = talk.turn(None, Typed("/privacy", 1)).outgoing[0].text
    assert ("did not understand are kept" in said) == keeps
    assert "then dropped" in said


def test_without_the_setting_nothing_is_kept_and_a_full_disk_stops_no_turn(
    tmp_path: Path, content: Content, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = Conversation(content, OPERATOR)
    for unheard in (None, Unheard(tmp_path)):
        talk = Talk(conversation, Renderer(content), lambda: NOW, unheard)
        chat = talk.turn(None, Typed("/start", 1)).chat
        chat = talk.turn(chat, Typed("yes", 2)).chat
        assert talk.turn(chat, Typed("qwxz", 3)).outgoing
    assert "cannot be kept" in caplog.text
    assert list(tmp_path.iterdir()) == []

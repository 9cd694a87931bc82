"""Turns on the real content that a whole talk seldom meets."""

import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, OPERATOR
from toy import write

from bot.rendering import Renderer
from bot.styling import TEXT_LIMIT
from dialogs.chat import Chat
from dialogs.content import Content, load
from dialogs.conversation import Conversation
from dialogs.player import Player
from dialogs.turns import CalledInGroup, Sent, Tapped, Turn, Typed
from dialogs.walking import walks

KINDS = ("photo", "sticker", "voice", "video", "location", "contact", "poll", "dice")


def answers(player: Player) -> dict[str, tuple[str, ...]]:
    assert player.chat is not None
    assert player.chat.run is not None
    return {name: answer.options for name, answer in player.chat.run.answers.items()}


def pages(turn: Turn) -> list[tuple[str, ...]]:
    return [reply.pages for reply in turn.replies]


def finished(player: Player, *options: str) -> Turn:
    player.say("/start")
    turn = player.tap(player.find("consent"))
    for option in options:
        turn = player.tap(player.find(option))
    return turn


def test_every_line_answers_why_with_the_persons_own_answer_and_a_source(player: Player) -> None:
    finished(player, "me", "none", "pearl", "unsure", "new", "sometimes", "daily")
    turn = player.tap(player.find("why"))
    parts = turn.replies[0].parts
    lines = [part for part in parts if not part.page.startswith("why-")]
    because = [part for part in parts if part.page == "why-because"]
    sources = [part for part in parts if part.page == "why-source"]
    assert len(lines) == len(because) == len(sources)
    assert "Where: Not sure" in {part.slots["because"] for part in because}
    assert all(part.slots["sources"] for part in sources)


def test_sources_names_each_source_of_the_plan_once_with_its_address(player: Player) -> None:
    finished(player, "me", "none", "pearl", "lid", "new", "no", "daily")
    turn = player.tap(player.find("sources"))
    titles = [part.slots["title"] for part in turn.replies[0].parts if part.page == "source-line"]
    assert len(titles) == len(set(titles)) > 5


def test_before_consent_nothing_is_kept_and_everything_leads_to_the_start(player: Player) -> None:
    for line in ("you (sticker)", "you /back", "you /help", "you what are milia", "you asdf"):
        turn = player.play(line)
        assert turn is not None
        assert pages(turn)[-1] == ("welcome",)
    chat = player.chat
    assert chat is not None
    assert (chat.consent, chat.runs) == (None, ())


def test_consent_tapped_twice_begins_once(player: Player) -> None:
    player.say("/start")
    consent = player.find("consent")
    player.tap(consent)
    first = player.stored
    assert player.tap(consent).replies == ()
    assert player.stored == first
    player.tap(player.find("me"))
    assert pages(player.tap(consent)) == [("red_flags?",)]


def test_forgotten_means_no_chat_and_old_buttons_do_nothing(player: Player) -> None:
    finished(player, "me")
    old = player.find("none", "red_flags")
    player.say("/forget")
    turn = player.tap(player.find("forget"))
    assert turn.chat is None
    assert pages(turn) == [("forgotten",)]
    again = player.tap(old)
    assert pages(again) == [("welcome",)]
    assert again.chat == Chat()


def test_in_a_group_there_is_a_link_and_nothing_is_kept(conversation: Conversation) -> None:
    turn = conversation.turn(None, CalledInGroup("https://t.me/x_bot?start=go"), NOW)
    assert turn.chat is None
    assert turn.replies[0].parts[0].slots["link"] == "https://t.me/x_bot?start=go"


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_sent_the_open_question_stands_again(kind: str, player: Player) -> None:
    finished(player, "me", "none", "pearl")
    assert pages(player.send(kind))[-1][-1] == "location?"


def test_danger_words_under_a_photo_are_heard(conversation: Conversation) -> None:
    turn = conversation.turn(None, Sent("photo", 1, "it got in my eye and my eye hurts"), NOW)
    assert turn.replies[0].kind == "safety"
    assert turn.replies[0].pages[0].startswith("danger-")


def test_after_the_routine_there_is_still_a_word_for_everything(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face", "new", "no", "wait", "daily")
    for line in ("you (photo)", "you asdf", "you /start", "you /help", "you /nonsense"):
        turn = player.play(line)
        assert turn is not None
        assert turn.replies


def test_an_apology_comes_with_the_open_question(
    player: Player, conversation: Conversation
) -> None:
    finished(player, "me", "none", "pearl")
    assert [reply.pages for reply in conversation.apology(player.chat, NOW)] == [
        ("apology", "location?")
    ]
    assert [reply.pages for reply in conversation.apology(None, NOW)] == [("apology",)]
    assert conversation.damaged().pages == ("damaged",)


def test_an_edit_towards_the_less_safe_side_is_confirmed_too(player: Player) -> None:
    finished(player, "me", "none", "pearl")
    player.say("on my eyelid")
    assert pages(player.edit("on my cheeks")) == [("confirm-less-safe",)]
    player.tap(player.find("confirm"))
    chat = player.chat
    assert chat is not None
    assert chat.run is not None
    assert chat.run.answers["location"].options == ("face",)


def test_danger_in_an_edit_is_heard_and_changes_nothing(player: Player) -> None:
    finished(player, "me", "none", "pearl")
    player.say("on my cheeks")
    assert pages(player.edit("my eye hurts badly")) == [("danger-eye",)]
    assert answers(player)["location"] == ("face",)


def test_after_danger_words_no_card_says_that_nothing_needs_a_rush(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face", "new", "no", "wait", "daily")
    assert pages(player.say("my eye hurts")) == [("danger-eye",)]
    assert pages(player.tap(player.find("go-on"))) == [("recheck", "red_flags?")]
    assert pages(player.say("/routine")) == [("recheck", "red_flags?")]
    turn = player.tap(player.find("yes", "red_flags"))
    assert pages(turn) == [("red_flag_kind?",)]


def test_danger_words_that_are_the_answer_count_as_both(player: Player) -> None:
    finished(player, "me", "yes")
    turn = player.say("Eye pain or changed sight")
    assert pages(turn)[0] == ("danger-eye",)
    assert "level-urgent" in pages(turn)[-1]
    assert answers(player)["red_flag_kind"] == ("eye_pain_vision",)


def test_after_a_crisis_no_skin_question_follows_until_the_person_comes_back(
    player: Player,
) -> None:
    finished(player, "me", "none", "pearl")
    player.say("i want to kill myself")
    for line in ("you ok", "you (sticker)", "you thank you"):
        turn = player.play(line)
        assert turn is not None
        assert pages(turn) == [("here",)]
    assert pages(player.say("/routine"))[-1] == ("location?",)
    assert pages(player.say("purple"))[-1] == ("not-understood", "location?")


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("yes lets go", True),
        ("Ok, sure, go ahead!", True),
        ("yes but no", False),
        ("ok what is kept?", False),
        ("ok ok ok ok ok", False),
        ("", False),
    ],
)
def test_only_words_of_consent_alone_are_consent(player: Player, said: str, agreed: bool) -> None:
    player.say("/start")
    player.say(said)
    assert (player.chat is not None and player.chat.consent is not None) == agreed


def test_consent_can_be_typed(player: Player) -> None:
    player.say("/start")
    assert pages(player.say("Yes, let us start")) == [("who?",)]


def test_an_answer_said_again_is_kept_and_never_met_with_silence(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face")
    assert pages(player.say("scrap that, they are on my nose")) == [("kept", "history?")]


def test_words_under_a_card_that_asks_about_an_earlier_answer_are_not_lost(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face")
    turn = player.say("oh and its for my baby")
    assert [reply.pages[0] for reply in turn.replies] == ["confirm-answer"]
    assert pages(player.say("about two weeks"))[0] == ("confirm-answer",)
    assert pages(player.say("yes"))[0][0] == "noted"


def test_a_typed_no_to_a_change_keeps_the_answer_and_answers_nothing_else(player: Player) -> None:
    finished(player, "me")
    assert pages(player.say("oh and its for my baby")) == [("confirm-answer",)]
    assert pages(player.say("no")) == [("kept", "red_flags?")]


def test_words_after_a_no_to_a_change_still_answer_the_open_question(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face")
    assert pages(player.say("oh and its for my baby")) == [("confirm-answer",)]
    assert pages(player.say("no")) == [("kept", "history?")]
    assert pages(player.say("a month"))[0][0] == "noted"
    assert pages(player.say("oh and its for my baby")) == [("confirm-answer",)]
    assert pages(player.say("no, never")) == [("confirm-answer",)]
    assert pages(player.say("yes"))[0][0] == "noted"


def test_why_a_question_is_asked_can_be_asked(player: Player) -> None:
    finished(player, "me", "none", "pearl")
    assert pages(player.say("why do you ask?")) == [("location?why", "location?")]


def test_back_long_after_the_safety_answers_opens_them_again(player: Player) -> None:
    finished(player, "me", "none", "pearl", "face", "new", "no", "wait", "daily")
    player.wait(timedelta(days=30))
    assert pages(player.say("/back")) == [("recheck", "red_flags?")]
    assert pages(player.say("/back")) == [("back-none", "red_flags?")]
    assert pages(player.tap(player.find("none", "red_flags"))) == [("sunscreen?",)]


def test_the_button_of_a_taken_back_asking_is_stale(player: Player) -> None:
    finished(player, "me", "none")
    old = player.find("yes", "red_flags")
    player.say("/back")
    turn = player.tap(old)
    assert turn.toast is not None
    assert turn.toast.page == "stale"
    assert "red_flags" not in answers(player)


def test_a_crisis_reply_is_followed_by_no_question_and_no_button(player: Player) -> None:
    finished(player, "me", "none")
    turn = player.say("i want to end my life")
    assert pages(turn) == [("crisis-plan",)]
    assert turn.replies[0].rows == ()


def test_safety_cards_are_marked_as_such(player: Player) -> None:
    assert finished(player, "me", "yes", "eye_pain_vision").replies[-1].kind == "safety"
    assert player.say("i cannot breathe").replies[0].kind == "safety"


def test_the_emergency_card_says_so_in_its_first_line(player: Player, content: Content) -> None:
    turn = finished(player, "me", "yes", "airway_swelling")
    text = Renderer(content).render(turn.replies[-1])[0].text
    assert "emergency number" in text.splitlines()[0].lower()


def test_every_screen_is_within_telegrams_limits_and_shows_no_markdown(
    content: Content, conversation: Conversation
) -> None:
    renderer = Renderer(content)
    raw = re.compile(r"\*\*|__|\]\(|`|\{[a-z]+\}")
    shown: set[tuple[str, ...]] = set()
    every = list(walks(content.flows["intake"], 1))
    for walked in random.Random(4).sample(every, 300):
        player = Player(conversation, NOW)
        options = [chosen[0] for chosen in walked.values()]
        if "using" in walked:
            options.insert([*walked].index("using") + 1, "done")
        turns = [finished(player, *options), player.tap(player.find("why"))]
        for reply in (*turns[0].replies, *turns[1].replies, *(r for _, r in player.shown)):
            if reply.pages in shown:
                continue
            shown.add(reply.pages)
            for message in renderer.render(reply):
                assert len(message.text.encode("utf-16-le")) // 2 <= TEXT_LIMIT
                assert not raw.search(message.text), message.text
                for row in message.keyboard:
                    assert all(len(b["callback_data"].encode()) <= 64 for b in row)
    assert len(shown) > 200


def test_learn_leads_by_section_to_every_topic(player: Player, content: Content) -> None:
    finished(player, "me")
    seen: set[str] = set()
    player.say("/learn")
    for section in content.messages["learn"].buttons:
        turn = player.tap(player.find(section))
        assert pages(turn) == [(section,), ("red_flags?",)]
        for (button,) in turn.replies[0].rows:
            read = player.tap(button)
            assert pages(read)[1] == ("red_flags?",)
            seen.add(pages(read)[0][0])
    assert seen == set(content.topics)


def test_topics_can_be_read_before_consent(player: Player) -> None:
    player.say("what can i read")
    player.tap(player.find("learn-people"))
    assert pages(player.tap(player.find("babies"))) == [("babies",), ("welcome",)]
    assert player.chat == Chat()


def test_ticks_can_be_typed_and_none_is_an_answer(player: Player) -> None:
    """All by text: several at once, one that clears the others, and the word that ends it."""
    finished(player, "me", "none", "pearl", "face", "new", "no", "routine", "no", "normal")
    for said, ticks in (
        ("an acid and benzoyl peroxide", ("acid", "benzoyl")),
        ("a scrub", ("acid", "scrub", "benzoyl")),
        ("retinol and just moisturiser", ("acid", "retinoid_otc", "scrub", "benzoyl")),
    ):
        assert pages(player.say(said)) == [("noted", "using?")]
        assert player.chat is not None
        assert player.chat.ticks == {"using": ticks}
    assert pages(player.say("done"))[-1][-1] == "sunscreen?"
    assert answers(player)["using"] == ("acid", "retinoid_otc", "scrub", "benzoyl")
    player.say("/back")
    assert pages(player.say("done")) == [("none-ticked", "using?")]
    assert pages(player.say("nothing"))[-1] == ("noted", "sunscreen?")
    assert answers(player)["using"] == ("none",)


def test_a_stamp_on_exactly_this_content_is_told(tmp_path: Path, content: Content) -> None:
    unread = Conversation(content, OPERATOR).turn(None, Typed("/about", 1), NOW)
    assert "not yet been reviewed" in unread.replies[0].parts[0].slots["review"]
    folder = write(tmp_path / "content")
    stamp = f'- {{hash: {load(folder).hash}, by: "Dr A. Name", on: "2026-12-01"}}\n'
    (folder / "reviewed.yaml").write_text(stamp, encoding="utf-8")
    read = Conversation(load(folder), OPERATOR).turn(None, Typed("/about", 1), NOW)
    assert read.replies[0].parts[0].slots["review"] == (
        "These words were reviewed by Dr A. Name on 2026-12-01."
    )
    (folder / "en/messages/kept.md").write_text("---\n---\nKept.\n", encoding="utf-8")
    assert load(folder).review is None


def test_the_same_turn_gives_the_same_result(conversation: Conversation) -> None:
    for event in (Typed("/start", 1), Tapped("x", 1), Sent("photo", 2), Typed("hello", 3)):
        later = NOW + timedelta(days=1)
        assert conversation.turn(None, event, later) == conversation.turn(None, event, later)

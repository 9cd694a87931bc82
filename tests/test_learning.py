"""What is learned from examples: how well it does, that it never wavers, and from which lines."""

import json
from collections.abc import Mapping
from dataclasses import replace
from zlib import compress

import pytest
from score import alarmed, asked, lines, replied, shares

from bot.__main__ import main
from dialogs.content import Content
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Confirm,
    Correction,
    Danger,
    MaybeDanger,
    Understanding,
    Unsure,
)
from dialogs.understanding.examples import Raw
from dialogs.understanding.keeping import fingerprint, fresh, kept, recalled
from dialogs.understanding.sensing import clauses
from dialogs.understanding.surveying import thin
from dialogs.words import normalise

FOUR = 4
"""Words in a row that no example may share with a labelled line."""


@pytest.fixture(scope="module")
def understanding(content: Content) -> Understanding:
    return Understanding(content)


def runs(text: str) -> set[tuple[str, ...]]:
    words = normalise(text).split()
    return {tuple(words[n : n + FOUR]) for n in range(len(words) - FOUR + 1)}


def test_no_example_shares_four_words_with_a_labelled_line(content: Content) -> None:
    names = ("questions", "replies", "danger", "harmless")
    known = {run for name in names for line in lines(name) for run in runs(line["text"])}
    assert len(known) > 5000
    texts = [
        text
        for (folder, _), raw in content.examples.items()
        if folder != "topics"
        for found in raw.lists().values()
        for text in found
    ]
    texts += [text for found in content.heard_topics.values() for text in found]
    shared = {text for text in texts if runs(text) & known}
    assert shared == set()


def test_there_are_examples_enough_of_every_kind(content: Content) -> None:
    assert {
        name for name in content.topics if len(content.heard_topics.get(name, ())) < 80
    } == set()
    signs = {
        name: raw.lists() for (folder, name), raw in content.examples.items() if folder == "signs"
    }
    near = signs.pop("harmless")
    assert sum(len(found) for found in near.values()) >= 400
    assert sum(len(found) for lists in signs.values() for found in lists.values()) >= 400


def test_every_file_of_examples_is_plain_lines(content: Content) -> None:
    empty = {key for key, raw in content.examples.items() if not any(raw.lists().values())}
    assert empty == set()
    for (folder, name), raw in content.examples.items():
        if folder == "replies":
            assert raw.lists().keys() <= content.questions[name].options.keys(), name


def test_what_is_kept_was_learned_from_these_examples(content: Content) -> None:
    assert fresh(content), "run `milia-bot learn`"
    other = replace(content, examples={**content.examples, ("talk", "nothing"): Raw("x", "- moo")})
    assert not fresh(other)


@pytest.mark.parametrize("data", [b"", b"no memory", compress(b"{}\n"), compress(b"[1]\nx")])
def test_what_is_no_memory_is_not_taken_for_one(data: bytes, content: Content) -> None:
    assert not fresh(replace(content, learned=data))


def test_without_a_fit_memory_the_same_is_learned_anew(content: Content) -> None:
    known, anew = Understanding(content), Understanding(replace(content, learned=b""))
    for line in list(lines("replies"))[::9]:
        question = content.questions[line["question"]]
        assert known.read(line["text"], question) == anew.read(line["text"], question)


def test_a_memory_comes_back_as_it_was_kept(content: Content) -> None:
    name = fingerprint(content)
    memory = recalled(content.learned, name)
    assert memory is not None
    assert recalled(kept(memory, name), name) == memory
    assert recalled(content.learned, "another") is None


def test_editors_are_told_of_what_has_few_examples(content: Content) -> None:
    assert list(thin(content)) == []
    few = replace(content, examples={("topics", "babies"): Raw("x", "- babies?")})
    assert "topic babies (1 of 80)" in list(thin(few))


def test_the_same_words_always_mean_the_same(content: Content) -> None:
    one, other = Understanding(content), Understanding(content)
    other.train()
    for line in list(lines("replies"))[::3]:
        question = content.questions[line["question"]]
        first = one.read(line["text"], question)
        assert first == other.read(line["text"], question) == one.read(line["text"], question)


FLOORS = {"dev": (90, 93, 1.0, 95, 1.0), "held": (91, 91, 1.0, 92, 1.0)}
"""Per cent: served, answers right, stored wrong (most), danger heard, false cards (most)."""

KINDS = {"command": 90, "correction": 85, "topic": 80, "confirm": 80}
"""Per cent of each kind of reply that is read right at least."""

ASKED, ASKED_HALF, WRONG, FIRST = 5.0, 5.5, 3.0, 87
"""Per cent: harmless lines asked about (of all, and of one half), side questions answered wrongly
at once (each at most), and side questions whose first topic is right."""


@pytest.mark.parametrize("which", FLOORS)
def test_understanding_stays_as_good_as_it_was(
    which: str, understanding: Understanding, content: Content
) -> None:
    served, right, wrong, heard, false = FLOORS[which]
    asking = shares(asked(understanding, which))
    assert asking["first choice right"] >= FIRST
    assert asking["wrong at once"] <= WRONG
    assert asking["right at once"] + asking["right within the buttons"] >= served
    replies = replied(understanding, content, which)
    assert shares(replies)["answer: right"] >= right
    for kind, least in KINDS.items():
        assert shares(replies)[f"{kind}: right"] >= least, kind
    stored = sum(count for what, count in replies.items() if what.endswith("stored wrong"))
    assert 100 * stored / replies.total() <= wrong
    alarms: Mapping[str, float] = shares(alarmed(understanding, which))
    assert 100 - alarms["danger: quiet"] >= heard
    assert alarms.get("harmless: a card", 0) <= false
    assert alarms["harmless: asked"] <= ASKED_HALF


def test_all_lines_together_stand_at_the_bars(understanding: Understanding) -> None:
    alarms = shares(alarmed(understanding))
    assert 100 - alarms["danger: quiet"] >= 94
    assert alarms.get("harmless: a card", 0) <= 1
    assert alarms["harmless: asked"] <= ASKED
    asking = shares(asked(understanding))
    assert asking["first choice right"] >= 88
    served = ("right at once", "right within the buttons", "asked of danger, then right")
    assert sum(asking[what] for what in served) >= 94


def test_what_is_negated_is_confirmed_first(understanding: Understanding, content: Content) -> None:
    meaning = understanding.read("not the lid, my cheeks", content.questions["location"])
    assert meaning == Confirm(("face",))


def test_a_not_with_a_slip_in_it_still_turns_the_answer(
    understanding: Understanding, content: Content
) -> None:
    for text in ("nto always", "i dno't use it every day", "nver every day"):
        meaning = understanding.read(text, content.questions["sunscreen"])
        assert not isinstance(meaning, Choice), text
    meaning = understanding.read("many at noce", content.questions["red_flags"])
    assert not isinstance(meaning, Choice)


def test_a_number_is_the_place_in_the_list_and_confirmed_first(
    understanding: Understanding, content: Content
) -> None:
    assert understanding.read("option 3", content.questions["location"]) == Confirm(("face",))


def test_an_age_in_words_names_its_band(understanding: Understanding, content: Content) -> None:
    who = content.questions["who"]
    assert understanding.read("he is 7 weeks old", who) == Choice(("baby",))
    assert understanding.read("she turned fifteen, aged 15 years", who) == Choice(("teen",))


def test_an_earlier_answer_is_put_right(understanding: Understanding, content: Content) -> None:
    meaning = understanding.read("actually I meant my baby", content.questions["location"])
    assert meaning == Correction("who", ("baby",))


def test_commands_may_be_said_freely(understanding: Understanding, content: Content) -> None:
    meaning = understanding.read("how many questions are left", content.questions["look"])
    assert meaning == Command("progress")


def test_the_unclear_is_offered_and_nonsense_is_not(
    understanding: Understanding, content: Content
) -> None:
    offered = understanding.read("is it about the eyes or the cream or what", None)
    assert isinstance(offered, Unsure)
    assert 1 <= len(offered.alternatives) <= 3
    assert understanding.read("qwxz", content.questions["location"]) is None


def test_a_bloke_is_not_broke(understanding: Understanding, content: Content) -> None:
    meaning = understanding.read("bloke", content.questions["skin"])
    assert not isinstance(meaning, (Choice, Confirm))


def test_weak_signs_are_asked_about_and_the_remote_brings_no_card(
    understanding: Understanding,
) -> None:
    assert isinstance(
        understanding.read("my baby is limp and very drowsy", None), (Danger, MaybeDanger)
    )
    story = understanding.read("my cousin lost her sight years ago, sad story", None)
    assert not isinstance(story, Danger)


STORY = (
    "we are on holiday by the lake, my sister brought her new peel along and i tried some, it"
    " smells of oranges, lunch was late again, anyway my tongue is getting fat and i feel giddy,"
    " which cream would you take on a trip"
)


def test_danger_is_heard_in_passing_and_words_in_another_sense_are_not(
    understanding: Understanding,
) -> None:
    assert isinstance(understanding.read(STORY, None), (Danger, MaybeDanger))
    for text in ("is a floppy hat enough shade", "this tube leaked in my bag", "crop tops again"):
        assert not isinstance(understanding.read(text, None), (Danger, MaybeDanger)), text


def test_a_long_story_is_looked_at_clause_by_clause() -> None:
    late, lip = "lunch was late again", "my lip is fat and i feel giddy"
    assert clauses([late.split(), ["so"], lip.split()]) == [[late, "so"], [lip]]
    assert clauses([f"{late} there today but {lip}".split()]) == [
        [f"{late} there today"],
        [f"but {lip}"],
    ]
    assert clauses([]) == []


def test_the_command_line_hears(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = [{"text": "my eye hurts"}, {"text": "cheeks", "question": "location"}]
    monkeypatch.setattr("sys.stdin", iter([json.dumps(line) + "\n" for line in asked_for]))
    assert main(["hear"]) == 0
    danger, answer = map(json.loads, capsys.readouterr().out.splitlines())
    assert (danger["kind"], danger["value"], danger["level"]) == ("danger", "danger-eye", "urgent")
    assert (answer["kind"], answer["value"], answer["question"]) == ("answer", "face", "location")
    assert main(["hear", "what are milia"]) == 0
    assert "what-are-milia" in capsys.readouterr().out


def test_the_command_line_refuses_what_is_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", iter(['{"text": "me", "question": "shoes"}\n']))
    assert main(["hear"]) == 1
    assert "shoes" in capsys.readouterr().err


def test_topics_are_told_with_what_else_it_might_have_been(understanding: Understanding) -> None:
    meaning = understanding.read("are milia contagious", None)
    assert meaning == About(
        "contagious", others=meaning.others if isinstance(meaning, About) else ()
    )

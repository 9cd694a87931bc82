"""What typed words mean: danger before all, a guess never, and the same answer every time."""

import pytest

from dialogs.content import Content
from dialogs.understanding import (
    About,
    Choice,
    Command,
    Danger,
    MaybeDanger,
    Understanding,
)
from dialogs.words import normalise


@pytest.fixture(scope="module")
def understanding(content: Content) -> Understanding:
    return Understanding(content)


DANGER = {
    "I can't breathe": "danger-breathing",
    "my lips are swelling up since the serum": "danger-breathing",
    "throat feels tight help": "danger-breathing",
    "my eye hurts so much": "danger-eye",
    "MY VISION IS BLURRY": "danger-eye",
    "I got the retinol in my eye": "danger-product-in-eye",
    "she won't wake up": "danger-baby-emergency",
    "his lips are turning blue": "danger-baby-emergency",
    "my baby has a fever and a rash": "danger-baby",
    "the bump keeps growing and bleeds": "danger-growing",
    "there is pus coming out of it": "danger-infected",
    "i can see double": "danger-eye",
    "can't open my eye, it's swollen shut": "danger-eye",
    "lips tingling and swelling": "danger-breathing",
    "he has 38.5": "danger-baby",
    "baby feels hot and won't drink": "danger-baby",
    "i'm pregnant and bleeding": "danger-pregnancy-bleeding",
    "I want to kill myself": "crisis-plan",
    "i don\u2019t want to live anymore": "crisis",
    "she cannot be woken": "danger-baby-emergency",
    "baby is hard to wake": "danger-baby-emergency",
    "he is blue round the mouth": "danger-baby-emergency",
    "the spots stay when i press them": "danger-baby",
    "i am scared i will hurt my baby": "crisis",
    "put the toner on 20 mins ago and now my throat is tight": "danger-breathing",
    "my lips started swelling 10 minutes ago": "danger-breathing",
    "could it be the serum, my tongue is swelling right now": "danger-breathing",
}

AFTER_A_NO = {
    "No. My eye hurts.": "danger-eye",
    "no but my lips are swollen": "danger-breathing",
    "No! My face is swollen": "danger-breathing",
    "I don't know, my throat is closing": "danger-breathing",
    "i can't swallow, throat is swelling": "danger-breathing",
    "Not sure. My eye hurts": "danger-eye",
    "none of these, my eye hurts": "danger-eye",
    "my eye doesn't stop hurting": "danger-eye",
    "not able to breathe": "danger-breathing",
    "it doesn't stop bleeding": "danger-growing",
}

HARMLESS = (
    "no bleeding, no pus",
    "my eyes do not hurt",
    "bumps near my eye",
    "can I use eye cream",
    "I never had a fever",
    "my baby has milia on the nose",
    "are milia dangerous",
    "do they hurt the baby",
    "did I hurt my baby?",
    "does retinol hurt the baby",
    "can i hurt my baby with this cream",
    "I am dying to know what helps",
    "i feel faint lines under my eyes",
    "no fever and not sleepy",
    "no fever, blisters or pus",
    "my son is 38",
    "i had an allergic reaction years ago",
)


@pytest.mark.parametrize("text", DANGER)
def test_danger_words_bring_their_card_whatever_is_open(
    text: str, understanding: Understanding, content: Content
) -> None:
    for question in (None, *content.questions.values()):
        assert understanding.read(text, question) == Danger(DANGER[text])


@pytest.mark.parametrize("text", AFTER_A_NO)
def test_a_no_reaches_no_further_than_its_own_clause(
    text: str, understanding: Understanding
) -> None:
    assert understanding.read_danger(text) == AFTER_A_NO[text]


@pytest.mark.parametrize("text", HARMLESS)
def test_denials_and_harmless_words_raise_no_alarm(text: str, understanding: Understanding) -> None:
    assert understanding.read_danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "my lips swelled up years ago from a lipstick",
        "what if my throat closes from retinol",
        "my cousin had blurry vision after a peel last year",
        "choking with laughter at this bot haha",
    ],
)
def test_what_is_past_or_only_feared_brings_no_card_at_once(
    text: str, understanding: Understanding
) -> None:
    assert not isinstance(understanding.read(text, None), Danger)


def test_there_are_at_least_forty_sure_patterns(content: Content) -> None:
    assert sum(len(patterns) for patterns in content.danger.values()) >= 40


def test_the_most_serious_danger_wins(understanding: Understanding) -> None:
    both = "the bump is growing and I cannot breathe"
    assert understanding.read(both, None) == Danger("danger-breathing")


def test_invisible_characters_hide_no_danger(understanding: Understanding) -> None:
    assert understanding.read_danger("my e\u200bye hu\u202erts") == "danger-eye"
    assert understanding.read_danger("\uff4dy eye hurts") == "danger-eye"


@pytest.mark.parametrize(
    ("question", "text", "option"),
    [
        ("who", "me", "me"),
        ("who", "it's for my baby", "baby"),
        ("location", "CHEEKS", "face"),
        ("location", "on my cheeks", "face"),
        ("location", "eyelid", "lid"),
        ("picking", "never", "no"),
        ("picking", "somtimes", "sometimes"),
        ("sunscreen", "every day", "daily"),
        ("red_flags", "none of these", "none"),
    ],
)
def test_plain_replies_are_understood(
    question: str, text: str, option: str, understanding: Understanding, content: Content
) -> None:
    assert understanding.read(text, content.questions[question]) == Choice((option,))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("location", "not my cheeks"),
        ("location", "cheeks or eyelids"),
        ("location", "cheeks but also my eyelid"),
        ("location", "I am not sure if it is the eyelid"),
        ("picking", "no clue"),
        ("picking", "purple"),
        ("who", "my baby's father, and me, and a teenager next door"),
        ("sunscreen", "???"),
        ("red_flags", "\U0001f600"),
        ("red_flags", ""),
        ("red_flags", "none of these, lashes are missing"),
        ("red_flags", "none of these just red and sore"),
        ("red_flags", "are you sure, none of these matter?"),
        ("baby_signs", "none of these, 38.5"),
        ("location", "chest pain"),
        ("location", "nose and lid"),
        ("baby_age", "less than ten months"),
        ("history", "less than ten months"),
        ("location", "cheek and one near the lash line"),
        ("picking", "nope they just broke open"),
        ("baby_age", "nearly 3 months"),
        ("who", "me and my baby"),
        ("sunscreen", "I forget every day"),
    ],
)
def test_a_guess_is_never_stored(
    question: str, text: str, understanding: Understanding, content: Content
) -> None:
    meaning = understanding.read(text, content.questions[question])
    assert not isinstance(meaning, Choice) or meaning.options == ("unsure",)


def test_every_label_is_understood_as_its_option(
    understanding: Understanding, content: Content
) -> None:
    for question in content.questions.values():
        for option, label in question.options.items():
            meaning = understanding.read(label, question)
            assert isinstance(meaning, Danger) or meaning == Choice((option,)), (
                question.name,
                label,
            )


def test_every_example_is_understood_as_what_it_stands_for(
    understanding: Understanding, content: Content
) -> None:
    for name, question in content.questions.items():
        examples = content.heard_options.get(name, {})
        for option, texts in examples.items():
            for text in texts:
                meaning = understanding.read(text, question)
                right = meaning == Choice((option,))
                assert right or isinstance(meaning, (Danger, Command)), (name, text, meaning)
    for topic, texts in content.heard_topics.items():
        for text in texts:
            meaning = understanding.read(text, None)
            careful = isinstance(meaning, (Danger, MaybeDanger, Command))
            assert meaning == About(topic) or careful, (topic, text, meaning)


def test_commands_and_their_plain_words_work_at_any_question(
    understanding: Understanding, content: Content
) -> None:
    for question in (None, *content.questions.values()):
        assert understanding.read("/routine", question) == Command("routine")
        assert understanding.read("/Routine@some_bot now", question) == Command("routine")
        assert understanding.read("show my routine", question) == Command("routine")
        assert understanding.read("/dance", question) == Command("dance", known=False)


def test_a_question_is_read_as_a_question_even_where_an_answer_would_fit(
    understanding: Understanding, content: Content
) -> None:
    meaning = understanding.read("what are milia?", content.questions["location"])
    assert meaning == About("what-are-milia")


def test_the_same_words_mean_the_same_in_any_dress() -> None:
    assert normalise("  Can\u2019t   BREATHE!! \u200f") == normalise("cant breathe")


def test_a_huge_text_is_read_in_no_time_and_not_understood(understanding: Understanding) -> None:
    assert understanding.read("x" * 500_000, None) is None


def test_a_character_that_unfolds_into_many_makes_no_longer_text() -> None:
    assert len(normalise("\ufdfa" * 4000)) <= 4096

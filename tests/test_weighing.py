"""What is learned by regression, and which words are slips."""

import pytest

from dialogs.content import Content
from dialogs.understanding import Choice, Confirm, Correction, Understanding
from dialogs.understanding.durations import banded, span
from dialogs.understanding.knowing import USUAL, right_words
from dialogs.understanding.regression import LANES, MOST, Regression, regression

LINES = [
    *(("sun", text) for text in ("does sun cream help", "sun cream or not", "which sun cream")),
    *(("acid", text) for text in ("does acid help", "which acid", "acid or not")),
    *(("wait", text) for text in ("can i wait", "or wait", "not wait")),
]


@pytest.fixture(scope="module")
def weighed() -> Regression:
    return regression(LINES)


def likeliest(weighed: Regression, text: str) -> str:
    figures = weighed.likely(text)
    return weighed.labels[figures.index(max(figures))]


def test_what_tells_labels_apart_decides(weighed: Regression) -> None:
    assert all(likeliest(weighed, text) == label for label, text in LINES)
    assert likeliest(weighed, "tell me which acid is good") == "acid"


def test_the_same_lines_teach_the_same_and_words_nobody_knows_teach_nothing(
    weighed: Regression,
) -> None:
    assert regression(LINES) == weighed
    assert weighed.likely("qwxz") == [0.0, 0.0, 0.0] == weighed.likely("")


def test_who_says_much_that_nobody_knows_is_less_sure(weighed: Regression) -> None:
    plain, strange = "which acid", "which acid qwxz vbrg plmk ttrw"
    assert 0 < max(weighed.likely(strange)) < max(weighed.likely(plain))


def test_rows_added_as_one_long_number_are_the_sums_of_their_figures(weighed: Regression) -> None:
    size = len(weighed.labels)
    figures = memoryview(weighed.weights).cast("H")
    places = [place % len(weighed.keys) for place in range(2 * LANES + 5)]
    plain = [sum(figures[p * size + n] - MOST for p in places) for n in range(size)]
    assert weighed._sums(places) == plain
    assert any(plain)


def test_a_word_of_one_line_is_a_slip_of_a_usual_one_but_no_ending_is() -> None:
    usual = ["i pick them sometimes with cream"] * USUAL
    once = ["sometmes", "creamy", "sometines twice", "sometines too", "certain"]
    right = right_words([*usual, *once], frozenset(("somatimes",)))
    assert "sometmes" not in right
    assert {"sometimes", "creamy", "sometines", "somatimes", "certain"} <= right


@pytest.mark.parametrize(
    ("text", "banded_text"),
    [
        ("my son 14", "my son TEEN"),
        ("my sons 14 not 11", "my sons TEEN not 11"),
        ("i turned 18 in june", "i turned GROWN in june"),
        ("she turned 9 last week", "she turned CHILD last week"),
        ("im 16 and my mother said so", "im TEEN and my mother said so"),
        ("a final year student aged 23", "a final year student aged GROWN"),
        ("he is 2 days old", "he is BABY old"),
    ],
)
def test_ages_are_read_as_people_tell_them(text: str, banded_text: str) -> None:
    bands = {"BABY": "0d 12m", "CHILD": "12m 12y", "TEEN": "12y 18y", "GROWN": "18y 130y"}
    assert banded(text, {n: span(ends) for n, ends in bands.items()}, ages=True) == banded_text


def test_what_was_told_is_no_correction_of_itself(
    understanding: Understanding, content: Content
) -> None:
    for text, name, told, meant in (
        ("I said teenager earlier but I turned 18 in June, sorry", "who", "teen", "me"),
        ("she turned one last week so you can stop treating her as a baby", "who", "baby", "child"),
        ("actually I said teen but he turned 18 in june", "who", "teen", "another_adult"),
        ("I said recent but I had them four years ago", "history", "new", "old_untried"),
    ):
        found = understanding.read(text, content.questions["picking"], {name: (told,)})
        assert isinstance(found, Correction), text
        assert (found.question, found.options) == (name, (meant,)), text


def test_a_doubt_beside_something_named_is_not_what_is_meant(
    understanding: Understanding, content: Content
) -> None:
    text = "I should say these are on my shoulder, I'm not sure why I put face"
    found = understanding.read(text, content.questions["skin"], {"location": ("face",)})
    assert isinstance(found, Correction)
    assert found.options == ("body",)


@pytest.fixture(scope="module")
def understanding(content: Content) -> Understanding:
    return Understanding(content)


@pytest.mark.parametrize(
    ("question", "text", "option"),
    [
        ("location", "under both eyes", "near_eye"),
        ("location", "all over his chin", "face"),
        ("location", "cheeks only, eyes are clear", "face"),
        ("red_flags", "no, my eyes feel grand and nothings sore", "none"),
        ("who", "i turned 16, my mum told me of you", "teen"),
        ("picking", "i was tempted but didnt", "no"),
    ],
)
def test_words_that_were_misread_once(
    question: str, text: str, option: str, understanding: Understanding, content: Content
) -> None:
    found = understanding.read(text, content.questions[question])
    assert isinstance(found, (Choice, Confirm))
    assert found.options == (option,)


def test_a_wish_is_no_habit(understanding: Understanding, content: Content) -> None:
    found = understanding.read("wish i was on a beach right now", content.questions["sunscreen"])
    assert not isinstance(found, Choice)

"""How old a reader has to be for a text, by the formula of Flesch and Kincaid."""

import re

from dialogs.content import Content
from dialogs.wording import sentences

AGE_LIMIT = 12.0
"""Years; the house promises words for a 12-year-old."""

SHORTEST = 31
"""Words under which the formula says nothing sensible; lines are judged all together."""

_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[aeiouy][^aeiouycsxz])es$")
_MARKUP = re.compile(r"\*\*|\]\([^)]*\)|[\[\]_]|^- ", re.MULTILINE)


def reading_age(text: str) -> float | None:
    """The age in years; None for a text of under 31 words.

    Figures: Kincaid et al. 1975, grade = 0.39 words/sentence + 11.8 syllables/word - 15.59; a
    grade is five years younger than its pupils.
    """
    plain = _MARKUP.sub(" ", text)
    words = _WORD.findall(plain)
    if len(words) < SHORTEST:
        return None
    ends = [part for sentence in sentences(plain) for part in re.split(r":\s", sentence)]
    count = sum(bool(_WORD.search(part)) for part in ends)
    parts = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / count + 11.8 * parts / len(words) - 15.59 + 5


def _syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; never none."""
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word))))


def hard_to_read(content: Content) -> list[str]:
    """The pages that want an older reader, as `file: age`."""
    groups = (content.questions, content.topics, content.messages)
    ages = {page.file: reading_age(page.text) for group in groups for page in group.values()}
    ages["en/routine"] = reading_age("\n".join(step.text for step in content.steps.values()))
    return [f"{file}: age {age:.1f}" for file, age in ages.items() if age and age > AGE_LIMIT]

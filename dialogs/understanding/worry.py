"""Whether a text speaks of danger: its card at once, a question about it, or neither.

Several witnesses are heard together: how dangerous the words sound, how like they are to dangerous
lines and to harmless ones, and how like to a side question. How much each counts, and from where
a card or a question follows, was fitted to lines of writers that nothing had been learned from.
"""

from __future__ import annotations

from collections import Counter
from math import exp
from typing import TYPE_CHECKING

from dialogs.understanding.meanings import Danger, MaybeDanger

if TYPE_CHECKING:
    from dialogs.understanding.concepts import Seen as Sight
    from dialogs.understanding.heard import Seen
    from dialogs.understanding.learning import Learned
    from dialogs.understanding.regression import Found

HARMLESS = "harmless"
"""The label of lines that are no danger, and the name of the file of near misses."""

ASIDE = ("emergency", "nothing")
"""Side questions that say nothing against danger."""

SOUND, LIKE, UNLIKE, SUBJECT, BASE = 0.48, 5.1, 4.35, 5.5, -0.56
"""What counts: the sound, being like dangerous lines, like harmless ones, like the nearest side
question; and what is added to all."""

PEAK = 0.4
"""The share of the most dangerous clause in the sound."""

SIGNED = 2.9
"""What groups count that are a sign of danger."""

REPLY = 4.0
"""What being like a reply to the open question counts against danger."""

DOUBTFUL, PLAINLY, BARELY = -1.0, -1.6, -6.0
"""From where a text is asked about: any, one with words of danger that nothing softens, and one
that says hardly anything else. Plain words of danger are not weighed against side questions."""

CALM = -4.5
"""A sound below which no likeness makes a text doubtful, so that none is looked for."""

FEW, STRANGE = 4, 1.0
"""Words of a text that says little; from where one is asked about that has no sign in it. A single
word without a sign never is."""

PLAIN, SURE = 1.5, 3.0
"""From where its card follows: with words of danger that nothing softens, and with signs. A text
with neither is only ever asked about."""

OFFERED = 3
"""Dangers that are asked about."""


def alarm(learned: Learned, seen: Seen, reply: float = 0.0) -> Danger | MaybeDanger | None:
    """The danger in a text; `reply`: how like it is to a harmless reply to the open question."""
    sight = learned.sensing.concepts.see(seen.parts)
    sure = bool(seen.signs) and not sight.soft
    because = (*(said for _, said in seen.signs), *(line for _, line in sight.signs))
    if not learned.dangers.classifier.labels:
        return Danger(seen.signs[0][0], because) if sure else None
    sound = learned.sensing.sounds(sight)
    pages = _pages(sight, seen.signs)
    if (sound < CALM and not sure) or (not pages and " " not in seen.spelt):
        return None
    sound += PEAK * (learned.sensing.peak(sight, sound) - sound)
    ranked = learned.dangers.ranked((*seen.words, *sight.marks), seen.spelt)
    figure = weigh(sound, ranked, [] if sure else seen.subjects)
    figure += (SIGNED if sight.signs else 0.0) - (0.0 if sure else REPLY * reply)
    if figure < _least(sure, bool(pages), sight):
        return None
    if pages and figure >= (PLAIN if sure else SURE):
        return Danger(pages[0], because)
    likely = [item.label for item in ranked if item.label != HARMLESS]
    named = tuple(dict.fromkeys((*pages, *likely)))[:OFFERED]
    return MaybeDanger(named, 1 / (1 + exp(-figure)), because)


def _least(sure: bool, signed: bool, sight: Sight) -> float:
    """From where a text is asked about."""
    few = sum(map(len, sight.words)) < FEW
    if sure:
        return BARELY if few else PLAINLY
    return STRANGE if few and not signed else DOUBTFUL


def weigh(sound: float, dangers: list[Found], subjects: list[Found]) -> float:
    """All witnesses together: above 0 is more likely danger than not."""
    like = max((item.score for item in dangers if item.label != HARMLESS), default=0.0)
    unlike = next((item.score for item in dangers if item.label == HARMLESS), 0.0)
    near = max((item.alike for item in subjects if item.label not in ASIDE), default=0.0)
    return BASE + SOUND * sound + LIKE * like - UNLIKE * unlike - SUBJECT * near


def _pages(sight: Sight, signs: tuple[tuple[str, str], ...]) -> list[str]:
    """The cards that signs call for: by plain words the most serious first, then by groups."""
    lines = Counter(page for page, _ in sight.signs)
    return list(dict.fromkeys([page for page, _ in signs] + [p for p, _ in lines.most_common()]))

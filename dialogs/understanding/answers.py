"""What a text answers: the open question, or an earlier one that it puts right.

Rules and examples are heard together. What a rule says and the examples do not contradict is
stored at once; anything else that is likely is confirmed first, and two that are as likely offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding.asking import TAKES_BACK
from dialogs.understanding.learning import ELSE
from dialogs.understanding.meanings import Choice, Confirm, Correction, Unsure
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialogs.pages import Question
    from dialogs.understanding.heard import Seen
    from dialogs.understanding.learning import Learned
    from dialogs.understanding.replies import Replies
    from dialogs.understanding.ruling import Named

RULE = 0.2
"""What a rule counts beside the likeness to examples; so much less for an option denied."""

LIKELY = 0.25
"""How like an option a reply must be to be confirmed without a rule."""

VAGUE = 0.4
"""The same for an option that only says that somebody does not know."""

BESIDE = 0.0
"""How much more a text must be like chat and commands than like replies to be no reply."""

LONGEST = (12, 20, 200)
"""Words of a text that may put an earlier answer right: without words for it, with a contrast,
and with words that take something back. Long texts mention many things."""

BRIEF = 10
"""Words of a text up to which it may change an earlier answer without being asked about."""

SHORTEST = (3, 2, 1)
"""The fewest words of such a text."""

LEVEL = 0.03
"""How little one option may be ahead of the next for both to be offered."""

SAFE = 0.15
"""How much less likely the safer of several options said may be, and still be the one confirmed."""

SHARE, SAID = 0.5, 0.2
"""What the option counts when questions are compared, and that a rule names it."""

ELSEWHERE = (0.45, 0.25, -0.05)
"""How much more a text must speak of an earlier question than of the open one: with no words that
put something right, with a contrast, and with words that take something back."""

AMONG = 0.1
"""How much more a text must speak of an earlier question than be like a topic, if no rule names
one of its options and nothing is taken back."""

DENIED = 0.4
"""What a rule counts where something is denied: examples know little of a `not`."""

LISTS = "and"
"""The word between things that are listed: what is not listed may be one thing said in two ways."""

Answer = Choice | Confirm | Unsure | None


@dataclass(frozen=True, slots=True)
class Likely:
    """The likeliest option of a question, how likely it is, the next, and what the rules say."""

    option: str
    score: float
    next: str | None
    ahead: float
    named: Named
    ruled: Answer


class Answers:
    """The replies of all questions, by their rules and examples."""

    def __init__(
        self, questions: Mapping[str, Question], learned: Learned, replies: Mapping[str, Replies]
    ) -> None:
        self._questions, self._learned, self._replies = questions, learned, replies

    def answer(self, seen: Seen, question: Question) -> tuple[Answer, float]:
        """What a text says as an answer to this question, and how likely that is."""
        replies = self._replies[question.name]
        option = self._learned.replies[question.name].get(normalise(seen.text)) or replies.exactly(
            seen.spelt
        )
        if option and not seen.spelt.isdigit():
            return Choice((option,), (f"just as written: {seen.spelt}",)), SURE
        if numbered := replies.numbered(seen.spelt):
            return numbered, SURE
        likely = self.likely(seen, question.name)
        if likely is None:
            return replies.ruled(seen.parts), 0.0
        found = self._weighed(likely, question, seen)
        speller = self._learned.speller
        slips = speller.doubts(seen.spelt) or not speller.knows(seen.spelt)
        if isinstance(found, Choice) and (seen.asks or slips):
            found = Confirm(found.options, 0.6, found.because)
        return found, likely.score + (SAID if likely.ruled else 0.0)

    def likely(self, seen: Seen, question: str, rule: float = RULE) -> Likely | None:
        """The likeliest option of a question; None if nothing is like any."""
        replies = self._replies[question]
        named = replies.named(seen.parts)
        scores = {item.label: item.score for item in seen.options(question)}
        rule = DENIED if named.denied else rule
        for option in named.said:
            scores[option] = scores.get(option, 0.0) + rule
        for option in named.denied:
            scores[option] = scores.get(option, 0.0) - rule
        if not scores:
            return None
        order = sorted(scores, key=lambda option: (-scores[option], option))
        best, second = (*order, None)[:2]
        ahead = scores[str(best)] - scores[second] if second else 1.0
        ruled = replies.judged(named, seen.parts)
        return Likely(str(best), scores[str(best)], second, ahead, named, ruled)

    def _weighed(self, likely: Likely, question: Question, seen: Seen) -> Answer:
        if question.several:
            return self._several(likely, seen)
        if isinstance(likely.ruled, (Choice, Confirm)):
            return _agreed(likely, likely.ruled, question)
        if likely.score < self._bar(likely, question, seen):
            return likely.ruled
        if likely.next and likely.ahead < LEVEL:
            pair = (Choice((likely.option,)), Choice((likely.next,)))
            return Unsure(pair, likely.score, likely.named.because)
        return _confirmed(likely)

    @staticmethod
    def _bar(likely: Likely, question: Question, seen: Seen) -> float:
        """How likely an option that no rule names must be to be confirmed."""
        if seen.spoken.get(ELSE, 0.0) > seen.spoken.get(question.name, 0.0) + BESIDE:
            return SURE
        return VAGUE if likely.option in question.counts_as else LIKELY

    @staticmethod
    def _several(likely: Likely, seen: Seen) -> Answer:
        listed = 1 + seen.spelt.split().count(LISTS)
        if isinstance(likely.ruled, Choice) and len(likely.ruled.options) > listed:
            return Confirm(likely.ruled.options, 0.7, likely.ruled.because)
        if likely.ruled is None and likely.score >= (VAGUE if seen.asks else LIKELY):
            return Confirm((likely.option,), likely.score, (f"like {likely.option}",))
        return likely.ruled

    def corrected(
        self, seen: Seen, question: Question, earlier: Iterable[str]
    ) -> Correction | None:
        """An earlier answer that the text puts right: of the question it speaks of most."""
        here = self.likely(seen, question.name)
        if here and here.ruled and seen.puts_right != TAKES_BACK:
            return None
        bar = _spoken(seen, question.name, here)
        bar += ELSEWHERE[seen.puts_right]
        length = len(seen.spelt.split())
        if not SHORTEST[seen.puts_right] <= length <= LONGEST[seen.puts_right]:
            return None
        back = seen.puts_right == TAKES_BACK
        bar = max(bar, seen.spoken.get(ELSE, 0.0) + (0.0 if back else SAID))
        near = AMONG + (seen.subjects[0].score if seen.subjects else 0.0)
        new, known = seen.newly, frozenset(earlier)
        later = max((s for q, s in seen.spoken.items() if q not in (*known, ELSE)), default=0.0)
        best: Correction | None = None
        for name in sorted(known):
            if not back and seen.spoken.get(name, 0.0) < later:
                continue  # it speaks of what is asked now or later
            if seen.spoken.get(name, 0.0) + MOST <= bar:
                continue
            found = self.likely(new, name, DENIED)
            spoken = _spoken(seen, name, found)
            if found is None or spoken <= bar:
                continue
            vague = found.option in self._questions[name].counts_as
            if (not back or seen.asks) and (vague or spoken <= near):
                continue
            ruled = found.ruled
            plain = isinstance(ruled, Choice) and ruled.options[0] == found.option
            options = ruled.options if plain and isinstance(ruled, Choice) else (found.option,)
            said = plain and back and length <= BRIEF and spoken > near and not seen.asks
            because = (*found.named.because, f"like {name}: {found.option}")
            best, bar = Correction(name, options, said, min(1.0, spoken), because), spoken
        return best


MOST = SHARE * 1.5 + SAID
"""The most that an option counts when questions are compared."""

SURE = 2.0
"""How likely an answer is that is just as written."""


def _agreed(likely: Likely, ruled: Choice | Confirm, question: Question) -> Choice | Confirm:
    """What the rules say, where the examples say so too; otherwise what is likelier, to confirm."""
    option, named = ruled.options[0], likely.named
    if option == likely.option:
        return ruled
    safer = len(named.said) > 1 and question.safer_first and likely.next == option
    if safer and likely.ahead <= SAFE:
        return Confirm(ruled.options, 0.6, named.because)
    return _confirmed(likely)


def _confirmed(likely: Likely) -> Confirm:
    because = (*likely.named.because, f"like {likely.option}")
    return Confirm((likely.option,), min(1.0, likely.score), because)


def _spoken(seen: Seen, question: str, likely: Likely | None) -> float:
    """How much a text speaks of a question."""
    if likely is None:
        return 0.0
    said = SAID if likely.option in likely.named.said else 0.0
    return seen.spoken.get(question, 0.0) + SHARE * likely.score + said

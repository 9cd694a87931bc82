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
    from collections.abc import Callable, Mapping

    from dialogs.pages import Question
    from dialogs.understanding.heard import Seen
    from dialogs.understanding.learning import Learned
    from dialogs.understanding.replies import Replies
    from dialogs.understanding.ruling import Named

RULE = 0.3
"""What a rule counts beside the likeness to examples; so much less for an option denied."""

LIKELY = 0.25
"""How like an option a reply must be to be confirmed without a rule."""

VAGUE = 0.4
"""The same for an option that only says that somebody does not know."""

BESIDE = 0.0
"""How much more a text must be like chat and commands than like replies to be no reply."""

BRIEF = 10
"""Words of a text up to which it may change an earlier answer without being asked about."""

LEVEL = 0.03
"""How little one option may be ahead of the next for both to be offered."""

SAFE = 0.4
"""How much less likely the safer of several options said may be, and still be the one confirmed:
if even one bump is on a lid, the answer is a lid."""

SAID = 0.2
"""What it counts for an answer that a rule names one of its options."""

PLAIN = 0.75
"""The share among all readings from which an earlier answer is put right at once."""

DENIED = 0.4
"""What a rule counts where something is denied: examples know little of a `not`."""

LISTS = "and"
"""The word between things that are listed: what is not listed may be one thing said in two ways."""

SURE = 2.0
"""How likely an answer is that is just as written."""

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
        if option and not seen.is_number:
            return Choice((option,), (f"just as written: {seen.spelt}",)), SURE
        if numbered := replies.numbered(seen.spelt):
            return numbered, SURE
        likely = self.likely(seen, question.name)
        if likely is None or (seen.is_number and not replies.counts):
            return replies.ruled(seen.parts), 0.0
        found = self._weighed(likely, question, seen)
        speller = self._learned.speller
        slips = speller.doubts(seen.spelt) or not speller.knows(seen.spelt)
        if isinstance(found, Choice) and (seen.asks or seen.begins_later or slips):
            found = Confirm(found.options, 0.6, found.because)
        return found, likely.score + (SAID if likely.ruled else 0.0)

    def likely(
        self,
        seen: Seen,
        question: str,
        rule: float = RULE,
        gone: Callable[[str, str], bool] | None = None,
    ) -> Likely | None:
        """The likeliest option of a question; None if nothing is like any.

        `gone`: whether an option is not meant, given the words that name it ("" for none).
        """
        replies = self._replies[question]
        named = replies.named(seen.parts)
        if gone:
            named = named.without(gone)
        options = (item for item in seen.options(question) if not (gone and gone(item.label, "")))
        scores = {item.label: item.score for item in options}
        rule = DENIED if named.denied else rule
        for option in (*named.said, *replies.implied(named)):
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

    def earlier(self, seen: Seen, question: str, now: tuple[str, ...]) -> Likely | None:
        """The likeliest option of a question asked before, by what a text newly tells of it.

        Words that only answer where it is asked say nothing. Who names something beside a doubt, or
        beside what they told (`now`), means that.
        """
        bare = self._learned.asking.bare
        likely = self.likely(seen.newly, question, DENIED, lambda _, words: bare(words))
        page = self._questions[question]
        unmeant = (*now, *page.counts_as)
        if likely is None or page.several or likely.option not in unmeant:
            return likely
        other = self.likely(seen.newly, question, DENIED, lambda option, _: option in unmeant)
        return other if other and other.named.said else likely

    def counts(self, question: str) -> bool:
        """Whether a number by itself may answer a question: an age, or how long."""
        return self._replies[question].counts

    def vague(self, question: str, option: str) -> bool:
        """Whether an option only says that somebody does not know."""
        return option in self._questions[question].counts_as

    def put_right(self, question: str, likely: Likely) -> tuple[str, ...]:
        """The options that an earlier question is given instead."""
        ruled = likely.ruled
        told: tuple[str, ...] = ruled.options if isinstance(ruled, Choice) else ()
        if isinstance(ruled, Confirm) and self._questions[question].several:
            told = ruled.options
        return told if likely.option in told else (likely.option,)

    def correction(self, seen: Seen, question: str, likely: Likely, share: float) -> Correction:
        """An earlier answer put right: at once where the words say so plainly, else after a yes."""
        options = self.put_right(question, likely)
        plain = isinstance(likely.ruled, Choice) and likely.ruled.options == options
        back = seen.puts_right == TAKES_BACK and len(seen.spelt.split()) <= BRIEF
        said = plain and back and share >= PLAIN and not seen.asks
        because = (*likely.named.because, f"like {question}: {likely.option}")
        return Correction(question, options, said, share, because)


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

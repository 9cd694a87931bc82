"""What a typed message means: danger, command, answer, correction, topic, unsure, or nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from dialogs.understanding.alarm import Alarm
from dialogs.understanding.heard import Heard
from dialogs.understanding.learning import Learned, learned
from dialogs.understanding.meanings import Choice, Command, Done, Meaning
from dialogs.understanding.pondering import Pondering
from dialogs.understanding.replies import Replies
from dialogs.understanding.spelling import Speller
from dialogs.words import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.content import Content
    from dialogs.pages import Question
    from dialogs.understanding.deciding import Earlier, Reading

LONG = 600
"""Characters of the longest text that more is looked for in than danger."""

_LISTED = re.compile(r"[,;+&/]")


class Understanding:
    """Reads typed text against the content: same text, same question, same meaning.

    What is learned from examples is learned once, at the first text that needs it or before
    (`train`). Danger, commands and exact answers need none of it.
    """

    def __init__(self, content: Content) -> None:
        self._content, self._alarm = content, Alarm(content)
        self._speller = Speller(content.lexicon, ())
        self._commands = {
            normalise(word): name
            for name, command in content.commands.items()
            for word in (name, *command.hear)
        }
        yes = "|".join(map(re.escape, sorted(self._said("welcome", "consent"))))
        greets = "|".join(content.lexicon.turns.get("greets", ())) or yes
        greeting = f"(?:(?:{greets}) ){{0,3}}"
        self._consenting = re.compile(f"{greeting}(?:(?:{yes}) ){{1,4}}{greeting}")
        self.dangers = frozenset(content.danger)
        self._ends = self._said("ticks-done", "done")
        self._replies = {
            name: Replies(
                question, content.heard_options.get(name, {}), content.reply_rules.get(name)
            )
            for name, question in content.questions.items()
        }
        pages = content.questions
        self._needs = {name: _needs(question, pages) for name, question in pages.items()}
        self._lock = Lock()
        self._pondering: Pondering | None = None

    def _said(self, message: str, option: str) -> frozenset[str]:
        """The label of a button and the words that say the same."""
        page = self._content.messages.get(message)
        label = page.buttons.get(option, "") if page else ""
        heard = self._content.heard_options.get(message, {}).get(option, ())
        return frozenset(normalise(text) for text in (label, *heard))

    def train(self) -> Pondering:
        """Learn from all examples, once: a fraction of a second, from any thread."""
        with self._lock:
            if self._pondering is None:
                self._pondering = Pondering(self._content, learned(self._content), self._replies)
            return self._pondering

    @property
    def learned(self) -> Learned:
        """What was learned."""
        return self.train().learned

    def read(self, text: str, question: Question | None, earlier: Earlier | None = None) -> Meaning:
        """The meaning of a text while `question` (or none) is open; danger always comes first.

        `earlier` are the answers that may be put right; None: all questions before this one.
        """
        spelt = self._speller.punctuated(text)
        signs = tuple(self._alarm.signs(text, spelt))
        plain = None if signs else self._plainly(text, question)
        if plain is not None or not text.strip():
            return plain
        if len(text) > LONG:
            return self.train().danger(Heard(text, spelt, signs))
        heard = _listing(Heard(text, spelt, signs), question)
        return self.train().read(heard, question, self._earlier(question, earlier))

    def readings(self, text: str, question: Question) -> list[Reading]:
        """All that a text may mean while a question is open, for those who weigh the readings."""
        heard = _listing(Heard(text, self._speller.punctuated(text)), question)
        return self.train().readings(heard, question, self._earlier(question, None))

    def _plainly(self, text: str, question: Question | None) -> Meaning:
        """A command or an answer in just the words that are written down for it."""
        words = normalise(text)
        if text.strip().startswith("/"):
            name = text.strip()[1:].split("@")[0].split(maxsplit=1)
            known = bool(name) and name[0].lower() in self._content.commands
            return Command(name[0].lower() if name else "", known)
        if command := self._commands.get(words):
            return Command(command)
        if question is None:
            return None
        if question.several and words in self._ends:
            return Done()
        option = self._replies[question.name].exactly(words)
        return Choice((option,), (f"just as written: {words}",)) if option else None

    def _earlier(self, question: Question | None, given: Earlier | None) -> Earlier:
        if given is not None:
            return {n: told for n, told in given.items() if question is None or n != question.name}
        names = [*self._content.questions]
        before = names[: names.index(question.name)] if question else ()
        here = self._needs[question.name] if question else {}
        return {name: () for name in before if not _apart(self._needs[name], here)}

    def read_danger(self, text: str) -> str | None:
        """The message for the most serious danger words in a text as it was typed."""
        return self._alarm.heard(text, self._speller.punctuated(text))

    def agrees(self, text: str) -> bool:
        """Whether a text is just the consent that the welcome asks for, perhaps with a greeting."""
        return self._consenting.fullmatch(normalise(text) + " ") is not None

    def exactly(self, text: str, question: Question) -> str | None:
        """The option of this question whose label or example is just this text."""
        return self._replies[question.name].exactly(normalise(text))

    def option(self, text: str, question: Question) -> str | None:
        """The option of this question that a text names, if it plainly names just one."""
        if len(text) > LONG:
            return None
        if exact := self.exactly(text, question):
            return exact
        found = self.train().answer(Heard(text, self._speller.punctuated(text)), question)
        plain = isinstance(found, Choice) and len(found.options) == 1
        return found.options[0] if isinstance(found, Choice) and plain else None


def _listing(heard: Heard, question: Question | None) -> Heard:
    """What is listed where several options may be named is read as said one after the other."""
    if question is None or not question.several:
        return heard
    return replace(heard, spelt=_LISTED.sub(" and ", heard.spelt))


def _apart(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]) -> bool:
    """Whether two questions are never asked in the same talk, as far as that is plain."""
    return any(name in other and not other[name] & options for name, options in one.items())


def _needs(question: Question, pages: Mapping[str, Question]) -> dict[str, frozenset[str]]:
    """The answers that a question needs to be asked, as far as they are the same in all cases."""
    needs: dict[str, frozenset[str]] = {}
    for name in question.when[0] if question.when else ():
        if all(name in test for test in question.when):
            needs[name] = frozenset().union(*(test[name] for test in question.when))
            if name in pages and name != question.name:
                needs = {**_needs(pages[name], pages), **needs}
    return needs

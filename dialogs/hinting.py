"""What is said after somebody was not understood: each time a little more help."""

from dialogs.buttons import action
from dialogs.chat import Run
from dialogs.content import Content
from dialogs.pages import Question
from dialogs.speaking import Speaker
from dialogs.turns import Button, Part, Rows

EXAMPLE, BUTTONS = 2, 3
"""Misses in a row after which an example is given, and after which buttons are."""


class Hinting:
    """First a plain hint, then an example, then buttons that lead on."""

    def __init__(self, content: Content, say: Speaker) -> None:
        self._content, self._say = content, say

    def after(self, misses: int, question: Question, run: Run) -> tuple[tuple[Part, ...], Rows]:
        """What stands above the question after so many misses, and the buttons below its own."""
        if misses < EXAMPLE:
            return (self._say.part("not-understood"),), ()
        if misses < BUTTONS:
            example, other = self._examples(question)
            return (self._say.part("not-understood-again", example=example, other=other),), ()
        buttons = self._content.messages["not-understood-help"].buttons
        row = tuple(Button(text, action(name, run.id).data) for name, text in buttons.items())
        return (self._say.part("not-understood-help"), *self._unsure(question)), (row,)

    def _examples(self, question: Question) -> tuple[str, str]:
        """How two different options may be said, surest options first."""
        heard = self._content.heard_options.get(question.name, {})
        firm = [option for option in question.options if option not in question.counts_as]
        said = [
            next(iter(heard.get(option, ())), question.options[option])
            for option in (*firm, *question.counts_as)
        ]
        return said[0], said[1]

    def _unsure(self, question: Question) -> tuple[Part, ...]:
        """The way out for somebody who does not know, where the question has one."""
        option = next(iter(question.counts_as), None)
        if option is None:
            return ()
        return (self._say.part("not-understood-unsure", option=question.options[option]),)

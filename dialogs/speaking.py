"""Replies made from pages: question cards, messages, topics, the routine and its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dialogs.buttons import Press, action
from dialogs.chat import Chat, Run
from dialogs.content import Content
from dialogs.derived import Night, for_other
from dialogs.flow import Path
from dialogs.pages import LEVELS, PLACES, Question
from dialogs.routine import Line, Routine
from dialogs.turns import Button, Card, Part, Reply
from dialogs.understanding.meanings import About, Command, Sure

TICK = "\N{WHITE HEAVY CHECK MARK} "
BULLET = "- "
"""How a line of the routine begins: markdown for an item of a list."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the bot, how to reach them, and whom to write to about personal data.

    `keeps_words`: whether they keep what was not understood; people are told so.
    """

    name: str
    contact: str
    privacy: str
    keeps_words: bool = False


class Speaker:
    """Finds the page for everything that is said and puts the buttons under it."""

    def __init__(self, content: Content, operator: Operator) -> None:
        self._content = content
        unknown = content.messages["no-operator"].text
        self._always = {
            "operator": operator.name or unknown,
            "contact": operator.contact or unknown,
            "privacy": operator.privacy or unknown,
            "review": _review(content),
            "words": content.messages[
                "words-kept" if operator.keeps_words else "words-dropped"
            ].text,
        }
        self._whole: dict[str, Part] = {}

    def part(self, name: str, **slots: str) -> Part:
        """A message page with its slots filled."""
        if part := self._whole.get(name):
            return part
        message = self._content.messages[name]
        values = {**self._always, **slots}
        part = Part(name, message.text, {slot: values[slot] for slot in sorted(message.slots)})
        if not part.slots:
            self._whole[name] = part
        return part

    def message(self, name: str, run: Run | None = None, **slots: str) -> Reply:
        """A message page as a reply, with its buttons (they belong to the run, if there is one).

        Under a section's message stand its topics.
        """
        message = self._content.messages[name]
        topics = self._content.topics.values()
        labels = {**message.buttons, **{t.name: t.title for t in topics if t.section == name}}
        rows = tuple(
            (Button(label, action(option, run.id if run else None).data),)
            for option, label in labels.items()
        )
        return Reply((self.part(name, **slots),), rows, "safety" if message.danger else "answer")

    def why_asked(self, question: Question) -> Part:
        """The reason for a question, in its own words."""
        return Part(f"{question.name}?why", question.why)

    def topic(self, name: str) -> Reply:
        """A topic page as a reply."""
        return Reply((Part(name, self._content.topics[name].text),))

    def told(self, name: str) -> Reply:
        """A topic, or a message of small talk."""
        return self.topic(name) if name in self._content.topics else Reply((self.part(name),))

    def label(self, sure: Sure) -> str:
        """What a button says that offers a topic or a command."""
        if isinstance(sure, About) and sure.topic in self._content.topics:
            return self._content.topics[sure.topic].title
        name = sure.topic if isinstance(sure, About) else ""
        labels = self._content.messages["did-you-mean-labels"].buttons
        return labels[f"do-{sure.name}" if isinstance(sure, Command) else name]

    def card(self, chat: Chat, run: Run, path: Path, lead: Iterable[Part], on: int | None) -> Reply:
        """The open question with its buttons. `on` is the message it may take the place of."""
        question = path.open
        if question is None:
            raise ValueError("no question is open")
        asked = Part(f"{question.name}?", self.wording(question, path))
        rows = tuple(
            (Button(*self._button(question, option, chat, run, path.times)),)
            for option in question.options
        )
        if question.several:
            done = Press(run.id, question.name, path.times, mark="=")
            label = self._content.messages["ticks-done"].buttons["done"]
            rows = (*rows, (Button(label, done.data),))
        return Reply((*lead, asked), rows, "prompt", Card(run.id, question.name, path.times, on))

    def wording(self, question: Question, path: Path) -> str:
        """A question's text, for the one typing or about somebody else."""
        other = question.for_other and for_other(path.chosen, self._content.rules)
        return question.for_other if other and question.for_other else question.text

    def _button(
        self, question: Question, option: str, chat: Chat, run: Run, times: int
    ) -> tuple[str, str]:
        label = question.options[option]
        if not question.several:
            return label, Press(run.id, question.name, times, option).data
        if option in chat.ticks.get(question.name, ()):
            return TICK + label, Press(run.id, question.name, times, option, "-").data
        return label, Press(run.id, question.name, times, option, "+").data

    def routine(self, routine: Routine, run: Run) -> Reply:
        """The routine: level first, then its parts; a half-way plan says that it is one."""
        parts = [] if routine.whole else [self.part("plan-so-far")]
        if routine.shows_level:
            parts.insert(0, self.part(f"level-{routine.level}"))
        for place in PLACES:
            lines = [*map(_line, routine.part(place))]
            if place == "week":
                lines += map(self._night, routine.nights)
            if lines:
                parts += [self.part(f"head-{place}"), *lines]
        end = self.message("card-end", run)
        serious = LEVELS.index(routine.level) >= LEVELS.index("soon")
        return Reply((*parts, *end.parts), end.rows, "safety" if serious else "answer")

    def _night(self, night: Night) -> Part:
        part = self.part(f"night-{night.kind}", day=f"{night.day:%a %d}")
        return replace(part, text=BULLET + part.text, tight=True)

    def why(self, routine: Routine) -> Reply:
        """For every line: the person's own answers that brought it, and the sources."""
        parts = [self.part("why-intro")]
        for line in routine.lines:
            parts.append(replace(_line(line), tight=False))
            if line.because:
                parts.append(
                    replace(self.part("why-because", because=self._because(line)), tight=True)
                )
            sources = self.part("why-source", sources="; ".join(self._titles(line.facts)))
            parts.append(replace(sources, tight=True))
        return Reply(tuple(parts))

    def sources(self, routine: Routine | None) -> Reply:
        """What the bot rests on, and each source behind the routine's lines with its address."""
        facts = [
            self._content.facts[name]
            for line in (routine.lines if routine else ())
            for name in line.facts
        ]
        addresses = {fact.url or fact.source: fact for fact in reversed(facts) if fact.source}
        lines = [
            self.part("source-line", title=fact.source or "", url=fact.url or "")
            for fact in reversed(addresses.values())
        ]
        return Reply((self.part("sources"), *lines))

    def echo(self, question: Question, options: Iterable[str]) -> str:
        """The labels of chosen options, as the person saw them."""
        return ", ".join(question.options[o] for o in options if o in question.options)

    def _because(self, line: Line) -> str:
        questions: Mapping[str, Question] = self._content.questions
        return "; ".join(
            f"{questions[name].title}: {self.echo(questions[name], options)}"
            for name, options in line.because.items()
        )

    def _titles(self, facts: Iterable[str]) -> list[str]:
        own = self._content.messages["why-house"].text
        found = (self._content.facts[name] for name in facts)
        return list(dict.fromkeys(fact.source or own for fact in found))


def _review(content: Content) -> str:
    """Who reviewed exactly these words and when, or that nobody has yet (3.8.19)."""
    if content.review is None:
        return content.messages["not-reviewed"].text
    slots = {"reviewer": content.review.by, "date": content.review.on.isoformat()}
    return content.messages["reviewed"].text.format_map(slots)


def _line(line: Line) -> Part:
    return Part(line.step.name, BULLET + line.step.text, tight=True)

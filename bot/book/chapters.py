"""The chapters of the book, each made from the content as it is."""

from collections.abc import Iterator, Sequence

from htpy import (
    Node,
    code,
    dd,
    dl,
    dt,
    em,
    h3,
    li,
    p,
    small,
    strong,
    table,
    tbody,
    td,
    th,
    thead,
    ul,
)
from htpy import tr as row

from bot.book.coverage import Reached
from bot.book.diagram import Edge, drawing, edges
from bot.book.examples import Example
from bot.book.parts import bubble, chapter, condition, entry, facts, given, source
from bot.book.text import markdown, styled
from bot.rendering import Renderer
from dialogs.content import Content
from dialogs.drawing import BEGIN, FINISH
from dialogs.pages import LEVELS, PLACES, Message, Question, Step


class Chapters:
    """Makes chapters of one content."""

    def __init__(self, content: Content) -> None:
        self._content, self._renderer = content, Renderer(content)

    def diagram(self) -> Node:
        """The questions as they lead to one another, drawn and as a table."""
        flows = [(flow, *edges(self._content, flow)) for flow in self._content.flows]
        return chapter(
            "diagram",
            "The way through the questions",
            *[
                (h3[flow], drawing(self._content, flow), self._table(boxes, arrows))
                for flow, boxes, arrows in flows
            ],
        )

    def _table(self, boxes: Sequence[str], arrows: Sequence[Edge]) -> Node:
        ends = {BEGIN: "/start", FINISH: "the plan"}
        named = [ends.get(box, f"{box}?") for box in boxes]
        said = [self._labels(boxes[edge.start], edge) for edge in arrows]
        rows = [
            row[td[named[edge.start]], td[labels], td[named[edge.end]]]
            for edge, labels in zip(arrows, said, strict=True)
        ]
        return table[thead[row[th["after"], th["answer"], th["comes"]]], tbody[rows]]

    def _labels(self, name: str, edge: Edge) -> str:
        if not edge.label:
            return "whatever is answered"
        options = self._content.questions[name].options
        return " / ".join(options[option] for option in edge.label.split(", "))

    def questions(self) -> Node:
        """Every question with its options, its reason and its facts."""
        entries = [self._question(question) for question in self._content.questions.values()]
        return chapter("questions", "Questions", *entries)

    def _question(self, question: Question) -> Node:
        other = question.for_other
        return entry(
            f"{question.name}?",
            question.file,
            condition(self._content, question),
            bubble(markdown(self._renderer, question.text)),
            other and (p["About somebody else:"], bubble(markdown(self._renderer, other))),
            p["Tick all that apply." if question.several else "One answer."],
            _options(question),
            p[strong["Why it is asked: "], markdown(self._renderer, question.why)],
            facts(self._content, question.facts),
        )

    def plan(self) -> Node:
        """Every line that a plan can have, part by part."""
        steps = self._content.steps.values()
        parts = [[step for step in steps if step.part == place] for place in PLACES]
        inside = [
            (h3(".part")[f"Part: {place}"], [self._line(step) for step in lines])
            for place, lines in zip(PLACES, parts, strict=True)
        ]
        return chapter("plan", "Lines of the plan", *inside)

    def _line(self, step: Step) -> Node:
        notes = [f"level {step.level}"] if step.level != LEVELS[0] else []
        notes += ["also on an unfinished plan"] if step.base else []
        return entry(
            step.name,
            step.file,
            condition(self._content, step),
            bubble(markdown(self._renderer, step.text)),
            notes and p[em["; ".join(notes)]],
            facts(self._content, step.facts),
        )

    def examples(self, chosen: Sequence[Example]) -> Node:
        """Whole plans, and the lines that none of them shows."""
        known = {line for example in chosen for line in example.lines}
        left = [step for step in self._content.steps.values() if step.name not in known]
        return chapter(
            "examples",
            f"{len(chosen)} example plans",
            p["Chosen by the program so that together they show every line. ", _left(left)],
            *[self._example(number, example) for number, example in enumerate(chosen, 1)],
        )

    def _example(self, number: int, example: Example) -> Node:
        shown = [styled(message) for message in self._renderer.render(example.plan)]
        answers = given(self._content, example.answers)
        return entry(f"example {number}", "", answers, *map(bubble, shown))

    def topics(self) -> Node:
        """Everything that can be asked at any time."""
        heard = self._content.heard_topics
        entries = [
            entry(
                topic.name,
                topic.file,
                p[strong[topic.title]],
                bubble(markdown(self._renderer, topic.text)),
                p(".heard")["Heard in: ", "; ".join(heard.get(topic.name, ())[:6]), " ..."],
                facts(self._content, topic.facts),
            )
            for topic in self._content.topics.values()
        ]
        return chapter("topics", "Topics", *entries)

    def messages(self) -> Node:
        """Everything else that is said, words of danger first."""
        order = sorted(self._content.messages.values(), key=lambda m: (not m.danger, m.name))
        return chapter("messages", "Messages", *[self._message(message) for message in order])

    def _message(self, message: Message) -> Node:
        labels = ", ".join(message.buttons.values())
        return entry(
            message.name,
            message.file,
            message.level and p[em[f"level {message.level}"]],
            bubble(markdown(self._renderer, message.text)),
            labels and p[f"Buttons: {labels}"],
            self._patterns(message.name),
            facts(self._content, message.facts),
        )

    def _patterns(self, name: str) -> Node:
        patterns = self._content.danger.get(name, ())
        shown = [(code[pattern.pattern], " ") for pattern in patterns]
        return p(".heard")["Heard in: ", shown] if shown else None

    def facts(self) -> Node:
        """All facts with their sources, figures and notes."""
        listed: Iterator[Node] = (
            (
                dt(id=f"fact-{fact.id}")[code[fact.id], f" ({fact.strength})"],
                dd[fact.says, " ", source(fact)],
                fact.figures and dd[small["Figures: ", "; ".join(fact.figures)]],
                fact.note and dd[small[fact.note]],
            )
            for fact in self._content.facts.values()
        )
        return chapter("facts", "Facts and sources", dl(".facts")[list(listed)])


def coverage(talks: int, reached: Sequence[Reached]) -> Node:
    """What the written talks of the tests reach."""
    if not talks:
        return chapter("coverage", "Coverage", p["The written talks did not come along."])
    rows = [
        row[td[kind.kind], td[str(len(kind.shown))], td[str(len(kind.never))]] for kind in reached
    ]
    never = [li[f"{kind.kind}: {', '.join(kind.never)}"] for kind in reached if kind.never]
    return chapter(
        "coverage",
        "What the written talks reach",
        p[f"{talks} talks are played again with every change."],
        table[thead[row[th["kind"], th["shown"], th["never shown"]]], tbody[rows]],
        never and (p["Never shown in them:"], ul[never]),
    )


def _left(steps: Sequence[Step]) -> str:
    """Say which lines no example shows, and which of them an unfinished plan may have."""
    base = ", ".join(step.name for step in steps if step.base)
    other = ", ".join(step.name for step in steps if not step.base)
    told = f"Only on a plan that is not finished: {base}. " if base else ""
    return told + (f"Not shown by any: {other}." if other else "")


def _options(question: Question) -> Node:
    options = question.options.items()
    return ul(".options")[[li[label, " ", small[_remarks(question, o)]] for o, label in options]]


def _remarks(question: Question, option: str) -> str:
    remarks = [option]
    if option in question.counts_as:
        remarks.append(f"counts as {question.counts_as[option]}")
    if option in question.reply:
        remarks.append(f"answered with {question.reply[option]}")
    if option in question.safer_first:
        remarks.append(f"safest first: number {question.safer_first.index(option) + 1}")
    return ", ".join(remarks)

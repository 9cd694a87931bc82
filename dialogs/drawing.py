"""A flow as a Mermaid diagram: its questions, and the options that lead from one to the next."""

from collections import defaultdict

from dialogs.content import Content
from dialogs.forks import fork, forks

BEGIN, FINISH = "START", "END"


def graph(content: Content, flow: str) -> str:
    """The flowchart; an arrow without options is taken whatever is answered."""
    questions = content.flows[flow]
    first = fork(questions)
    edges: dict[tuple[str, str], set[str]] = defaultdict(set)
    if first:
        edges[BEGIN, first.question.name] = set()
    for place in forks(first):
        for chosen, after in place.ways.items():
            edges[place.question.name, after.question.name if after else FINISH].update(chosen)
    order = [BEGIN, *questions, FINISH]
    lines = ["flowchart TD", f'    {BEGIN}(["/start"])', f'    {FINISH}(["/routine"])']
    lines += [f'    {name}["{name}?"]' for name in questions]
    for before, behind in sorted(edges, key=lambda edge: tuple(map(order.index, edge))):
        options = edges[before, behind]
        known = questions[before].options if before in questions else {}
        named = ", ".join(option for option in known if option in options)
        label = "" if options == set(known) else f"|{named}|"
        lines.append(f"    {before} -->{label} {behind}")
    return "\n".join(lines)

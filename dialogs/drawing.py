"""A flow as a Mermaid diagram: its questions, and the options that lead from one to the next."""

from collections import defaultdict
from itertools import pairwise

from dialogs.content import Content
from dialogs.walking import walks

BEGIN, FINISH = "START", "END"


def graph(content: Content, flow: str) -> str:
    """The flowchart; an arrow without options is taken whatever is answered."""
    questions = content.flows[flow]
    edges: dict[tuple[str, str], set[str]] = defaultdict(set)
    for walked in walks(questions):
        for before, after in pairwise([BEGIN, *walked, FINISH]):
            edges[before, after].update(walked.get(before, ()))
    order = [BEGIN, *questions, FINISH]
    lines = ["flowchart TD", f'    {BEGIN}(["/start"])', f'    {FINISH}(["/routine"])']
    lines += [f'    {name}["{name}?"]' for name in questions]
    for before, after in sorted(edges, key=lambda edge: tuple(map(order.index, edge))):
        options = edges[before, after]
        known = questions[before].options if before in questions else {}
        named = ", ".join(option for option in known if option in options)
        label = "" if options == set(known) else f"|{named}|"
        lines.append(f"    {before} -->{label} {after}")
    return "\n".join(lines)

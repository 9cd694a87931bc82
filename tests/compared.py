"""Cards held against one another: what a more careful or a fuller answer must not make bolder."""

import random
from collections import defaultdict
from pathlib import Path

from cards import MONDAY, Cards, Said, representative, run_of

from dialogs import routine
from dialogs.content import load
from dialogs.flow import Flow
from dialogs.pages import LEVELS

COUNTED_AS = {
    "baby_signs": "unwell",
    "baby_age": "over_3_months",
    "red_flags": "yes",
    "red_flag_kind": "growing_bleeding",
    "location": "lid",
    "history": "new",
    "picking": "sometimes",
    "goal": "wait",
    "skin": "sensitive",
    "sunscreen": "never",
}
"""The safer answer of the clinical design that "not sure" stands for (3.2 and 3.8.9)."""


def taken_lighter(root: Path) -> list[Said]:
    """Walks whose "not sure" brings a lower level, or another active, than the safer answer."""
    cards = Cards(load(root))
    found = {tuple(said.items()): card for said, card in cards.walk(lambda o: len(o) == 1)}
    lighter: list[Said] = []
    for given, card in found.items():
        for name, (option,) in given:
            safer = {**COUNTED_AS, "pregnancy": "pregnant_trying"}.get(name)
            if option in ("unsure", "skip") and safer:
                other = found[tuple({**dict(given), name: (safer,)}.items())]
                if card.rank < other.rank or not card.kinds <= other.kinds:
                    lighter.append(dict(given))
    return lighter


def made_bolder(root: Path) -> list[frozenset[str]]:
    """Sets of products that bring a lower level, or more that we schedule, than one product less.

    Raises:
        ValueError: not every way was compared.

    """
    begin: Said = {"who": ("me",), "look": ("pearl",), "sunscreen": ("daily",)}
    found: dict[tuple[object, ...], dict[frozenset[str], tuple[int, int]]] = defaultdict(dict)
    for said, card in Cards(load(root)).walk(begin=begin):
        if "using" in said:
            rest = tuple((name, options) for name, options in said.items() if name != "using")
            ticked = frozenset(said["using"]) - {"none"}
            found[rest][ticked] = card.rank, len(card.scheduled)
    if len(found) != 3 * 3 * 3 * 4 * 6:
        raise ValueError(f"{len(found)} ways")
    return [
        ticked
        for sets in found.values()
        for ticked, (rank, active) in sets.items()
        for one in ticked - {"unsure"}
        if sets[ticked - {one}][0] > rank or sets[ticked - {one}][1] < active
    ]


def shown_otherwise(root: Path) -> list[Said]:
    """Walks, of 1,500 drawn, on which the real flow shows other lines than the walk."""
    content = load(root)
    flow = Flow("intake", content.flows["intake"], content.rules)
    differ: list[Said] = []
    for said, card in random.Random(1).sample([*Cards(content).walk(representative)], 1500):
        run = run_of(said)
        path = flow.follow(run, MONDAY)
        built = routine.build(content.steps, path, run, content.rules, MONDAY, "UTC")
        same = tuple(line.step for line in built.lines) == card.steps
        level = LEVELS.index(built.level) == card.rank
        if not (same and level and path.open is None and set(path.answers) == set(said)):
            differ.append(said)
    return differ

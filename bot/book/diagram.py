"""The flow of questions drawn as SVG: one below the other, with lanes for what is skipped."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from htpy import Element
from htpy import svg as svg_element
from markupsafe import Markup, escape

from dialogs.content import Content
from dialogs.drawing import BEGIN, FINISH, graph

LABEL, BOX, HEIGHT, STEP, LANE = 320, 170, 34, 74, 24
"""Pixels: the widest label, a box's width and height, from box to box, from lane to lane."""
LEFT = 250
"""Where the boxes begin; labels of straight arrows stand beside them."""
PORT = 7
"""Pixels between arrows that leave or reach the same box."""

_EDGE = re.compile(r"^ +(\w+) -->(?:\|(.*?)\|)? (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one box to another, by their places; the options that take it ("": all)."""

    start: int
    end: int
    label: str


def edges(content: Content, flow: str) -> tuple[list[str], list[Edge]]:
    """Give the boxes in order and the arrows, as `milia-bot graph` has them."""
    boxes = [BEGIN, *content.flows[flow], FINISH]
    found = _EDGE.findall(graph(content, flow))
    return boxes, [Edge(boxes.index(a), boxes.index(b), label) for a, label, b in found]


def drawing(content: Content, flow: str) -> Element:
    """Draw a flow."""
    boxes, arrows = edges(content, flow)
    straight = [edge for edge in arrows if edge.end == edge.start + 1]
    around = [edge for edge in arrows if edge.end > edge.start + 1]
    lanes = _lanes(around)
    parts = [_straight(edge) for edge in straight]
    parts += [_around(edge, lane, around) for edge, lane in zip(around, lanes, strict=True)]
    parts += [_box(name, place) for place, name in enumerate(boxes)]
    width, height = LEFT + BOX + LANE * (len(set(lanes)) + 1) + LABEL, STEP * len(boxes)
    return svg_element(
        viewBox=f"0 0 {width} {height}", role="img", aria_label=f"The questions of {flow}"
    )[Markup(_HEAD), Markup("".join(parts))]  # noqa: S704 - every name is escaped below


def _lanes(around: Iterable[Edge]) -> list[int]:
    """Give each arrow the nearest lane that is free along its whole way."""
    taken: list[tuple[int, Edge]] = []
    for edge in around:
        used = {lane for lane, o in taken if o.start <= edge.end and edge.start <= o.end}
        taken.append((next(n for n in range(len(taken) + 1) if n not in used), edge))
    return [lane for lane, _ in taken]


def _top(place: int) -> int:
    return STEP * place + (STEP - HEIGHT) // 2


def _box(name: str, place: int) -> str:
    said = {BEGIN: "/start", FINISH: "the plan"}.get(name, f"{name}?")
    x, y = LEFT + BOX // 2, _top(place)
    return (
        f'<rect x="{LEFT}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="9"/>'
        f'<text class="name" x="{x}" y="{y + 22}">{escape(said)}</text>'
    )


def _straight(edge: Edge) -> str:
    x, y, end = LEFT + BOX // 2, _top(edge.start) + HEIGHT, _top(edge.end)
    label = f'<text class="left" x="{x - 10}" y="{(y + end) // 2 + 4}">{escape(edge.label)}</text>'
    return f'<path d="M{x} {y}V{end - 2}"/>{label}'


def _around(edge: Edge, lane: int, around: list[Edge]) -> str:
    """Go right to the lane, down it, and back left."""
    leaving = [other for other in around if other.start == edge.start].index(edge)
    reaching = [other for other in around if other.end == edge.end].index(edge)
    x, right = LEFT + BOX, LEFT + BOX + LANE * (lane + 1)
    y = _top(edge.start) + 8 + PORT * leaving
    end = _top(edge.end) + HEIGHT - 5 - PORT * (reaching % 4)
    label = f'<text x="{right + 6}" y="{y + 4 + 9 * leaving}">{escape(edge.label)}</text>'
    return f'<path d="M{x} {y}H{right}V{end}H{x + 2}"/>{label}'


_HEAD = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>'
)

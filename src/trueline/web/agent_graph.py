"""The picture of a system of agents: from requests on the left over agents to their tools and models. Pure.

The same stands beside it as a table. What nobody has confirmed is dashed in both.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from trueline.engine.traces.callgraph import PartKind
from trueline.systems.rules import PartState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trueline.systems.models import GraphPart

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 176, 44, 72, 14, 12
_LONGEST, _THICKEST = 22, 5.0
MOST_NODES = 80
Name = tuple[str, str]
"""What a node is and its name: `outside`, `agent`, `tool` or `model`."""
OUTSIDE: Name = ("outside", "")
_REACHED = {PartKind.CALLS: "agent", PartKind.USES_TOOL: "tool", PartKind.ASKS_MODEL: "model"}


@dataclass(frozen=True, slots=True)
class Node:
    """A box. Coordinates are those of the picture; `text_x` and `text_y` are the middle of its name."""

    kind: str
    name: str
    title: str
    url: str
    is_draft: bool
    x: int
    y: int
    width: int
    height: int
    text_x: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line; `thickness` is text with a point, as SVG wants it in every language."""

    path: str
    title: str
    thickness: str
    is_draft: bool
    is_failing: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole; `more` are nodes that are left out because there are too many to be seen."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    more: int


def picture(parts: Iterable[GraphPart]) -> Picture | None:
    """The picture of the parts that were not discarded; None when there is none."""
    shown = [one for one in parts if one.state != PartState.DISCARDED]
    names = _names(shown)
    if not names:
        return None
    kept = set(names[:MOST_NODES])
    places = _places([name for name in names if name in kept], shown)
    lines = [one for one in shown if one.kind != PartKind.AGENT and {_source(one), _target(one)} <= kept]
    most = max((one.calls for one in lines), default=0)
    agents = {one.agent: one for one in shown if one.kind == PartKind.AGENT}
    return Picture(
        width=max(x for x, _y in places.values()) + _WIDTH + _MARGIN,
        height=max(y for _x, y in places.values()) + _HEIGHT + _MARGIN,
        nodes=tuple(_node(name, *places[name], agents, lines) for name in places),
        edges=tuple(_edge(one, places, most) for one in sorted(lines, key=lambda one: one.calls)),
        more=len(names) - len(kept),
    )


def _source(part: GraphPart) -> Name:
    return ("agent", part.agent) if part.agent else OUTSIDE


def _target(part: GraphPart) -> Name:
    return _REACHED[PartKind(part.kind)], part.target


def _names(parts: Sequence[GraphPart]) -> list[Name]:
    """Every node once, those that are used most first."""
    weight: dict[Name, int] = defaultdict(int)
    for part in parts:
        for name in [("agent", part.agent)] if part.kind == PartKind.AGENT else [_source(part), _target(part)]:
            weight[name] += part.calls
    return sorted(weight, key=lambda name: (name != OUTSIDE, -weight[name], name))


def _places(names: Sequence[Name], parts: Sequence[GraphPart]) -> dict[Name, tuple[int, int]]:
    """Where each node stands: in columns from left to right, each as near as can be to what leads to it."""
    columns = _columns(names, parts)
    tallest = max(len(column) for column in columns)
    row = _HEIGHT + _GAP_Y
    before: dict[Name, list[int]] = defaultdict(list)
    found: dict[Name, tuple[int, int]] = {}
    leads = [(_source(part), _target(part)) for part in parts if part.kind != PartKind.AGENT]
    for number, column in enumerate(columns):
        ordered = sorted(column, key=lambda name: (name[0], sum(before[name]) / max(len(before[name]), 1), name[1]))
        top = _MARGIN + (tallest - len(column)) * row // 2
        for at, name in enumerate(ordered):
            found[name] = _MARGIN + number * (_WIDTH + _GAP_X), top + at * row
        for source, target in leads:
            if source in column and source in found:
                before[target].append(found[source][1])
    return found


def _columns(names: Sequence[Name], parts: Sequence[GraphPart]) -> list[list[Name]]:
    depth = _depths(parts)
    last = max([depth.get(name, 1) for name in names if name[0] == "agent"], default=0) + 1
    columns: list[list[Name]] = [[] for _number in range(last + 1)]
    for name in names:
        at = 0 if name == OUTSIDE else depth.get(name, 1) if name[0] == "agent" else last
        columns[at].append(name)
    return [column for column in columns if column]


def _depths(parts: Sequence[GraphPart]) -> dict[Name, int]:
    """How many calls each agent is away from a request; the shortest way counts, so a circle ends."""
    calls = [(_source(part), _target(part)) for part in parts if part.kind == PartKind.CALLS]
    depth, level, reached = {OUTSIDE: 0}, 0, [OUTSIDE]
    while reached:
        level += 1
        following = {target for source, target in calls if source in reached and target not in depth}
        depth |= dict.fromkeys(following, level)
        reached = list(following)
    return depth


def _node(name: Name, x: int, y: int, agents: dict[str, GraphPart], lines: Sequence[GraphPart]) -> Node:
    kind, word = name
    part = agents.get(word) if kind == "agent" else None
    leading = [one for one in lines if _target(one) == name]
    row = part or (leading[0] if leading else None)
    is_draft = (
        part.state == PartState.DRAFT
        if part
        else bool(leading) and all(one.state == PartState.DRAFT for one in leading)
    )
    whole = _kind_word(kind) + (f": {word}" if word else "")
    title = f"{whole}. {_('Nobody has confirmed this.')}" if is_draft else whole
    return Node(
        kind=kind,
        name=_short(word) if word else pgettext("agents", "Requests"),
        title=title,
        url=f"#part-{row.pk}" if row else "",
        is_draft=is_draft,
        x=x,
        y=y,
        width=_WIDTH,
        height=_HEIGHT,
        text_x=x + _WIDTH // 2,
        text_y=y + _HEIGHT // 2,
    )


def _kind_word(kind: str) -> str:
    words = {
        "outside": pgettext("agents", "Requests from outside"),
        "agent": pgettext("agents", "Agent"),
        "tool": pgettext("agents", "Tool"),
        "model": pgettext("agents", "Model"),
    }
    return words[kind]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _edge(part: GraphPart, places: dict[Name, tuple[int, int]], most: int) -> Edge:
    (from_x, from_y), (to_x, to_y) = places[_source(part)], places[_target(part)]
    y1, y2 = from_y + _HEIGHT // 2, to_y + _HEIGHT // 2
    x1 = from_x + _WIDTH
    if to_x > from_x:
        bend = max((to_x - x1) // 2, 20)
        path = f"M{x1} {y1}C{x1 + bend} {y1} {to_x - bend} {y2} {to_x} {y2}"
    else:  # back, or within a column: around the right side
        x2, bend = to_x + _WIDTH, _GAP_X - 16
        path = f"M{x1} {y1}C{max(x1, x2) + bend} {y1} {max(x1, x2) + bend} {y2} {x2} {y2}"
    thickness = 1 + (_THICKEST - 1) * sqrt(part.calls / most) if most else 1
    return Edge(path, edge_title(part), f"{thickness:.1f}", part.state == PartState.DRAFT, part.failed > 0)


def edge_title(part: GraphPart) -> str:
    """A line in words: from whom to what, how often, how many of it failed, and whether somebody has confirmed it."""
    source = part.agent or pgettext("agents", "Requests")
    said = [f"{source} → {part.target}"]
    if part.calls:
        said.append(ngettext("%(number)s call", "%(number)s calls", part.calls) % {"number": part.calls})
    if part.failed:
        said.append(ngettext("%(number)s failed", "%(number)s failed", part.failed) % {"number": part.failed})
    if part.state == PartState.DRAFT:
        said.append(_("not confirmed"))
    return ", ".join(said)

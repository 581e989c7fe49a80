"""The life of what is read off traces, or declared by a person, until somebody confirms it. Pure."""

from __future__ import annotations

from enum import StrEnum

from trueline.engine.traces.callgraph import PartKind

PART_KINDS = tuple(PartKind)
MOST_TRACES_NAMED = 50
"""Traces that a template names as its support; the numbers count all."""
MOST_DECIDED = 200
"""Parts that one decision takes at once."""


class Origin(StrEnum):
    """How we know of it."""

    INFERRED = "inferred"
    DECLARED = "declared"


class PartState(StrEnum):
    """What a person has said of a part of the graph."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class TemplateState(StrEnum):
    """What a person has said of a template."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    ADJUSTED = "adjusted"
    DISCARDED = "discarded"


PART_MOVES: dict[str, set[str]] = {
    PartState.DRAFT: {PartState.CONFIRMED, PartState.DISCARDED},
    PartState.CONFIRMED: {PartState.DISCARDED},
    PartState.DISCARDED: {PartState.CONFIRMED},
}
_T = TemplateState
TEMPLATE_MOVES: dict[str, set[str]] = {
    _T.DRAFT: {_T.CONFIRMED, _T.ADJUSTED, _T.DISCARDED},
    _T.CONFIRMED: {_T.ADJUSTED, _T.DISCARDED},
    _T.ADJUSTED: {_T.DISCARDED},
    _T.DISCARDED: {_T.CONFIRMED, _T.ADJUSTED},
}
DECIDED_PARTS = tuple(state for state in PartState if state is not PartState.DRAFT)
DECIDED_TEMPLATES = tuple(state for state in TemplateState if state is not TemplateState.DRAFT)


def part_label(kind: str, agent: str, target: str) -> str:
    """A part in a few words that need no translation, for the trail."""
    return agent if kind == PartKind.AGENT else f"{agent or '·'} → {target}"

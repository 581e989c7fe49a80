"""What the layers below a layer came to ask, from one release to the next: pieces of the layer's plan, too. Pure.

A layer does not say again what it stands on, so that a change made there reaches its environments unseen. Here each
such change is one piece. Where the layer has its own word on what was changed, the two collide: a person says whose
holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from trueline.connections.contract import Json
from trueline.inventory.assertions.evaluation import Environment, Result, evaluate
from trueline.inventory.assertions.layers import Demand, Effective, EffectiveBaseline, changeable, effective
from trueline.inventory.assertions.model import Assertion, Baseline, Override, Template
from trueline.inventory.assertions.writing import reference_document, same_demand
from trueline.kit import digest

MARK = "below:"
"""Before the id of what was changed below, to tell the piece from an assertion; a colon stands in no id."""


@dataclass(frozen=True, slots=True)
class Below:
    """One demand of the layers below that is not what it was.

    Attributes:
        old: As it held in the layer, its own word included; None where it was not there, or was dropped.
        new: As the layers below have it now, without the layer's word; None where they have it no more.
        was: What the environment came to by the old one.
        becomes: The same for the new one.
        override: The word of the layer on it, the same in both its releases; None where it has none.
    """

    subject: Demand
    old: Demand | None
    new: Demand | None
    was: Result | None
    becomes: Result | None
    override: Override | None

    @property
    def id(self) -> str:
        return MARK + self.subject.id


def changed_below(
    old: Baseline, new: Baseline, below: tuple[Sequence[Baseline], Sequence[Baseline]], where: Environment
) -> Iterator[Below]:
    """Everything that the layers below changed, in the order of the newer ones, then what they took out.

    What both releases of the layer override differently is told by `overriding.overridden`, once.
    """
    if not (below[0] and below[1]):
        return
    before, after = effective(below[0]), effective(below[1])
    olds, news = _holding(before), _holding(after)
    held = effective([*below[0], old])
    in_layer = _holding(held)
    mine = {one.assertion: one for one in old.overrides}
    theirs = {one.assertion: one for one in new.overrides}
    was, becomes = _results(held, where), _results(after, where)
    for key in {**news, **olds}:
        if not same_demand(olds.get(key), news.get(key)) and mine.get(key) == theirs.get(key):
            was_held, now = in_layer.get(key), news.get(key)
            if not same_demand(was_held, now):  # else the layers below came to say what the layer had said by itself
                subject = now or was_held or olds[key]
                yield Below(subject, was_held, now, was.get(key), becomes.get(key), mine.get(key))


def _holding(whole: EffectiveBaseline) -> dict[str, Demand]:
    found: tuple[Effective, ...] = whole.holding
    return {one.demand.id: one.demand for one in found}


def _results(whole: EffectiveBaseline, where: Environment) -> Mapping[str, Result]:
    return {one.entry.demand.id: one for one in evaluate(whole, where)}


def settled(layer: Baseline, taken: Sequence[Below], kept: Sequence[Below]) -> Baseline:
    """The layer with a person's answers to what was changed below it.

    Args:
        layer: The layer.
        taken: What holds as the layers below have it now; the layer's own word on it goes.
        kept: What holds as it held before; the layer says so by a word of its own.
    """
    gone = {one.subject.id for one in (*taken, *kept)}
    overrides = [one for one in layer.overrides if one.assertion not in gone]
    demands: list[Demand] = []
    for one in kept:
        overrides += _words_for(one)
        if one.old is not None and (one.new is None or _is_other(one.old, one.new)):
            demands.append(one.old if one.new is None else replace(one.old, id=f"{one.old.id}-kept"))
    return replace(
        layer,
        overrides=tuple(overrides),
        assertions=(*layer.assertions, *(one for one in demands if isinstance(one, Assertion))),
        templates=(*layer.templates, *(one for one in demands if isinstance(one, Template))),
    )


def _words_for(one: Below) -> Iterator[Override]:
    """What the layer has to say so that all stays as it was."""
    if one.new is None:
        return
    reason = one.override.reason if one.override else "Kept as it was before the layer below changed it."
    if one.old is None or _is_other(one.old, one.new):
        yield Override(one.subject.id, reason, is_drop=True)
    else:
        yield Override(one.subject.id, reason, _difference(one.old, one.new))


def _is_other(old: Demand, new: Demand) -> bool:
    """Whether no override can lead from one to the other: they are about different things."""
    if isinstance(old, Template) != isinstance(new, Template):
        return True
    fixed = {one.name for one in fields(old)} - changeable(old)
    return any(getattr(old, name) != getattr(new, name) for name in fixed)


def _difference(old: Demand, new: Demand) -> dict[str, Json]:
    """The fields of the old one that the new one has otherwise, as an override says them."""
    found: dict[str, Any] = {
        name: getattr(old, name)
        for name in sorted(changeable(old))
        if digest.quick(getattr(old, name)) != digest.quick(getattr(new, name))
    }
    if "operator" in found and isinstance(old, Assertion):
        # Without a value of its own an operator stands alone.
        found |= {"operator": str(old.operator)} | ({"value": old.value} if old.value is not None else {})
    if "references" in found:
        found["references"] = [reference_document(one) for one in old.references]
    return found

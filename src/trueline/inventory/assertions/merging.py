"""The baseline that comes of a plan when a person has answered its pieces. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from trueline.inventory.assertions.below import settled
from trueline.inventory.assertions.layers import Demand
from trueline.inventory.assertions.model import Assertion, Baseline, Template
from trueline.inventory.assertions.overriding import chosen
from trueline.inventory.assertions.upgrade import Author, Item, Plan


class Choice(StrEnum):
    """What a person says of one piece: as the author has it now, or as it was."""

    NEW = "new"
    OLD = "old"


def pieces(plan: Plan) -> tuple[Item, ...]:
    """What there is to decide: everything that the author changed. How environments stand is no decision."""
    return tuple(item for item in plan.items if item.author is not Author.UNCHANGED)


def merged(new: Baseline, decided: Sequence[Item], choices: Mapping[str, str]) -> Baseline:
    """The new release, with what is kept of the old one where a person chose so.

    Args:
        new: The new release.
        decided: The pieces of the plan from the old one to it.
        choices: A choice for each piece, by its id.
    """
    old = [item for item in decided if choices[item.id] == Choice.OLD]
    carried = [item for item in decided if item.below is not None]
    own = [item for item in decided if item.below is None]
    kept = {item.id: item.old for item in old if item.override is None and item.below is None}
    laid = {item.subject.id: item.override[0] for item in old if item.override is not None}
    demands = [*_chosen((*new.assertions, *new.templates), kept), *_brought_back(own, kept)]
    label = f"{new.version} ({len(old)} kept)" if old else new.version
    whole = replace(
        new,
        version=label,
        assertions=tuple(one for one in demands if isinstance(one, Assertion)),
        templates=tuple(one for one in demands if isinstance(one, Template)),
        overrides=chosen(new, laid),
    )
    taken = [item.below for item in carried if item.below and choices[item.id] != Choice.OLD]
    return settled(whole, taken, [item.below for item in carried if item.below and choices[item.id] == Choice.OLD])


def _chosen(demands: Collection[Demand], kept: Mapping[str, Demand | None]) -> list[Demand]:
    """The new release's demands; one whose old state is kept stands as it was, one that was added then not at all."""
    found = [kept.get(one.id, one) for one in demands]
    return [one for one in found if one is not None]


def _brought_back(decided: Sequence[Item], kept: Mapping[str, Demand | None]) -> list[Demand]:
    return [item.old for item in decided if item.new is None and item.id in kept and item.old is not None]

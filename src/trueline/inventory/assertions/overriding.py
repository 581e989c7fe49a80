"""What a layer says on assertions of the layers above it, from one release to the next: pieces of a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trueline.inventory.assertions.evaluation import Environment, Result, evaluate
from trueline.inventory.assertions.layers import Effective, effective
from trueline.inventory.assertions.model import Baseline, Override

MARK = "override:"
"""Before the id of what is overridden, to tell the piece from an assertion; a colon stands in no id."""


@dataclass(frozen=True, slots=True)
class Overridden:
    """One assertion of the layers above, with what both releases of a layer say on it.

    Attributes:
        was: What the environment came to by the old release, None where that dropped it.
        becomes: The same for the new release.
        subject: The assertion as the newest release that speaks of it has it, dropped or not.
        is_reworded: Whether both say the same, for another reason.
    """

    old: Override | None
    new: Override | None
    was: Result | None
    becomes: Result | None
    subject: Effective
    is_reworded: bool

    @property
    def id(self) -> str:
        return MARK + self.subject.demand.id


def overridden(
    old: Baseline, new: Baseline, below: tuple[Sequence[Baseline], Sequence[Baseline]], where: Environment
) -> Iterator[Overridden]:
    """Everything on which two releases of a layer say something different, in the order of the newer one.

    Args:
        old: The older release.
        new: The newer one.
        below: The layers that each stands on, the highest first; what stands on nothing overrides nothing.
        where: The environment.
    """
    olds, news = _by_id(old), _by_id(new)
    changed = [key for key in {**news, **olds} if olds.get(key) != news.get(key)]
    if not changed:
        return
    before, after = effective([*below[0], old]), effective([*below[1], new])
    was, becomes = ({one.entry.demand.id: one for one in evaluate(whole, where)} for whole in (before, after))
    entries = {one.demand.id: one for whole in (before, after) for one in whole.entries}
    for key in changed:
        first, second = olds.get(key), news.get(key)
        is_reworded = first is not None and second is not None and replace(first, reason=second.reason) == second
        yield Overridden(first, second, was.get(key), becomes.get(key), entries[key], is_reworded)


def _by_id(layer: Baseline) -> dict[str, Override]:
    return {one.assertion: one for one in layer.overrides}


def chosen(new: Baseline, kept: dict[str, Override | None]) -> tuple[Override, ...]:
    """The overrides of the new release, with those of the old one where a person kept them.

    Args:
        new: The new release.
        kept: The old override, None where there was none, by the id that it is about.
    """
    found = _by_id(new) | {key: one for key, one in kept.items() if one is not None}
    return tuple(one for key, one in found.items() if kept.get(key, one) is not None)

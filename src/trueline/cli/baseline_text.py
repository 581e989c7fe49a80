"""Results of baselines as a person reads them in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trueline.inventory.assertions.evaluation import Result, ResultState
from trueline.inventory.assertions.upgrade import Item, Plan, Verdict

if TYPE_CHECKING:
    from trueline.connections.contract import Reading
    from trueline.inventory.assertions.layers import EffectiveBaseline
    from trueline.inventory.assertions.lint import Complaint

_ORDER = ("critical", "high", "medium", "low", "info")
_SHOWN = (
    ResultState.NOT_MET,
    ResultState.CONFLICTING,
    ResultState.MET_PARTLY,
    ResultState.NOT_MEASURED,
    ResultState.NOT_LICENSED,
)
_STATES = {
    ResultState.NOT_MET: "Not met",
    ResultState.CONFLICTING: "Conflicting",
    ResultState.MET_PARTLY: "Met in part",
    ResultState.NOT_MEASURED: "Not measured",
    ResultState.NOT_LICENSED: "Not licensed",
}
_VERDICTS = {
    Verdict.COLLIDES: "The author and the environment went different ways",
    Verdict.CHANGE: "To be changed in the environment",
    Verdict.UNKNOWN: "Nobody can tell",
    Verdict.ADOPT: "Done already, only to be accepted",
    Verdict.RELEASE: "No longer asked for",
    Verdict.KEEP: "Departs as before",
}


def check_text(
    baseline: EffectiveBaseline, reading: Reading, results: Sequence[Result], *, limit: int
) -> Iterator[str]:
    """A check: one sentence, then what is not met, by state and severity."""
    met = sum(one.state is ResultState.MET for one in results)
    name = " > ".join(f"{one.id} {one.version}" for one in baseline.layers)
    yield f"{met:,} of {len(results):,} assertions of {name} are met in {len(reading.records):,} objects."
    for state in _SHOWN:
        found = sorted(
            (one for one in results if one.state is state),
            key=lambda one: (_ORDER.index(one.entry.demand.severity), one.entry.demand.id),
        )
        yield from _part(_STATES[state], [line for one in found for line in [_result(one)]], limit)
    dropped = [f"{one.demand.title}: {one.history[-1].reason}" for one in baseline.entries if one.is_dropped]
    yield from _part("Dropped by a layer", dropped, limit)
    yield from _part("Could not be read", [f"{gap.path}: {gap.detail}" for gap in reading.unread], limit)


def _result(one: Result) -> str:
    return f"{one.entry.demand.title} ({one.entry.demand.severity})\n    {one.sentence}"


def _part(title: str, lines: Sequence[str], limit: int) -> Iterator[str]:
    if not lines:
        return
    most = limit if limit > 0 else len(lines)
    yield ""
    yield f"{title}: {len(lines):,}"
    yield from (f"  {line}" for line in lines[:most])
    if len(lines) > most:
        yield f"  and {len(lines) - most:,} more"


def lint_text_lines(subject: str, found: Sequence[Complaint]) -> Iterator[str]:
    """Complaints, one line each."""
    if not found:
        yield f"Nothing is wrong with {subject}."
        return
    kinds = Counter(one.kind.replace("_", " ") for one in found)
    yield (
        f"{len(found):,} findings in {subject}: "
        + ", ".join(f"{kind} {n:,}" for kind, n in sorted(kinds.items()))
        + "."
    )
    for one in found:
        yield f"  {one.where}: {one.message}"


def plan_text(plan: Plan, *, limit: int) -> Iterator[str]:
    """A plan: one sentence, then its pieces by what is to be done."""
    yield (
        f"From {plan.old.id} {plan.old.version} to {plan.new.id} {plan.new.version}: "
        f"{len(plan.items):,} pieces to decide, {plan.untouched:,} assertions stay as they are."
    )
    for verdict, title in _VERDICTS.items():
        lines = [_item(item) for item in plan.items if item.verdict is verdict]
        yield from _part(title, lines, limit)


def _item(item: Item) -> str:
    return f"{item.subject.title} ({item.author.value})\n    {item.sentence}"

"""Verdicts of a scan, trace by trace and place by place, as they are kept for the view of one trace. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.model import RuleVerdict
from trueline.engine.traces.redaction import redacted_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trueline.engine.rules.checks import Finding
    from trueline.engine.rules.evaluation import RuleResult, RunResult

MOST_PLACES = 40
"""Places of one rule in one trace that are kept, those where it failed first."""
_LONGEST_DETAIL = 300
_WEIGHT = {RuleVerdict.FAILED: 0, RuleVerdict.UNSCORED: 1, RuleVerdict.PASSED: 2, RuleVerdict.NOT_APPLICABLE: 3}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JudgedTrace:
    """What every rule in force said of one trace.

    Attributes:
        verdicts: For each rule `{rule, verdict, reason, places: [{span_id, verdict, detail}]}`; rules that do not apply
            have no places. A place without a span is the run as a whole.
    """

    trace_id: str
    verdicts: tuple[Json, ...]


def judged_traces(results: Iterable[RunResult]) -> tuple[JudgedTrace, ...]:
    """What is kept of these results."""
    return tuple(JudgedTrace(run.trace_id, tuple(_verdict(each) for each in run.results)) for run in results)


def _verdict(result: RuleResult) -> Json:
    places = sorted(result.findings, key=lambda found: _WEIGHT[found.verdict])[:MOST_PLACES]
    told = {"rule": result.rule_id, "verdict": str(result.verdict), "reason": _kept(result.reason)}
    return told | {"places": [_place(found) for found in places]}


def _place(found: Finding) -> Json:
    return {"span_id": found.span_id, "verdict": str(found.verdict), "detail": _kept(found.detail)}


def _kept(text: str) -> str:
    """A reason may quote what was said."""
    return redacted_text(text)[:_LONGEST_DETAIL]


def by_span(verdicts: Iterable[Json]) -> Mapping[str, list[tuple[str, str, str]]]:
    """For each span what rules said there, failures first: rule, verdict, detail. An empty id is the whole run."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for told in verdicts:
        for place in told["places"]:
            found[place["span_id"]].append((told["rule"], place["verdict"], place["detail"]))
    for said in found.values():
        said.sort(key=lambda one: _WEIGHT[RuleVerdict(one[1])])
    return found

"""A scan, computed: preflight, observe, detect, cluster, evaluate, diagnose, safety. Pure; the caller stores it.

What agents said is not part of the result: places are named by trace and span, texts are masked and secrets taken out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from trueline.engine.diagnosis.attribution import Attribution, Candidate
from trueline.engine.diagnosis.diagnosis import Diagnosis, diagnose
from trueline.engine.diagnosis.document import trace_document
from trueline.engine.diagnosis.failures import failures_of
from trueline.engine.diagnosis.rates import Rate
from trueline.engine.rules.checks import Judge
from trueline.engine.rules.composite import CompositeScore, composite_score
from trueline.engine.rules.course import course_of
from trueline.engine.rules.document import Evaluation, evaluation_document
from trueline.engine.rules.evaluation import RunResult, evaluate_runs
from trueline.engine.rules.examples import run_examples
from trueline.engine.rules.model import Rule, RuleVerdict, WorldModel
from trueline.engine.scores import Score
from trueline.engine.traces.callgraph import GraphPart, agent_graph
from trueline.engine.traces.model import Trace, TraceReading
from trueline.engine.traces.redaction import redacted_text
from trueline.engine.traces.summary import summary
from trueline.evaluations.rules import errors_of
from trueline.evaluations.verdicts import JudgedTrace, judged_traces
from trueline.systems.prompts import FoundTemplate, found_templates

MOST_MEMBERS = 200
"""Places that a cluster names in one scan; the numbers count all."""
MOST_LISTED = 200
FEWEST_RUNS = 30
"""Scored runs from which on a scan says how well a system does; below it says only what it has seen."""
Json = dict[str, Any]
Tell = Callable[[str], None]


class Phase(StrEnum):
    """A step of a scan, in order."""

    PREFLIGHT = "preflight"
    OBSERVE = "observe"
    DETECT = "detect"
    CLUSTER = "cluster"
    EVALUATE = "evaluate"
    DIAGNOSE = "diagnose"
    SAFETY = "safety"


class Readiness(StrEnum):
    """What a scan can say."""

    FULL = "full"
    SYNTHETIC_ONLY = "synthetic_only"
    NOT_READY = "not_ready"


class Safety(StrEnum):
    """Whether hard rules were kept."""

    KEPT = "kept"
    BREACHED = "breached"
    NOT_MEASURED = "not_measured"


class ClusterSource(StrEnum):
    """What makes a cluster: failed spans of one cause, or runs that broke one rule."""

    FAILURE = "failure"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class FoundCluster:
    """A cluster as one scan saw it.

    Attributes:
        key: Stable over scans.
        name: The cause for a person, or what the rule asks for.
        label: The commonest wording, masked; empty for a rule.
        rule_key: The broken rule, empty for failures.
        is_hard: Whether that rule is a hard one.
        rate: Runs hit, of the runs that could have been.
        occurrences: Failed spans, or runs that broke the rule.
        variants: Severities of the cause: quantity, unit, number.
        members: Trace and span of each occurrence, the first `MOST_MEMBERS`.
    """

    key: str
    source: ClusterSource
    name: str
    label: str
    rule_key: str
    is_hard: bool
    rate: Rate
    occurrences: int
    agents: tuple[str, ...]
    variants: tuple[Json, ...]
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a rule came to each verdict."""

    rule_key: str
    counts: Mapping[RuleVerdict, int]


@dataclass(frozen=True, slots=True)
class Scanned:
    """All that a scan found.

    Attributes:
        observed_ns: End of the latest span, nanoseconds since 1970; None when no span has a time.
        is_complete: Whether everything that was handed over could be read; only then does absence say anything.
        blended: The score and its interval, None when nothing was scored.
        tallies: One for each rule in force.
        parts: The graph of the agents, as these traces show it.
        templates: The templates behind their prompts.
        judged: What the rules said of each trace; nothing when none was judged.
        report: Everything else that the page shows, as JSON.
    """

    readiness: Readiness
    safety: Safety
    traces: int
    spans: int
    failed_spans: int
    unread: int
    scored: int
    observed_ns: int | None
    is_complete: bool
    blended: tuple[float, float, float] | None
    clusters: tuple[FoundCluster, ...]
    tallies: tuple[Tally, ...]
    report: Json = field(default_factory=dict)
    parts: tuple[GraphPart, ...] = ()
    templates: tuple[FoundTemplate, ...] = ()
    judged: tuple[JudgedTrace, ...] = ()


def scan(
    reading: TraceReading, model: WorldModel | None, tell: Tell = lambda _phase: None, judge: Judge | None = None
) -> Scanned:
    """Scan traces, judged by a world model where one is given.

    Args:
        reading: The traces, and what could not be read.
        model: The published version to judge by.
        tell: Called with each phase as it begins.
        judge: The port to a language model, for judged rules; without one they are not decided.
    """
    steps: list[Json] = []

    def begin(phase: Phase, **numbers: Any) -> None:
        steps.append({"phase": str(phase), **numbers})
        tell(str(phase))

    begin(Phase.PREFLIGHT, **_preflight(reading, model))
    begin(Phase.OBSERVE, traces=len(reading.traces), spans=reading.span_count, unread=len(reading.unread))
    failed = sum(len(failures_of(trace)) for trace in reading.traces)
    begin(Phase.DETECT, failed_spans=failed)
    found = diagnose(reading.traces)
    begin(Phase.CLUSTER, clusters=len(found.clusters))
    judged = _judged(reading.traces, model, judge) if model else None
    begin(Phase.EVALUATE, **_scored(judged))
    clusters = (*_of_failures(found, len(reading.traces)), *(_of_rules(judged) if judged else ()))
    begin(Phase.DIAGNOSE, systemic=len(found.systemic), explained=len(found.attribution))
    safety = _safety(judged)
    begin(Phase.SAFETY, **safety)
    return Scanned(
        readiness=_readiness(reading, judged),
        safety=safety["verdict"],
        traces=len(reading.traces),
        spans=reading.span_count,
        failed_spans=failed,
        unread=len(reading.unread),
        scored=judged.score.blended.n if judged else 0,
        observed_ns=max(filter(None, (summary(trace).ended_ns for trace in reading.traces)), default=None),
        is_complete=bool(reading.traces) and not reading.unread,
        blended=_blended(judged.score) if judged else None,
        clusters=clusters,
        tallies=_tallies(judged) if judged else (),
        report=_report(reading, found, judged, steps, safety),
        parts=agent_graph(reading.traces),
        templates=found_templates(reading.traces),
        judged=judged_traces(judged.results) if judged else (),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    model: WorldModel
    evaluation: Evaluation
    results: Sequence[RunResult]
    score: CompositeScore


def _preflight(reading: TraceReading, model: WorldModel | None) -> Json:
    """Whether there is anything to judge, and whether the rules keep their own examples."""
    examples = run_examples(model) if model else ()
    return {
        "has_traces": bool(reading.traces),
        "has_model": model is not None,
        "examples": len(examples),
        "examples_kept": sum(each.agrees for each in examples),
        "model_errors": [f"{each.rule_id}: {each.message}" for each in errors_of(model)[:5]] if model else [],
    }


def _judged(traces: Sequence[Trace], model: WorldModel, judge: Judge | None) -> _Judged | None:
    if errors_of(model) or not traces:
        return None
    courses = [course_of(trace) for trace in traces]
    results = evaluate_runs(model, courses, judge=judge)
    score = composite_score(model, results)
    return _Judged(model, Evaluation(model, courses, results, score), results, score)


def _scored(judged: _Judged | None) -> Json:
    if judged is None:
        return {"rules": 0, "scored": 0, "unscored": 0}
    mean = judged.score.blended
    return {"rules": len(judged.model.in_force), "scored": mean.n, "unscored": mean.unscored}


def _readiness(reading: TraceReading, judged: _Judged | None) -> Readiness:
    """Full from `FEWEST_RUNS` scored runs on; with fewer only the rules' own examples were decided."""
    if not reading.traces:
        return Readiness.NOT_READY
    if judged is None or judged.score.blended.n < FEWEST_RUNS:
        return Readiness.SYNTHETIC_ONLY
    return Readiness.FULL


def _blended(score: CompositeScore) -> tuple[float, float, float] | None:
    mean = score.blended
    if not isinstance(mean.value, Score) or mean.interval is None:
        return None
    return mean.value.value, *mean.interval


def _of_failures(found: Diagnosis, traces: int) -> list[FoundCluster]:
    return [
        FoundCluster(
            key=cluster.id,
            source=ClusterSource.FAILURE,
            name=redacted_text(cluster.root_cause)[:500],
            label=redacted_text(cluster.label)[:2_000],
            rule_key="",
            is_hard=False,
            rate=Rate(len({member[0] for member in cluster.members}), traces),
            occurrences=len(cluster.members),
            agents=cluster.agents[:50],
            variants=tuple(
                {"id": each.id, "quantity": each.quantity, "unit": each.unit, "number": len(each.members)}
                for each in cluster.variants
            ),
            members=tuple((member[0], member[1]) for member in cluster.members[:MOST_MEMBERS]),
        )
        for cluster in found.clusters
    ]


def rule_cluster_key(model_key: str, rule_key: str) -> str:
    """The stable key of the runs that break one rule, whatever the version."""
    return "r" + hashlib.sha256(f"{model_key}\x1f{rule_key}".encode()).hexdigest()[:15]


def _of_rules(judged: _Judged) -> list[FoundCluster]:
    found = (_of_rule(judged, rule) for rule in judged.model.in_force)
    return [cluster for cluster in found if cluster is not None]


def _of_rule(judged: _Judged, rule: Rule) -> FoundCluster | None:
    decided, broken = 0, []
    for run in judged.results:
        for result in run.results:
            if result.rule_id == rule.id:
                decided += result.verdict in {RuleVerdict.PASSED, RuleVerdict.FAILED}
                if result.verdict is RuleVerdict.FAILED:
                    places = [each for each in result.findings if each.verdict is RuleVerdict.FAILED]
                    broken.append((run.trace_id, places[0].span_id if places else ""))
    if not broken:
        return None
    return FoundCluster(
        key=rule_cluster_key(judged.model.id, rule.id),
        source=ClusterSource.RULE,
        name=rule.text[:500],
        label="",
        rule_key=rule.id,
        is_hard=rule.hard,
        rate=Rate(len(broken), decided),
        occurrences=len(broken),
        agents=(),
        variants=(),
        members=tuple(broken[:MOST_MEMBERS]),
    )


def _tallies(judged: _Judged) -> tuple[Tally, ...]:
    counts = {rule.id: dict.fromkeys(RuleVerdict, 0) for rule in judged.model.in_force}
    for run in judged.results:
        for result in run.results:
            counts[result.rule_id][result.verdict] += 1
    return tuple(Tally(key, held) for key, held in counts.items())


def _safety(judged: _Judged | None) -> Json:
    """The last gate: runs that broke a hard rule. Without a world model nobody has looked."""
    if judged is None:
        return {"verdict": Safety.NOT_MEASURED, "runs": 0, "rules": []}
    broken = [run.broken_hard_rules for run in judged.score.runs if run.broken_hard_rules]
    rules = sorted({rule for run in broken for rule in run})
    if broken:
        return {"verdict": Safety.BREACHED, "runs": len(broken), "rules": rules}
    is_decided = any(
        result.verdict is RuleVerdict.PASSED
        for run in judged.results
        for result in run.results
        if result.rule_id in {rule.id for rule in judged.model.in_force if rule.hard}
    )
    return {"verdict": Safety.KEPT if is_decided else Safety.NOT_MEASURED, "runs": 0, "rules": []}


def _report(
    reading: TraceReading, found: Diagnosis, judged: _Judged | None, steps: Sequence[Json], safety: Json
) -> Json:
    diagnosed = trace_document(reading, found)
    document = evaluation_document(judged.evaluation) if judged else {}
    return {
        "phases": list(steps),
        "safety": safety,
        "score": document.get("score"),
        "world_model": document.get("world_model"),
        "runs": document.get("runs", []),
        "systemic": diagnosed["systemic"][:MOST_LISTED],
        "attribution": [_explained(run) for run in found.attribution[:MOST_LISTED]],
        "agents": diagnosed["agents"],
        "unread": [asdict(each) for each in reading.unread[:MOST_LISTED]],
        "work": [_work(trace) for trace in reading.traces],
    }


def _explained(run: Attribution) -> Json:
    """Where a run may have gone wrong; reasons may quote an error, so secrets are taken out of them, too."""
    return {"trace_id": run.trace_id, "candidates": [_place(one) for one in run.candidates]}


def _place(one: Candidate) -> Json:
    told = [
        {"code": reason.code, "values": {name: redacted_text(value)[:300] for name, value in reason.values}}
        for reason in one.reasons
    ]
    reasons = [redacted_text(str(reason))[:300] for reason in one.reasons]
    place = {"agent": one.agent, "step": one.step, "span_id": one.span_id, "score": one.score}
    return {**place, "reasons": reasons, "evidence": told}


def _work(trace: Trace) -> Json:
    """What one run cost and how long it took, where its spans tell."""
    line = summary(trace)
    return {
        "trace_id": line.trace_id,
        "spans": line.spans,
        "cost": line.cost,
        "seconds": None if line.duration_ns is None else line.duration_ns / 1e9,
    }

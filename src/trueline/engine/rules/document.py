"""Verdicts and the composite score as one JSON document, and as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from trueline.engine.rules.authority import authority_ref
from trueline.engine.rules.model import RuleVerdict
from trueline.engine.scores import Measured, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trueline.engine.rules.composite import CompositeScore, Mean, RunScore
    from trueline.engine.rules.course import Course
    from trueline.engine.rules.evaluation import RuleResult, RunResult
    from trueline.engine.rules.lint import Complaint
    from trueline.engine.rules.model import WorldModel

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A world model, the runs it judged, its verdicts and their score; runs and verdicts in the same order."""

    model: WorldModel
    courses: Sequence[Course]
    results: Sequence[RunResult]
    score: CompositeScore


def evaluation_document(
    evaluation: Evaluation,
    *,
    unread: Sequence[Json] = (),
    complaints: Sequence[Complaint] = (),
) -> Json:
    """The evaluation as plain JSON: model, score with its weights, counts of each rule, verdicts of each run.

    Runs carry the case and the seed that their source names, so that two evaluations can be compared by case.
    """
    model, results, score = evaluation.model, evaluation.results, evaluation.score
    told = {course.trace_id: course.metadata for course in evaluation.courses}
    return {
        "traces": len(results),
        "unread": list(unread),
        "world_model": {
            "id": model.id,
            "name": model.name,
            "version": model.version,
            "authority": model.authority,
            "authority_version": model.authority_version,
            "authority_ref": authority_ref(model),
        },
        "score": _score(score),
        "rules": _rules(model, results),
        "verdicts": [_verdict(run.trace_id, each) for run in results for each in run.results],
        "runs": [_run(run, told.get(run.trace_id, {})) for run in score.runs],
        "warnings": [asdict(complaint) for complaint in complaints],
    }


def _score(score: CompositeScore) -> Json:
    return {
        "world_model_score": _mean(score.world_model),
        "rubric_score": _mean(score.rubric),
        "blended_score": _mean(score.blended),
        "snapshot": {
            "blend": score.blend,
            "hard_cap": score.hard_cap,
            "weights": dict(score.weights),
            "rubric": dict(score.rubric_weights),
        },
    }


def _mean(mean: Mean) -> Json:
    interval = list(mean.interval) if mean.interval else None
    return {**_measured(mean.value), "interval": interval, "n": mean.n, "unscored": mean.unscored}


def _measured(measured: Measured) -> Json:
    if isinstance(measured, Score):
        return {"value": measured.value}
    return {"value": None, "reason": measured.reason}


def _rules(model: WorldModel, results: Sequence[RunResult]) -> list[Json]:
    counts: dict[str, Counter[str]] = {rule.id: Counter() for rule in model.rules}
    for run in results:
        for each in run.results:
            counts[each.rule_id][each.verdict.value] += 1
    return [
        {
            "id": rule.id,
            "text": rule.text,
            "status": rule.status.value,
            "in_force": rule.in_force,
            "hard": rule.hard,
            "dimension": rule.dimension,
            "weight": rule.weight,
            "provenance": {"tier": rule.tier.value, "source": rule.source},
            "counts": {verdict.value: counts[rule.id][verdict.value] for verdict in RuleVerdict},
        }
        for rule in model.rules
    ]


def _verdict(trace_id: str, result: RuleResult) -> Json:
    shown = [each for each in result.findings if each.verdict is result.verdict and each.detail]
    places = [{"span_id": each.span_id or None, "step": each.step, "detail": each.detail} for each in shown]
    return {
        "trace_id": trace_id,
        "rule": result.rule_id,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "places": places,
    }


def _run(run: RunScore, told: Mapping[str, Any]) -> Json:
    return {
        **{name: told[name] for name in ("case", "seed") if told.get(name) is not None},
        "trace_id": run.trace_id,
        "world_model_score": _measured(run.world_model),
        "rubric_score": _measured(run.rubric),
        "blended_score": _measured(run.blended),
        "broken_hard_rules": list(run.broken_hard_rules),
    }


def evaluation_lines(document: Json) -> list[str]:
    """The document for a person: the scores, then each rule with its counts, the most broken first."""
    model = document["world_model"]
    lines = [f"{model['name']} {model['version']} on {document['traces']} runs", ""]
    lines += [
        _mean_line(name, document["score"][name]) for name in ("blended_score", "world_model_score", "rubric_score")
    ]
    lines += ["", "failed  passed  unscored  n/a  rule"]
    for rule in sorted(document["rules"], key=lambda each: (-each["counts"]["failed"], each["id"])):
        counts = rule["counts"]
        note = " (hard)" if rule["hard"] else ""
        note += "" if rule["in_force"] else f" ({rule['status'].replace('_', ' ')}: not evaluated)"
        lines.append(
            f"{counts['failed']:>6}  {counts['passed']:>6}  {counts['unscored']:>8}  {counts['not_applicable']:>3}  "
            f"{rule['id']}{note}: {rule['text']}"
        )
    return lines


def _mean_line(name: str, mean: Json) -> str:
    shown = name.replace("_", " ").capitalize()
    if mean["value"] is None:
        return f"{shown}: not measured ({mean['reason']})"
    low, high = mean["interval"]
    return f"{shown}: {mean['value']:.3f} [{low:.3f}, {high:.3f}], n = {mean['n']}, {mean['unscored']} unscored"

"""A comparison as one JSON document, and as a few lines for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trueline.engine.comparison.verdict import Comparison, effect_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.engine.comparison.estimates import Estimate
    from trueline.engine.comparison.pairing import Paired
    from trueline.engine.comparison.reading import UnreadResult


def comparison_document(comparison: Comparison, unread: Sequence[UnreadResult] = ()) -> dict[str, Any]:
    """The comparison as plain JSON: verdict, reason, n, gates, objectives, ignored, unread, settings."""
    return {
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
        "n": _counts(comparison.estimates),
        "gates": [asdict(gate) for gate in comparison.gates],
        "objectives": [_objective(each) for each in comparison.estimates],
        "ignored": [{"field": name, "reason": reason} for name, reason in comparison.ignored],
        "unread": [asdict(each) for each in unread],
        "settings": asdict(comparison.settings),
    }


def _counts(estimates: Sequence[Estimate]) -> dict[str, int]:
    thinnest = min((each.paired for each in estimates), key=lambda paired: paired.cases)
    return _paired_counts(thinnest)


def _paired_counts(paired: Paired) -> dict[str, int]:
    return {"cases": paired.cases, "seeds": paired.seeds, "pairs": len(paired.pairs)}


def _objective(estimate: Estimate) -> dict[str, Any]:
    objective, paired = estimate.objective, estimate.paired
    return {
        "name": objective.name,
        "role": objective.role.value,
        "direction": objective.direction.value,
        "margin": objective.margin,
        "outcome": estimate.outcome.value,
        "baseline": estimate.baseline,
        "candidate": estimate.candidate,
        "difference": estimate.difference,
        "interval": list(estimate.interval) if estimate.interval else None,
        "test": estimate.test.value,
        "p_value": estimate.p_value,
        "p_adjusted": estimate.p_adjusted,
        "pairing": paired.pairing.value,
        "n": _paired_counts(paired),
        "cases_seen": paired.cases_seen,
        "coverage": paired.coverage,
        "unscored": dict(paired.unscored),
        "by_seed": [asdict(reading) for reading in estimate.by_seed],
    }


def comparison_lines(comparison: Comparison) -> list[str]:
    """The comparison for a person: verdict and reason, one line for each objective, the gates that decided."""
    lines = [f"{comparison.verdict.value}: {comparison.reason}", ""]
    for estimate in comparison.estimates:
        counts = _paired_counts(estimate.paired)
        lines.append(effect_sentence(estimate))
        lines.append(
            f"  {counts['cases']} cases, {counts['seeds']} seeds, {counts['pairs']} pairs; {estimate.test.value}"
        )
    lines += ["", *(f"{'pass' if gate.passed else 'FAIL'}  {gate.name}: {gate.detail}" for gate in comparison.gates)]
    return lines

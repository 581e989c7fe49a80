"""The verdict over all objectives, and the gates that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trueline.engine.comparison.estimates import Estimate, Outcome, Settings, estimate_all
from trueline.engine.comparison.objectives import Objective, Role, choose_objectives
from trueline.engine.comparison.pairing import pair_results, table
from trueline.engine.scores import EngineError, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.engine.comparison.results import CaseResult


class Verdict(StrEnum):
    """The answer to "is the candidate better than the baseline?"."""

    IMPROVE = "improve"
    NO_CHANGE = "no_change"
    REGRESS = "regress"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of the verdict.

    Attributes:
        name: What it asks.
        passed: Whether the condition holds.
        decided: Whether the verdict would be another one had this gate come out otherwise.
        detail: The figures, one sentence.
    """

    name: str
    passed: bool
    decided: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole answer.

    Attributes:
        verdict: The answer.
        reason: Why, one sentence.
        gates: All gates, in the order they were asked.
        estimates: One for each objective and constraint.
        ignored: Score fields that only one side has, or that hold no number, with the reason.
        settings: What would repeat the answer.
    """

    verdict: Verdict
    reason: str
    gates: tuple[Gate, ...]
    estimates: tuple[Estimate, ...]
    ignored: tuple[tuple[str, str], ...]
    settings: Settings


def compare_results(
    baseline: Sequence[CaseResult],
    candidate: Sequence[CaseResult],
    *,
    objectives: Sequence[Objective] = (),
    settings: Settings | None = None,
) -> Comparison:
    """Whether the candidate is better than the baseline on the cases both ran.

    Args:
        baseline: Results of the configuration in use.
        candidate: Results of the one proposed.
        objectives: What to compare; by default a guess for each score field.
        settings: Resamples, seed and limits.

    Raises:
        EngineError: The sides share no score, or a declared objective is missing.
    """
    settings = settings or Settings()
    shared, ignored = _shared_fields(baseline, candidate)
    if not shared:
        raise EngineError("The two sides have no score in common.")
    chosen = choose_objectives(shared, objectives)
    paired = [(each, pair_results(table(baseline, each.name), table(candidate, each.name))) for each in chosen]
    estimates = estimate_all(paired, settings)
    evidence = tuple(gate for each in estimates for gate in _evidence_gates(each, settings))
    verdict, reason, gates = _decide(estimates, evidence)
    return Comparison(verdict, reason, gates, estimates, ignored, settings)


def _shared_fields(
    baseline: Sequence[CaseResult],
    candidate: Sequence[CaseResult],
) -> tuple[set[str], tuple[tuple[str, str], ...]]:
    sides = [_fields(baseline), _fields(candidate)]
    scored = [
        {name for result in side for name, value in result.scores.items() if isinstance(value, Score)}
        for side in (baseline, candidate)
    ]
    shared = scored[0] & scored[1]
    ignored = tuple(
        (name, "only one side has it" if name not in sides[0] & sides[1] else "one side has no number for it")
        for name in sorted((sides[0] | sides[1]) - shared)
    )
    return shared, ignored


def _fields(results: Sequence[CaseResult]) -> set[str]:
    return {name for result in results for name in result.scores}


def _evidence_gates(estimate: Estimate, settings: Settings) -> tuple[Gate, ...]:
    paired, name = estimate.paired, estimate.objective.name
    enough_cases = paired.cases >= settings.min_cases
    enough_seeds = paired.seeds >= settings.min_seeds
    covered = paired.coverage >= settings.min_coverage
    cases = f"{paired.cases} paired cases, at least {settings.min_cases} are needed."
    seeds = f"{_seeds(paired.seeds)}, at least {settings.min_seeds} are needed."
    coverage = f"{paired.coverage:.0%} of the results found their pair, at least {settings.min_coverage:.0%} must."
    return (
        Gate(f"enough_cases:{name}", enough_cases, not enough_cases, cases),
        Gate(f"enough_seeds:{name}", enough_seeds, not enough_seeds, seeds),
        Gate(f"coverage:{name}", covered, not covered, coverage),
    )


def _seeds(count: int) -> str:
    return "A single seed" if count == 1 else f"{count} seeds"


def _decide(
    estimates: Sequence[Estimate],
    evidence: tuple[Gate, ...],
) -> tuple[Verdict, str, tuple[Gate, ...]]:
    lacking = [gate for gate in evidence if not gate.passed]
    verdict = Verdict.INCONCLUSIVE if lacking else _verdict(estimates)
    gates = evidence + tuple(_effect_gate(each, verdict, undecided=not lacking) for each in estimates)
    if lacking:
        return verdict, "Too little evidence: " + " ".join(dict.fromkeys(gate.detail for gate in lacking)), gates
    return verdict, _reason(verdict, gates), gates


def _verdict(estimates: Sequence[Estimate]) -> Verdict:
    outcomes = [each.outcome for each in estimates]
    objectives = [each.outcome for each in estimates if each.objective.role is Role.OBJECTIVE]
    constraints = [each.outcome for each in estimates if each.objective.role is Role.CONSTRAINT]
    if Outcome.WORSE in outcomes:
        return Verdict.REGRESS
    if any(outcome is not Outcome.NON_INFERIOR for outcome in constraints):
        return Verdict.INCONCLUSIVE
    if Outcome.BETTER in objectives:
        return Verdict.IMPROVE
    return Verdict.NO_CHANGE if all(outcome is Outcome.SAME for outcome in objectives) else Verdict.INCONCLUSIVE


DECIDING = {
    Verdict.REGRESS: {Outcome.WORSE},
    Verdict.IMPROVE: {Outcome.BETTER, Outcome.NON_INFERIOR},
    Verdict.NO_CHANGE: {Outcome.SAME, Outcome.NON_INFERIOR},
    Verdict.INCONCLUSIVE: {Outcome.UNCLEAR, Outcome.UNSCORED},
}
"""Which outcomes of an objective bring each verdict about."""


def _effect_gate(estimate: Estimate, verdict: Verdict, *, undecided: bool) -> Gate:
    constraint = estimate.objective.role is Role.CONSTRAINT
    wanted = Outcome.NON_INFERIOR if constraint else Outcome.BETTER
    name = f"{'non_inferior' if constraint else 'better'}:{estimate.objective.name}"
    decided = undecided and estimate.outcome in DECIDING[verdict]
    return Gate(name, estimate.outcome is wanted, decided, effect_sentence(estimate))


def effect_sentence(estimate: Estimate) -> str:
    """The difference with its interval and p-value, in one sentence."""
    if estimate.difference is None or estimate.interval is None or estimate.p_value is None:
        return f"{estimate.objective.name}: no pair has two scores."
    low, high = estimate.interval
    p_value = estimate.p_value if estimate.p_adjusted is None else estimate.p_adjusted
    return (
        f"{estimate.objective.name}: {estimate.difference:+.4g} [{low:+.4g}, {high:+.4g}], "
        f"p = {p_value:.2g}, {estimate.outcome.value.replace('_', ' ')} "
        f"(margin {estimate.objective.margin:.3g}, {estimate.objective.direction.value} is better)."
    )


def _reason(verdict: Verdict, gates: Sequence[Gate]) -> str:
    opening = {
        Verdict.IMPROVE: "The candidate is better.",
        Verdict.NO_CHANGE: "The difference is too small to matter.",
        Verdict.REGRESS: "The candidate is worse.",
        Verdict.INCONCLUSIVE: "The results allow a gain as well as a loss that matters.",
    }[verdict]
    return " ".join([opening, *(gate.detail for gate in gates if gate.decided)])

"""The composite score: how well runs keep to the world model and to the weighted rubric, with interval and weights.

blended = w * world-model score + (1 - w) * rubric score, per run; a broken hard rule caps it. The weights are part of
the answer, so that a score can be recomputed when the model has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.engine.comparison.resampling import bootstrap_interval, clusters
from trueline.engine.rules.model import RuleVerdict
from trueline.engine.scores import Measured, Score, Unscored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trueline.engine.rules.evaluation import RuleResult, RunResult
    from trueline.engine.rules.model import Rule, WorldModel

RESAMPLES = 10_000
CONFIDENCE = 0.95
SEED = 1


@dataclass(frozen=True, slots=True)
class RunScore:
    """The scores of one run, each 0..1 or the reason why there is none.

    Attributes:
        trace_id: The run.
        world_model: Weighted share of decided rules that it keeps.
        rubric: Weighted mean over the dimensions of that share within each.
        blended: Both, blended and capped.
        broken_hard_rules: Ids of the hard rules that it broke.
    """

    trace_id: str
    world_model: Measured
    rubric: Measured
    blended: Measured
    broken_hard_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over runs.

    Attributes:
        value: The mean, or why there is none.
        interval: Bootstrap interval over runs, None when there is no mean.
        n: Runs that have the score.
        unscored: Runs that have none.
    """

    value: Measured
    interval: tuple[float, float] | None
    n: int
    unscored: int


@dataclass(frozen=True, slots=True)
class CompositeScore:
    """The scores over all runs.

    Attributes:
        world_model: Mean world-model score.
        rubric: Mean rubric score.
        blended: Mean blended score.
        runs: Each run.
        weights: Rule id to weight, as used.
        rubric_weights: Dimension to weight, as used.
        blend: Weight of the world-model score.
        hard_cap: Cap after a broken hard rule.
    """

    world_model: Mean
    rubric: Mean
    blended: Mean
    runs: tuple[RunScore, ...]
    weights: Mapping[str, float]
    rubric_weights: Mapping[str, float]
    blend: float
    hard_cap: float


def composite_score(
    model: WorldModel, results: Sequence[RunResult], *, resamples: int = RESAMPLES, seed: int = SEED
) -> CompositeScore:
    """The composite score of runs under a world model.

    Args:
        model: The world model that gave the verdicts.
        results: The verdicts.
        resamples: Bootstrap samples of the intervals.
        seed: Makes the intervals repeatable.
    """
    rules = {rule.id: rule for rule in model.in_force}
    rubric = {
        dimension: model.rubric.get(dimension, 1.0) for dimension in sorted({r.dimension for r in rules.values()})
    }
    runs = tuple(_run_score(model, rules, rubric, result) for result in results)

    def mean(pick: Callable[[RunScore], Measured]) -> Mean:
        return _mean([pick(run) for run in runs], resamples, seed)

    return CompositeScore(
        mean(lambda run: run.world_model),
        mean(lambda run: run.rubric),
        mean(lambda run: run.blended),
        runs,
        {rule.id: rule.weight for rule in rules.values()},
        rubric,
        model.blend,
        model.hard_cap,
    )


def _run_score(
    model: WorldModel, rules: Mapping[str, Rule], rubric: Mapping[str, float], result: RunResult
) -> RunScore:
    decided = [each for each in result.results if each.verdict in {RuleVerdict.PASSED, RuleVerdict.FAILED}]
    broken = tuple(each.rule_id for each in decided if each.verdict is RuleVerdict.FAILED and rules[each.rule_id].hard)
    if not decided:
        nothing = Unscored("no rule could be decided on this run")
        return RunScore(result.trace_id, nothing, nothing, nothing, ())
    world_model = _share(decided, rules)
    by_dimension = {
        dimension: [each for each in decided if rules[each.rule_id].dimension == dimension] for dimension in rubric
    }
    scored = {dimension: _share(each, rules) for dimension, each in by_dimension.items() if each}
    total = sum(rubric[dimension] for dimension in scored)
    if total == 0:
        unweighted = Unscored("the rubric gives no weight to what could be decided")
        return RunScore(result.trace_id, Score(world_model), unweighted, unweighted, broken)
    rubric_score = sum(rubric[dimension] * share for dimension, share in scored.items()) / total
    blended = model.blend * world_model + (1 - model.blend) * rubric_score
    capped = min(blended, model.hard_cap) if broken else blended
    return RunScore(result.trace_id, Score(world_model), Score(rubric_score), Score(capped), broken)


def _share(results: Iterable[RuleResult], rules: Mapping[str, Rule]) -> float:
    weighted = [(rules[each.rule_id].weight, each.verdict is RuleVerdict.PASSED) for each in results]
    return sum(weight for weight, passed in weighted if passed) / sum(weight for weight, _ in weighted)


def _mean(measures: Sequence[Measured], resamples: int, seed: int) -> Mean:
    values = [measured.value for measured in measures if isinstance(measured, Score)]
    if not values:
        return Mean(Unscored("no run has a score"), None, 0, len(measures))
    data = clusters([[value] for value in values])
    interval = bootstrap_interval(data, resamples=resamples, seed=seed, confidence=CONFIDENCE)
    return Mean(Score(data.mean), interval, len(values), len(measures) - len(values))

"""Reads of world models, which belong to the workspace, and of scans and causes, which belong to an environment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from trueline.engine.rules import model as engine
from trueline.engine.rules.reading import world_model_of
from trueline.evaluations.models import (
    ClusterSighting,
    FailureCluster,
    ModelCall,
    RuleMove,
    RuleRelation,
    RuleTally,
    Scan,
    TraceJudgement,
    WorldModel,
    WorldModelVersion,
    WorldRule,
)
from trueline.kit import clock
from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope


def world_models(scope: Scope) -> QuerySet[WorldModel]:
    """World models of the workspace, by name."""
    return WorldModel.objects.filter(workspace_id=scope.workspace_id).order_by("name", "id")


def world_model(scope: Scope, world_model_id: UUID) -> WorldModel:
    """One world model. Raises `NotVisible`."""
    found = world_models(scope).filter(id=world_model_id).first()
    if found is None:
        raise NotVisible
    return found


def world_rules(scope: Scope, world_model_ids: Iterable[UUID]) -> QuerySet[WorldRule]:
    """Rules of some world models, in the order of their files; retired ones too."""
    found = WorldRule.objects.filter(workspace_id=scope.workspace_id, world_model_id__in=list(world_model_ids))
    return found.order_by("world_model_id", "position", "id")


def world_rule(scope: Scope, world_rule_id: UUID) -> WorldRule:
    """One rule with its world model. Raises `NotVisible`."""
    rules = WorldRule.objects.filter(workspace_id=scope.workspace_id, id=world_rule_id)
    found = rules.select_related("world_model").first()
    if found is None:
        raise NotVisible
    return found


def rule_relations(scope: Scope, world_model_id: UUID) -> QuerySet[RuleRelation]:
    """Relations between rules of a world model that hold now."""
    found = RuleRelation.objects.filter(
        workspace_id=scope.workspace_id, rule__world_model_id=world_model_id, retired_at=None
    )
    return found.select_related("rule", "other").order_by("rule__position", "kind", "other__position")


def rule_moves(scope: Scope, world_rule_id: UUID) -> QuerySet[RuleMove]:
    """The steps in the life of a rule, the latest first."""
    return RuleMove.objects.filter(workspace_id=scope.workspace_id, rule_id=world_rule_id).order_by("-moved_at", "-id")


def versions(scope: Scope, world_model_ids: Iterable[UUID]) -> QuerySet[WorldModelVersion]:
    """Published versions of some world models without their documents, the newest first."""
    found = WorldModelVersion.objects.filter(workspace_id=scope.workspace_id, world_model_id__in=list(world_model_ids))
    return found.defer("document").order_by("-number", "id")


def version(scope: Scope, world_model_version_id: UUID) -> WorldModelVersion:
    """One published version. Raises `NotVisible`."""
    versions = WorldModelVersion.objects.filter(workspace_id=scope.workspace_id, id=world_model_version_id)
    found = versions.select_related("world_model").first()
    if found is None:
        raise NotVisible
    return found


def as_published(scope: Scope, world_model_version_id: UUID) -> engine.WorldModel:
    """The world model that a version holds, as the engine judges by it. Raises `NotVisible`."""
    found = version(scope, world_model_version_id)
    return world_model_of(found.document, name=f"version {found.label}")


def as_drafted(scope: Scope, found: WorldModel) -> engine.WorldModel:
    """The world model as its rules are at this moment, published or not."""
    related: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in rule_relations(scope, found.pk):
        related[line.rule_id][line.kind].append(line.other.key)
    rules = world_rules(scope, [found.pk])
    return engine.WorldModel(
        id=found.key,
        name=found.name,
        domain=found.domain,
        version=found.file_version,
        authority=found.authority,
        authority_version=found.authority_version,
        values=found.constants,
        rules=tuple(_engine_rule(rule, related[rule.pk]) for rule in rules),
        rubric=found.rubric,
        blend=found.blend,
        hard_cap=found.hard_cap,
    )


def _engine_rule(rule: WorldRule, related: dict[str, list[str]]) -> engine.Rule:
    return engine.Rule(
        id=rule.key,
        text=rule.text,
        why=rule.why,
        status=engine.RuleStatus(rule.status),
        tier=engine.ProvenanceTier(rule.tier),
        source=rule.source,
        hard=rule.is_hard,
        weight=rule.weight,
        dimension=rule.dimension,
        approved_by=rule.approved_by_label,
        relations={kind: tuple(others) for kind, others in sorted(related.items())},
        check=rule.check_json,
        examples=tuple(
            engine.Example(each["name"], engine.RuleVerdict(each["expect"]), tuple(each["steps"]))
            for each in rule.examples
        ),
    )


def scans(scope: Scope, environment_id: UUID | None = None) -> QuerySet[Scan]:
    """Scans of environments in reach, or of one, without their reports, the latest look first."""
    found = in_reach(scope, Scan.objects.filter(workspace_id=scope.workspace_id))
    if environment_id is not None:
        found = found.filter(environment_id=environment_id)
    return found.defer("report").select_related("version").order_by("-observed_at", "-id")


def first_look_since(scope: Scope, since: datetime) -> datetime | None:
    """When agents in reach were first seen by a scan since a moment; None when they were not."""
    found: datetime | None = scans(scope).filter(observed_at__gte=since).aggregate(at=Min("observed_at"))["at"]
    return found


def newest_scans(scope: Scope, environment_ids: Iterable[UUID]) -> dict[UUID, Scan]:
    """The latest look at each of some environments, without its report; none for one that was never scanned."""
    found = scans(scope).filter(environment_id__in=list(environment_ids))
    newest = found.order_by("environment_id", "-observed_at", "-id").distinct("environment_id")
    return {one.environment_id: one for one in newest}


def scan(scope: Scope, scan_id: UUID) -> Scan:
    """One scan with its report. Raises `NotVisible`."""
    mine = in_reach(scope, Scan.objects.filter(workspace_id=scope.workspace_id, id=scan_id))
    found = mine.select_related("version").first()
    if found is None:
        raise NotVisible
    return found


def scan_of_run(scope: Scope, run_id: UUID) -> Scan | None:
    """What a run has scanned, if it has."""
    return in_reach(scope, Scan.objects.filter(workspace_id=scope.workspace_id, run_id=run_id)).first()


def judgement(scope: Scope, environment_id: UUID, trace_hex: str) -> TraceJudgement | None:
    """What the rules said of a trace in the latest look that judged it, with its scan; None when none has."""
    mine = TraceJudgement.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment_id, trace_id=trace_hex
    )
    return (
        in_reach(scope, mine).select_related("scan__version").defer("scan__report", "scan__version__document").first()
    )


def rules_by_key(scope: Scope, world_model_version_id: UUID) -> dict[str, WorldRule]:
    """The rules of a version's world model as they are now, by key, to lead on to. Raises `NotVisible`."""
    found = version(scope, world_model_version_id)
    return {rule.key: rule for rule in world_rules(scope, [found.world_model_id])}


def clusters(scope: Scope, environment_id: UUID) -> QuerySet[FailureCluster]:
    """Causes that were ever seen in an environment in reach, the latest seen and most frequent first."""
    mine = FailureCluster.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return in_reach(scope, mine).order_by("-last_seen_at", "-hit_count", "id")


def cluster(scope: Scope, failure_cluster_id: UUID) -> FailureCluster:
    """One cause. Raises `NotVisible`."""
    mine = FailureCluster.objects.filter(workspace_id=scope.workspace_id, id=failure_cluster_id)
    found = in_reach(scope, mine).select_related("world_model").first()
    if found is None:
        raise NotVisible
    return found


def sightings_in(scope: Scope, scan_id: UUID) -> QuerySet[ClusterSighting]:
    """Causes as one scan saw them, the most frequent first."""
    mine = ClusterSighting.objects.filter(workspace_id=scope.workspace_id, scan_id=scan_id)
    return _reached(scope, mine).select_related("cluster").order_by("-hit_count", "-occurrences", "id")


def sightings_of(scope: Scope, failure_cluster_id: UUID) -> QuerySet[ClusterSighting]:
    """One cause in every scan that saw it, the latest look first."""
    mine = ClusterSighting.objects.filter(workspace_id=scope.workspace_id, cluster_id=failure_cluster_id)
    return _reached(scope, mine).select_related("scan").defer("scan__report").order_by("-scan__observed_at", "-id")


def _reached(scope: Scope, rows: QuerySet[ClusterSighting]) -> QuerySet[ClusterSighting]:
    rows = rows.exclude(scan__environment_id__in=scope.excluded_ids) if scope.excluded_ids else rows
    return rows if scope.environment_ids is None else rows.filter(scan__environment_id__in=scope.environment_ids)


def rule_counts(scope: Scope, world_model_id: UUID) -> dict[str, dict[str, int]]:
    """For each rule how often it came to each verdict in the scans in reach; a rule that judged nothing is absent."""
    mine = RuleTally.objects.filter(workspace_id=scope.workspace_id, world_model_id=world_model_id)
    reached = mine.filter(scan__in=in_reach(scope, Scan.objects.filter(workspace_id=scope.workspace_id)).values("id"))
    names = ("passed", "failed", "not_applicable", "unscored")
    summed = reached.order_by().values("rule_key").annotate(**{name: Sum(name) for name in names})
    return {key: dict(zip(names, counts, strict=True)) for key, *counts in summed.values_list("rule_key", *names)}


def rule_tallies(scope: Scope, scan_id: UUID) -> QuerySet[RuleTally]:
    """How often each rule came to each verdict in one scan in reach."""
    reached = in_reach(scope, Scan.objects.filter(workspace_id=scope.workspace_id, id=scan_id)).values("id")
    return RuleTally.objects.filter(workspace_id=scope.workspace_id, scan_id__in=reached).order_by("rule_key")


def all_model_calls(scope: Scope) -> QuerySet[ModelCall]:
    """Every question that a language model was asked about environments in reach, the latest first."""
    mine = ModelCall.objects.filter(workspace_id=scope.workspace_id)
    return in_reach(scope, mine).order_by("-asked_at", "-id")


def model_calls_today(scope: Scope) -> int:
    """How many questions the whole workspace has asked since midnight UTC; what a daily cap is held against."""
    midnight = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return ModelCall.objects.filter(workspace_id=scope.workspace_id, asked_at__gte=midnight).count()


def sums_of_calls(_scope: Scope, calls: QuerySet[ModelCall]) -> dict[str, Any]:
    """How many calls, how many answered, tokens and cost of them; None where nobody told."""
    return calls.order_by().aggregate(
        calls=Count("id"),
        answered=Count("id", filter=Q(is_answered=True)),
        input_tokens=Sum("input_tokens"),
        output_tokens=Sum("output_tokens"),
        cost=Sum("cost"),
    )


def model_calls(scope: Scope, run_id: UUID) -> QuerySet[ModelCall]:
    """What a run has asked a language model, in environments in reach, in the order asked."""
    mine = ModelCall.objects.filter(workspace_id=scope.workspace_id, run_id=run_id)
    return in_reach(scope, mine).order_by("asked_at", "id")


def model_use(scope: Scope, run_id: UUID) -> dict[str, Any] | None:
    """What asking a language model took in one run: calls, tokens, US dollars; None when nobody was asked."""
    calls = model_calls(scope, run_id).order_by()
    told = sums_of_calls(scope, calls) | calls.aggregate(model=Max("model"))
    return told if told["calls"] else None

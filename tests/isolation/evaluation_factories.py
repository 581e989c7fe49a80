"""Factories of world models and scans."""

from __future__ import annotations

from django.db.models import Model

from tests.isolation.factories import Seeds, _unique, makes
from trueline.engine.rules.reading import parse_world_model
from trueline.engine.rules.shipped import shipped_text
from trueline.engine.rules.writing import model_document
from trueline.engine.traces.model import TraceReading
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
from trueline.evaluations.scanning import scan
from trueline.kit import clock, ids
from trueline.kit.digest import sha256
from trueline.operations.models import OperationRun
from trueline.systems.models import GraphPart, PromptTemplate


@makes(WorldModel)
def _world_model(seeds: Seeds) -> Model:
    return WorldModel(
        workspace_id=seeds.workspace.pk,
        key=_unique(),
        name=seeds.canary,
        domain=seeds.canary,
        file_version="1",
        authority=seeds.canary,
        authority_version="1",
        blend=0.6,
        hard_cap=0.49,
    )


@makes(WorldRule)
def _world_rule(seeds: Seeds) -> Model:
    return WorldRule(
        workspace_id=seeds.workspace.pk,
        world_model=seeds.one(WorldModel),
        key=_unique(),
        position=1,
        text=seeds.canary,
        status="provisional",
        tier="observed",
        source=seeds.canary,
        dimension="conduct",
        check_json={"calls": {"of": "*", "require": "call.alone"}},
        content_digest=sha256(_unique().encode()),
    )


@makes(RuleRelation)
def _rule_relation(seeds: Seeds) -> Model:
    other = seeds.draft(WorldRule)
    other.save(force_insert=True)
    return RuleRelation(workspace_id=seeds.workspace.pk, rule=seeds.one(WorldRule), other=other, kind="qualifies")


@makes(RuleMove)
def _rule_move(seeds: Seeds) -> Model:
    rule = seeds.one(WorldRule)
    return RuleMove(workspace_id=seeds.workspace.pk, rule=rule, after="provisional", actor_label=seeds.canary)


@makes(WorldModelVersion)
def _world_model_version(seeds: Seeds) -> Model:
    number = ids.new().int % 2_000_000_000
    return WorldModelVersion(
        workspace_id=seeds.workspace.pk,
        world_model=seeds.one(WorldModel),
        number=number,
        label=str(number),
        document=model_document(parse_world_model(shipped_text("retail"))),
        digest=sha256(_unique().encode()),
        authority_uuid=str(ids.new()),
        authority_digest=sha256(_unique().encode()),
        rules_count=1,
        in_force_count=1,
        enshrined_count=0,
        published_by_label=seeds.canary,
    )


@makes(Scan)
def _scan(seeds: Seeds) -> Model:
    run = seeds.draft(OperationRun)
    run.save(force_insert=True)
    return Scan(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        run_id=run.pk,
        version=seeds.one(WorldModelVersion),
        source_label=seeds.canary,
        observed_at=clock.now(),
        readiness="full",
        is_complete=True,
        traces_count=3,
        spans_count=3,
        failed_spans_count=1,
        unread_count=0,
        scored_count=3,
        safety="kept",
        report={**scan(TraceReading((), ()), None).report, "agents": [seeds.canary]},
    )


@makes(FailureCluster)
def _cluster(seeds: Seeds) -> Model:
    return FailureCluster(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        key=_unique(),
        source="failure",
        name=seeds.canary,
        label=seeds.canary,
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
        hit_count=1,
        trace_count=3,
    )


@makes(ClusterSighting)
def _sighting(seeds: Seeds) -> Model:
    cluster = seeds.draft(FailureCluster)
    cluster.save(force_insert=True)
    seeds.keep(FailureCluster, cluster)
    return ClusterSighting(
        workspace_id=seeds.workspace.pk,
        scan=seeds.one(Scan),
        cluster=cluster,
        occurrences=1,
        hit_count=1,
        trace_count=3,
        agents=[seeds.canary],
        members=[[seeds.canary, "1"]],
    )


@makes(RuleTally)
def _tally(seeds: Seeds) -> Model:
    return RuleTally(
        workspace_id=seeds.workspace.pk,
        scan=seeds.one(Scan),
        world_model=seeds.one(WorldModel),
        rule_key=_unique(),
        passed=1,
        failed=0,
        not_applicable=0,
        unscored=0,
    )


@makes(TraceJudgement)
def _judgement(seeds: Seeds) -> Model:
    return TraceJudgement(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        trace_id=_unique(),
        scan=seeds.one(Scan),
        judged_at=clock.now(),
        verdicts=[{"rule": seeds.canary, "verdict": "passed", "reason": "", "places": []}],
    )


@makes(GraphPart)
def _graph_part(seeds: Seeds) -> Model:
    return GraphPart(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        kind="agent",
        agent=f"{seeds.canary}{_unique()}",
        origin="inferred",
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )


@makes(PromptTemplate)
def _prompt_template(seeds: Seeds) -> Model:
    return PromptTemplate(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        key=_unique()[:64],
        agent=seeds.canary,
        role="system",
        origin="inferred",
        segments=[{"kind": "constant", "part": "base_prompt", "text": seeds.canary}],
        trace_ids=[seeds.canary],
    )


@makes(ModelCall)
def _model_call(seeds: Seeds) -> Model:
    return ModelCall(
        workspace_id=seeds.workspace.pk,
        environment_id=seeds.environment.pk,
        run_id=seeds.one(OperationRun).pk,
        model=seeds.canary[:120],
        question=seeds.canary,
        trace_id="a" * 32,
        payload_digest=sha256(_unique().encode()),
        latency_ms=1,
    )

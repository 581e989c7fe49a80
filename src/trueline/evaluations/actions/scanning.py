"""Keep what a scan found, and bring the findings of its environment to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from trueline.audit.actions import Subject, record
from trueline.audit.rules import Outcome
from trueline.engine.diagnosis.rates import Rate
from trueline.engine.rules.model import RuleVerdict
from trueline.evaluations import queries
from trueline.evaluations.actions.judgements import note_judgements
from trueline.evaluations.judging import BROKEN, FAILURES, Held, Known, detected, pinned_rate, subject_key
from trueline.evaluations.models import ClusterSighting, FailureCluster, RuleTally, Scan, WorldModelVersion
from trueline.evaluations.scanning import ClusterSource, FoundCluster, Scanned
from trueline.findings import queries as findings
from trueline.findings.actions.detections import Recorded, Sighting, record_detections
from trueline.findings.exceptions import ExceptionStatus
from trueline.findings.rules import Detected
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, Scope
from trueline.systems.actions.graph import note_parts
from trueline.systems.actions.templates import note_templates
from trueline.workspaces import access
from trueline.workspaces.models import Environment

# One scan at a time for each environment: two would count the same runs, or tell a cause in the wrong order.
_QUEUE_UP = "select pg_advisory_xact_lock(hashtextextended(%s, 1))"


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a scan comes from.

    Attributes:
        version: The published version that it was judged by, None for none.
        observed_at: End of the latest span, as far as spans tell, else when the traces were handed over.
    """

    environment: Environment
    run_id: UUID
    version: WorldModelVersion | None
    source_label: str
    observed_at: datetime


@transaction.atomic
def keep_scan(scope: Scope, taken: Taken, found: Scanned, *, actor: Actor, hold: Callable[[], None]) -> Scan:
    """Store a scan with causes, tallies, graph and templates, whole or not at all; asked again, it gives that back.

    An older look that comes late names causes that nobody knew and changes none that a newer one saw. The same runs
    again, judged by another version perhaps, bring causes up to date and are not counted as a further silence.
    """
    hold()
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_UP, [str(taken.environment.pk)])
    kept = queries.scan_of_run(scope, taken.run_id)
    if kept is not None:
        return kept
    newest = queries.scans(scope, taken.environment.pk).first()
    made = _scan(scope, taken, found)
    made.save(force_insert=True)
    _bring_up(scope, made, found, newest.observed_at if newest else None)
    _note_sightings(scope, made, found.clusters)
    _note_tallies(made, found)
    note_judgements(scope, made, found.judged)
    note_parts(scope, made.environment_id, found.parts, made.observed_at)
    note_templates(scope, made.environment_id, found.templates, made.observed_at)
    reach("scan:kept")
    environment = taken.environment
    subject = Subject("scan", str(made.pk), made.source_label, environment.pk, environment.name)
    after = {"traces": made.traces_count, "clusters": len(found.clusters), "readiness": str(made.readiness)}
    outcome = Outcome.SUCCESS if made.is_complete else Outcome.PARTIAL
    record(scope.workspace_id, "evaluations:scan:keep", subject, actor=actor, after=after, outcome=outcome)
    return made


def _scan(scope: Scope, taken: Taken, found: Scanned) -> Scan:
    blended = found.blended or (None, None, None)
    return Scan(
        workspace_id=scope.workspace_id,
        environment_id=taken.environment.pk,
        run_id=taken.run_id,
        version=taken.version,
        model_digest=taken.version.digest if taken.version else "",
        source_label=taken.source_label[:200],
        observed_at=taken.observed_at,
        readiness=found.readiness,
        is_complete=found.is_complete,
        traces_count=found.traces,
        spans_count=found.spans,
        failed_spans_count=found.failed_spans,
        unread_count=found.unread,
        scored_count=found.scored,
        blended=blended[0],
        blended_low=blended[1],
        blended_high=blended[2],
        safety=found.safety,
        report=found.report,
    )


def _bring_up(scope: Scope, made: Scan, found: Scanned, newest_at: datetime | None) -> None:
    """Causes as they are now: seen again, seen first, or one more look without them."""
    here = {one.key: one for one in found.clusters}
    known = {one.key: one for one in queries.clusters(scope, made.environment_id).select_for_update(of=("self",))}
    FailureCluster.objects.bulk_create([_first(made, one) for key, one in here.items() if key not in known])
    is_late = newest_at is not None and newest_at > made.observed_at
    for key in known.keys() & here.keys():
        if is_late:
            known[key].first_seen_at = min(known[key].first_seen_at, made.observed_at)
        else:
            _see_again(known[key], made, here[key])
        known[key].save()
    if made.is_complete and (newest_at is None or newest_at < made.observed_at):
        _note_silence(scope, made, found, known.keys() - here.keys())


def _see_again(cluster: FailureCluster, made: Scan, one: FoundCluster) -> None:
    cluster.name, cluster.label, cluster.is_hard = one.name, one.label, one.is_hard
    cluster.times_seen += cluster.last_seen_at < made.observed_at
    cluster.last_seen_at = made.observed_at
    cluster.hit_count, cluster.trace_count, cluster.unseen_count = one.rate.hit, one.rate.of, 0


def _first(made: Scan, one: FoundCluster) -> FailureCluster:
    is_rule = one.source is ClusterSource.RULE
    return FailureCluster(
        workspace_id=made.workspace_id,
        environment_id=made.environment_id,
        key=one.key,
        source=one.source,
        name=one.name,
        label=one.label,
        world_model_id=made.version.world_model_id if is_rule and made.version else None,
        rule_key=one.rule_key,
        is_hard=one.is_hard,
        first_seen_at=made.observed_at,
        last_seen_at=made.observed_at,
        hit_count=one.rate.hit,
        trace_count=one.rate.of,
    )


def _note_silence(scope: Scope, made: Scan, found: Scanned, keys: Iterable[str]) -> None:
    """Count the runs in which a known cause did not come up; for a rule only those in which it was decided."""
    silent = FailureCluster.objects.filter(
        workspace_id=scope.workspace_id, environment_id=made.environment_id, key__in=list(keys)
    )
    silent.filter(source=ClusterSource.FAILURE).update(unseen_count=F("unseen_count") + found.traces)
    if made.version is None:
        return
    mine = silent.filter(source=ClusterSource.RULE, world_model_id=made.version.world_model_id)
    for tally in found.tallies:
        decided = tally.counts[RuleVerdict.PASSED]
        mine.filter(rule_key=tally.rule_key).update(unseen_count=F("unseen_count") + decided)


def _note_sightings(scope: Scope, made: Scan, found: Iterable[FoundCluster]) -> None:
    ids = {one.key: one.pk for one in queries.clusters(scope, made.environment_id)}
    ClusterSighting.objects.bulk_create(
        ClusterSighting(
            workspace_id=made.workspace_id,
            scan=made,
            cluster_id=ids[one.key],
            occurrences=one.occurrences,
            hit_count=one.rate.hit,
            trace_count=one.rate.of,
            agents=list(one.agents),
            variants=list(one.variants),
            members=[list(member) for member in one.members],
        )
        for one in found
    )


def _note_tallies(made: Scan, found: Scanned) -> None:
    if made.version is None:
        return
    RuleTally.objects.bulk_create(
        RuleTally(
            workspace_id=made.workspace_id,
            scan=made,
            world_model_id=made.version.world_model_id,
            rule_key=tally.rule_key,
            **{str(verdict): number for verdict, number in tally.counts.items()},
        )
        for tally in found.tallies
    )


def record_causes(scope: Scope, made: Scan, found: Scanned, *, actor: Actor, hold: Callable[[], None]) -> Recorded:
    """Bring the findings of the environment to what a scan saw; a newer look has the last word."""
    newest = queries.scans(scope, made.environment_id).first()
    if newest is not None and newest.observed_at > made.observed_at:
        return Recorded(len(found.clusters))
    environment = access.environment_by_id(scope, made.environment_id)
    sighting = Sighting(environment, None, made.observed_at, scan_id=made.pk)
    return record_detections(scope, sighting, _detected(scope, made, found), actor=actor, hold=hold)


def _detected(scope: Scope, made: Scan, found: Scanned) -> list[Detected]:
    known = {one.key: one for one in queries.clusters(scope, made.environment_id)}
    held = _held(scope, made, known)

    def of(source: ClusterSource, standard_id: str) -> Detected:
        mine = {
            key: Known(Rate(one.hit_count, one.trace_count), one.unseen_count)
            for key, one in known.items()
            if one.source == source
        }
        return detected(source, standard_id, found.clusters, mine, held, is_complete=made.is_complete)

    told = [of(ClusterSource.FAILURE, "")]
    if made.version is not None:
        told.append(of(ClusterSource.RULE, str(made.version.world_model_id)))
    return told


def _held(scope: Scope, made: Scan, known: Iterable[str]) -> dict[str, Held]:
    """Decisions on clusters that hold or wait, by key: the newest request of each."""
    by_subject = {subject_key(key): key for key in known}
    asked = findings.exceptions(scope).filter(
        finding__environment_id=made.environment_id,
        finding__detector__in=(FAILURES, BROKEN),
        status__in=(ExceptionStatus.ACTIVE, ExceptionStatus.PENDING),
    )
    found: dict[str, Held] = {}
    for line in asked.order_by("status", "-requested_at"):
        rate, key = pinned_rate(line.pinned_value), by_subject.get(line.finding.subject_key)
        if rate is not None and key is not None:
            found.setdefault(key, Held(rate, line.pinned_rank))
    return found

"""Reads of findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When

from trueline.findings.exceptions import EXPIRING_DAYS, HOLDS, Decision, ExceptionStatus, Validity
from trueline.findings.models import (
    Finding,
    FindingComment,
    FindingCount,
    FindingDay,
    FindingException,
    FindingExceptionDecision,
    FindingLabel,
    FindingMention,
    FindingPause,
    FindingTerm,
    Label,
)
from trueline.findings.rules import LOOKED_AT, OPEN, RANK, SLA_DAYS, VERIFIED_CLEARED, FindingState, Severity
from trueline.findings.sla import Due, Pause, lead
from trueline.findings.workflow import STANDS_STILL_DAYS
from trueline.kit import clock
from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope

MOST_COUNTED = 1_000
"""What no table of counts answers is counted so far; a page says "more than" past it."""
_SEVERITY = {rank: str(severity) for severity, rank in RANK.items()}


def findings(scope: Scope) -> QuerySet[Finding]:
    """Findings in reach, the most severe first, then the latest seen."""
    found = in_reach(scope, Finding.objects.filter(workspace_id=scope.workspace_id))
    effective = Case(When(_lapsed(), then=Value(FindingState.REOPENED)), default=F("state"))
    return found.annotate(effective_state=effective).order_by("severity_rank", "-last_seen_at", "id")


def open_findings(scope: Scope) -> QuerySet[Finding]:
    """Those that still ask for something: open ones, and accepted ones whose decision does not hold at this moment."""
    return findings(scope).filter(state__in=LOOKED_AT).filter(~Q(state=FindingState.RISK_ACCEPTED) | _lapsed())


def findings_in(scope: Scope, state: str) -> QuerySet[Finding]:
    """Those in one state as it is shown."""
    found = findings(scope)
    if state == FindingState.REOPENED:
        return found.filter(Q(state=state) | _lapsed())
    if state == FindingState.RISK_ACCEPTED:
        return found.filter(state=state).exclude(_lapsed())
    return found.filter(state=state)


def _lapsed() -> Q:
    """Accepted, and nothing holds it: no decision, past its date, another value, or a higher severity."""
    holding = FindingException.objects.filter(
        workspace_id=OuterRef("workspace_id"),
        finding_id=OuterRef("id"),
        status=ExceptionStatus.ACTIVE,
        lapsed_at=None,
        expires_at__gt=clock.now(),
        pinned_digest=OuterRef("observed_digest"),
        pinned_rank__lte=OuterRef("severity_rank"),
    )
    return Q(state=FindingState.RISK_ACCEPTED) & Q(~Exists(holding))


def terms(scope: Scope) -> dict[Severity, int]:
    """Within how many days findings of each severity are to be done in this workspace, the most severe first."""
    own = dict(FindingTerm.objects.filter(workspace_id=scope.workspace_id).values_list("severity", "days"))
    return {severity: own.get(str(severity), days) for severity, days in SLA_DAYS.items()}


def standing_still(scope: Scope, found: QuerySet[Finding]) -> QuerySet[Finding]:
    """Of some findings those whose work has begun and then stopped; see `workflow.stands_still`."""
    since = clock.now() - timedelta(days=STANDS_STILL_DAYS)
    begun = in_reach(scope, found.filter(workspace_id=scope.workspace_id, state=FindingState.IN_PROGRESS))
    return begun.filter(Q(worked_at__lte=since) | Q(worked_at=None, updated_at__lte=since))


def due(scope: Scope, found: QuerySet[Finding], wanted: Due) -> QuerySet[Finding]:
    """Of some open findings those that are so near to their day."""
    mine, now = in_reach(scope, found.filter(workspace_id=scope.workspace_id)), clock.now()
    if wanted is Due.OVERDUE:
        return mine.filter(due_at__lte=now)
    days = terms(scope)
    edges = [Q(severity=severity, due_at__lte=now + lead(severity, days)) for severity in Severity]
    is_near = reduce(or_, edges)
    return mine.filter(is_near, due_at__gt=now) if wanted is Due.SOON else mine.exclude(is_near)


def pauses(scope: Scope, finding: Finding) -> list[Pause]:
    """When the clock of a finding in reach stood still, oldest first. Raises `NotVisible`."""
    if not scope.reaches(finding.environment_id):
        raise NotVisible
    rows = FindingPause.objects.filter(workspace_id=scope.workspace_id, finding_id=finding.pk).order_by("started_at")
    return [Pause(*row) for row in rows.values_list("started_at", "ended_at")]


def finding(scope: Scope, finding_id: UUID) -> Finding:
    """One finding. Raises `NotVisible`."""
    found = findings(scope).filter(id=finding_id).first()
    if found is None:
        raise NotVisible
    return found


def siblings(scope: Scope, finding: Finding) -> QuerySet[Finding]:
    """Other open findings of the same object."""
    same = open_findings(scope).filter(environment_id=finding.environment_id, subject_key=finding.subject_key)
    return same.exclude(id=finding.pk)


def open_counts(scope: Scope, environment_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Open findings of each environment by severity, in one statement. A severity without any is absent."""
    found: dict[UUID, dict[str, int]] = {}
    for environment_id, _area, rank, number in _open_numbers(scope, environment_ids, by_area=False):
        here = found.setdefault(environment_id, {})
        here[_SEVERITY[rank]] = here.get(_SEVERITY[rank], 0) + number
    return found


def _open_numbers(scope: Scope, environment_ids: Iterable[UUID], *, by_area: bool) -> Iterable[tuple[Any, ...]]:
    """Environment, area, rank and number of what is open: as counted, and accepted risk that does not hold now."""
    places = list(environment_ids)
    kept = _counts(scope).filter(environment_id__in=places, state__in=OPEN, number__gt=0)
    kept = kept.exclude(area="") if by_area else kept.filter(area="")
    lapsed = open_findings(scope).filter(state=FindingState.RISK_ACCEPTED, environment_id__in=places).order_by()
    area = F("area") if by_area else Value("")
    grouped = lapsed.values("environment_id", told=area, rank=F("severity_rank")).annotate(many=Count("id"))
    return kept.values_list("environment_id", "area", "severity_rank", "number").union(
        grouped.values_list("environment_id", "told", "rank", "many"), all=True
    )


def _counts(scope: Scope) -> QuerySet[FindingCount]:
    """Counts of environments in reach."""
    return in_reach(scope, FindingCount.objects.filter(workspace_id=scope.workspace_id))


def outcome_counts(scope: Scope) -> dict[UUID, tuple[int, int]]:
    """For each environment how many findings are verified cleared, and how many are open again after they were."""
    rows = findings(scope).order_by().values("environment_id")
    cleared, back = (
        Q(state="resolved", resolved_reason=VERIFIED_CLEARED),
        Q(Q(state__in=OPEN) | _lapsed(), times_reopened__gt=0),
    )
    counted = rows.annotate(cleared=Count("id", filter=cleared), back=Count("id", filter=back))
    return {row[0]: (row[1], row[2]) for row in counted.values_list("environment_id", "cleared", "back")}


def area_counts(scope: Scope, environment_ids: Sequence[UUID]) -> dict[tuple[UUID, str], tuple[int, int]]:
    """For each environment and area the number of open findings and the rank of the worst, in one statement."""
    found: dict[tuple[UUID, str], tuple[int, int]] = {}
    for environment_id, area, rank, number in _open_numbers(scope, environment_ids, by_area=True):
        sofar, worst = found.get((environment_id, area), (0, rank))
        found[environment_id, area] = (sofar + number, min(worst, rank))
    return found


def narrowed_to_few(scope: Scope, found: QuerySet[Finding]) -> QuerySet[Finding]:
    """The same findings, by their ids where they are fewer than `MOST_COUNTED`; for a filter that no index serves.

    A page in order walks the order's index until it is full: fast where much matches, and the whole table where
    little does.
    """
    mine = found.filter(workspace_id=scope.workspace_id)
    few = list(mine.order_by().values_list("id", flat=True)[:MOST_COUNTED])
    return mine if len(few) == MOST_COUNTED else findings(scope).filter(id__in=few)


def severity_counts(scope: Scope, found: QuerySet[Finding]) -> dict[str, int]:
    """How many of some findings there are of each severity, of the first `MOST_COUNTED`, in one statement.

    A severity without any is absent. For whole environments, areas and states `numbers` knows all, at no cost.
    """
    mine = found.filter(workspace_id=scope.workspace_id).order_by().values("id", "severity")[:MOST_COUNTED]
    counted = Finding.objects.filter(workspace_id=scope.workspace_id, id__in=mine.values("id"))
    return dict(counted.order_by().values_list("severity").annotate(number=Count("id")))


def numbers(
    scope: Scope, state: str, *, environment_ids: Sequence[UUID] | None = None, area: str = ""
) -> dict[str, int]:
    """How many findings there are of each severity, in one statement whatever their number.

    Args:
        scope: Who asks.
        state: As it is shown: one of `FindingState`, `open` or `all`.
        environment_ids: Only there; None for everywhere in reach.
        area: Only in that one; empty for all.
    """
    kept = _counts(scope).filter(area=area, state__in=_stored_states(state))
    lapsed = findings(scope).filter(_lapsed(), **({"area": area} if area else {})).order_by()
    if environment_ids is not None:
        kept, lapsed = (
            kept.filter(environment_id__in=environment_ids),
            lapsed.filter(environment_id__in=environment_ids),
        )
    sign = {"open": 1, FindingState.REOPENED: 1, FindingState.RISK_ACCEPTED: -1}.get(state, 0)
    added = lapsed.values(rank=F("severity_rank")).annotate(many=Count("id") * Value(sign))
    summed = kept.values("severity_rank").annotate(many=Sum("number"))
    found: dict[str, int] = {}
    rows = summed.values_list("severity_rank", "many").union(added.values_list("rank", "many"), all=True)
    for rank, many in rows:
        found[_SEVERITY[rank]] = found.get(_SEVERITY[rank], 0) + many
    return {severity: number for severity, number in found.items() if number}


def _stored_states(state: str) -> tuple[str, ...]:
    return {"open": OPEN, "all": tuple(FindingState)}.get(state, (state,))


def daily_changes(scope: Scope, since: date, environment_id: UUID | None = None) -> dict[tuple[date, int], int]:
    """By how much the number of open findings changed, by day (UTC) and rank of severity, from a day on.

    In one statement; days on which nothing changed are absent. Accepted risk that ran out counts from the day on which
    that was written down.
    """
    rows = in_reach(scope, FindingDay.objects.filter(workspace_id=scope.workspace_id, day__gte=since))
    if environment_id is not None:
        rows = rows.filter(environment_id=environment_id)
    summed = rows.values("day", "severity_rank").annotate(change=Sum("opened"))
    return {(day, rank): change for day, rank, change in summed.values_list("day", "severity_rank", "change")}


def areas_with_findings(scope: Scope) -> set[str]:
    """Areas in which anything was ever found in reach, for a filter."""
    return set(_counts(scope).filter(number__gt=0).exclude(area="").values_list("area", flat=True).distinct())


def labels(scope: Scope) -> QuerySet[Label]:
    """Labels that findings in reach bear, by name."""
    reached = in_reach(scope, Finding.objects.filter(workspace_id=scope.workspace_id, id=OuterRef("finding_id")))
    used = FindingLabel.objects.filter(workspace_id=scope.workspace_id, label_id=OuterRef("id")).filter(Exists(reached))
    return Label.objects.filter(workspace_id=scope.workspace_id).filter(Exists(used)).order_by("name", "id")


def labels_of(scope: Scope, finding_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The labels of each of some findings, by name, in one statement; a finding without any is absent."""
    reached = in_reach(scope, Finding.objects.filter(workspace_id=scope.workspace_id, id__in=finding_ids))
    rows = FindingLabel.objects.filter(workspace_id=scope.workspace_id, finding_id__in=reached.values("id"))
    found: dict[UUID, list[str]] = {}
    for finding_id, name in rows.order_by("label__name").values_list("finding_id", "label__name"):
        found.setdefault(finding_id, []).append(name)
    return found


def labelled(scope: Scope, found: QuerySet[Finding], label: str) -> QuerySet[Finding]:
    """Of some findings those that bear a label; capitals do not matter."""
    bearing = FindingLabel.objects.filter(workspace_id=scope.workspace_id, label__name__iexact=label)
    return in_reach(scope, found.filter(workspace_id=scope.workspace_id, id__in=bearing.values("finding_id")))


def comments(scope: Scope, finding: Finding) -> QuerySet[FindingComment]:
    """What was said about a finding in reach, oldest first. Raises `NotVisible`."""
    if not scope.reaches(finding.environment_id):
        raise NotVisible
    found = FindingComment.objects.filter(workspace_id=scope.workspace_id, finding_id=finding.pk)
    return found.order_by("created_at", "id")


def mentions(scope: Scope, finding: Finding, within: timedelta) -> QuerySet[FindingMention]:
    """Who was named lately in comments on a finding in reach. Raises `NotVisible`."""
    if not scope.reaches(finding.environment_id):
        raise NotVisible
    found = FindingMention.objects.filter(workspace_id=scope.workspace_id, comment__finding_id=finding.pk)
    return found.filter(mentioned_at__gt=clock.now() - within).order_by("mentioned_at", "id")


def exceptions(scope: Scope) -> QuerySet[FindingException]:
    """Decisions on risk for findings in reach, the latest request first."""
    found = FindingException.objects.filter(workspace_id=scope.workspace_id, finding__in=findings(scope).values("id"))
    return found.select_related("finding", "owner").order_by("-requested_at", "-id")


def exceptions_worth(scope: Scope, worth: Collection[Validity]) -> QuerySet[FindingException]:
    """Decisions that are worth one of these at this moment, as `exceptions.validity` says it of each."""
    return exceptions(scope).filter(_worth(worth))


def ended_exceptions(scope: Scope, since: datetime) -> QuerySet[FindingException]:
    """Decisions that came to their end from a moment on, and those that ended and nobody has written it down yet."""
    superseded = FindingExceptionDecision.objects.filter(
        workspace_id=OuterRef("workspace_id"),
        exception_id=OuterRef("id"),
        decision=Decision.SUPERSEDED,
        decided_at__gte=since,
    )
    return exceptions(scope).filter(
        (_worth([Validity.STALE]) & (Q(lapsed_at=None) | Q(lapsed_at__gte=since)))
        | (_worth([Validity.EXPIRED]) & Q(expires_at__gte=since))
        | (_worth([Validity.REJECTED, Validity.REVOKED]) & Q(decided_at__gte=since))
        | (_worth([Validity.SUPERSEDED]) & Q(Exists(superseded)))
    )


def _worth(worth: Collection[Validity]) -> Q:
    """The conditions of `exceptions.validity`, in its order."""
    now = clock.now()
    soon = now + timedelta(days=EXPIRING_DAYS)
    active = Q(status=ExceptionStatus.ACTIVE)
    same = Q(pinned_digest=F("finding__observed_digest"), pinned_rank__lte=F("finding__severity_rank"))
    holding = active & same & Q(lapsed_at=None)
    known = {
        Validity.STALE: active & (~same | Q(lapsed_at__isnull=False, expires_at__gt=now)),
        Validity.EXPIRED: active & same & Q(expires_at__lte=now),
        Validity.EXPIRING: holding & Q(expires_at__gt=now, expires_at__lte=soon),
        Validity.VALID: holding & Q(expires_at__gt=soon),
    }
    return reduce(or_, [known.get(one, Q(status=str(one))) for one in worth], Q(pk__in=[]))


def ending_exceptions(scope: Scope, within: timedelta) -> QuerySet[FindingException]:
    """Accepted risks in reach that hold now and end within a time, the first to end first."""
    holding = exceptions_worth(scope, sorted(HOLDS)).filter(expires_at__lte=clock.now() + within)
    return holding.order_by("expires_at", "id")


def would_pass(scope: Scope, environment_id: UUID) -> int:
    """How many findings are open there when somebody has asked for each of them to be accepted as it is; else 0.

    A hint and never a verdict: what was only asked for counts as open.
    """
    asked = FindingException.objects.filter(
        workspace_id=OuterRef("workspace_id"),
        finding_id=OuterRef("id"),
        status=ExceptionStatus.PENDING,
        expires_at__gt=clock.now(),
        pinned_digest=OuterRef("observed_digest"),
        pinned_rank=OuterRef("severity_rank"),
    )
    there = open_findings(scope).filter(environment_id=environment_id).order_by()
    return 0 if there.filter(~Exists(asked)).exists() else there.count()


def exceptions_of(scope: Scope, finding: Finding) -> QuerySet[FindingException]:
    """Every decision on one finding, the latest request first."""
    return exceptions(scope).filter(finding_id=finding.pk)


def decisions(scope: Scope, exception_ids: Sequence[UUID]) -> QuerySet[FindingExceptionDecision]:
    """The steps of exceptions in reach, oldest first."""
    reached = exceptions(scope).filter(id__in=exception_ids).order_by().values("id")
    found = FindingExceptionDecision.objects.filter(workspace_id=scope.workspace_id, exception_id__in=reached)
    return found.order_by("decided_at", "id")

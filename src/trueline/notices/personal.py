"""Who is told of what: derived from the trail, and from dates that come near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from trueline.audit.models import AuditEvent
from trueline.findings import queries as findings
from trueline.findings.models import Finding
from trueline.findings.rules import OPEN, FindingState
from trueline.findings.sla import Due, due
from trueline.kit import clock
from trueline.kit.scope import ActorKind, NotVisible, Scope
from trueline.notices.rules import Cause
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_LONGEST_LEAD = timedelta(days=3)
_LATELY = timedelta(days=1)
_MOST_DUE = 2_000
_TRANSACTION = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """That one person is to be told of one finding.

    Attributes:
        cycle: Which time it is of this cause; the same one is told once, whoever looks again.
    """

    user_id: UUID
    cause: Cause
    finding: Finding
    cycle: str
    actor_label: str = ""


def told_by(scope: Scope, event: AuditEvent) -> Iterator[Told]:
    """Whom an event concerns. Nobody is told of what they did themselves."""
    if event.action == "findings:finding:assign" and event.after.get("assignee"):
        yield from _assigned(scope, event)
    elif event.action in ("findings:finding:move", "findings:exception:lapse", "findings:finding:detect"):
        yield from _reopened(scope, event)
    elif event.action == "findings:finding:comment":
        yield from _mentioned(scope, event)
    elif event.action == "findings:exception:request":
        yield from _approval_wanted(scope, event)


def told_by_date(scope: Scope) -> Iterator[Told]:
    """Whose findings are due soon, or overdue, at this moment."""
    now, terms = clock.now(), findings.terms(scope)
    near = findings.findings(scope).filter(state__in=OPEN, assignee__isnull=False, due_at__lte=now + _LONGEST_LEAD)
    for finding in near.order_by("due_at", "id")[:_MOST_DUE]:
        nearness = due(finding.due_at, finding.severity, now, terms)
        if nearness is not Due.ON_TIME:
            cause = Cause.OVERDUE if nearness is Due.OVERDUE else Cause.DUE_SOON
            yield _told(cause, finding, finding.due_at.isoformat())


def _told(cause: Cause, finding: Finding, cycle: str, actor_label: str = "") -> Told:
    assert finding.assignee_id is not None
    return Told(finding.assignee_id, cause, finding, cycle, actor_label)


def _assigned(scope: Scope, event: AuditEvent) -> Iterator[Told]:
    finding = findings.findings(scope).filter(id=UUID(event.subject_id)).first()
    if finding is not None and finding.assignee_id is not None and str(finding.assignee_id) != event.actor_id:
        yield _told(Cause.ASSIGNED, finding, str(event.sequence), event.actor_label)


def _reopened(scope: Scope, event: AuditEvent) -> Iterator[Told]:
    found = findings.findings(scope).filter(state=FindingState.REOPENED, assignee__isnull=False)
    if event.action == "findings:finding:detect":
        window = (event.recorded_at - _TRANSACTION, event.recorded_at)
        found = found.filter(environment_id=UUID(str(event.environment_id)), reopened_at__range=window)
    else:
        found = found.filter(id=UUID(event.subject_id))
    for finding in found[:_MOST_DUE]:
        if str(finding.assignee_id) != event.actor_id:
            yield _told(Cause.REOPENED, finding, str(finding.times_reopened))


def _mentioned(scope: Scope, event: AuditEvent) -> Iterator[Told]:
    finding = findings.findings(scope).filter(id=UUID(event.subject_id)).first()
    if finding is None:
        return
    for mention in findings.mentions(scope, finding, _LATELY):  # each comment is told once, however often it is seen
        if str(mention.user_id) != event.actor_id:
            yield Told(mention.user_id, Cause.MENTIONED, finding, str(mention.comment_id), event.actor_label)


def _approval_wanted(scope: Scope, event: AuditEvent) -> Iterator[Told]:
    finding = findings.findings(scope).filter(id=UUID(event.subject_id)).first()
    if finding is None:
        return
    for member in workspaces.members(scope).filter(suspended_at=None, user__is_active=True):
        if str(member.user_id) != event.actor_id and _may_approve(scope, member.user_id, finding):
            yield Told(member.user_id, Cause.APPROVAL_WANTED, finding, str(event.sequence), event.actor_label)


def _may_approve(scope: Scope, user_id: UUID, finding: Finding) -> bool:
    theirs = scope_of(scope, user_id)
    return theirs is not None and theirs.may(Capability.EXCEPTIONS_APPROVE, finding.environment_id)


def scope_of(scope: Scope, user_id: UUID) -> Scope | None:
    """What a person reaches in this workspace at this moment; None when they do not belong to it any more."""
    assert scope.actor.kind is ActorKind.SYSTEM  # only Trueline itself asks what others reach
    user = workspaces.person_by_id(user_id)
    if user is None:
        return None
    try:
        return access.enter(user, scope.workspace_id)
    except NotVisible:
        return None

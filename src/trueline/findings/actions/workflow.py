"""What people do with findings: one function for every move, for the page, the API and jobs alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from trueline.audit import queries as audit
from trueline.audit.actions import record
from trueline.findings import queries
from trueline.findings.actions._rows import all_workable, locked, subject_of
from trueline.findings.actions.accepting import end_acceptance, settle
from trueline.findings.errors import MoveRefused, NotAMember, ReasonMissing, UndoRefused
from trueline.findings.models import Finding, FindingComment, FindingMention
from trueline.findings.rules import FindingState, Severity
from trueline.findings.workflow import (
    LEADS_TO,
    REMEDIATED,
    UNDO_MINUTES,
    CloseReason,
    Verb,
    is_named,
    verbs,
)
from trueline.kit import clock
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.models import User
from trueline.workspaces.rules import Capability

MOVE = "findings:finding:move"
NOT_ENDED: dict[str, Any] = {"resolved_at": None, "resolved_reason": "", "closed_at": None, "closed_reason": ""}
_LONGEST_COMMENT = 4_000


@dataclass(frozen=True, slots=True)
class Step:
    """What shall be done, and the reason where one is asked for."""

    verb: Verb
    reason: str = ""


@transaction.atomic
def move_findings(scope: Scope, finding_ids: Sequence[UUID], step: Step, *, actor: Actor) -> list[Finding]:
    """Do one step with several findings, all or none, with one event for each.

    Raises `NotVisible` when one of them is out of reach, whether it exists or not; `MoveRefused` when one is in a state
    that does not allow the step; `ReasonMissing`.
    """
    if step.verb is Verb.CLOSE and step.reason not in set(CloseReason):
        raise ReasonMissing
    terms = queries.terms(scope)
    return [_moved(scope, finding, step, actor, terms) for finding in all_workable(scope, finding_ids)]


@transaction.atomic
def undo_moves(scope: Scope, finding_ids: Sequence[UUID], *, actor: Actor) -> list[Finding]:
    """Take back that findings were marked as remediated or closed, all or none, with one event for each.

    They are open again as before: no recurrence is counted and the day they are due stays. Raises `NotVisible`, and
    `UndoRefused` unless the last thing done with each is that the same actor ended it within `UNDO_MINUTES`.
    """
    found = all_workable(scope, finding_ids)
    for finding in found:
        _require_own_end(scope, finding, actor)
    return [_taken_back(scope, finding, actor) for finding in found]


def _require_own_end(scope: Scope, finding: Finding, actor: Actor) -> None:
    last = audit.history(scope, "finding", str(finding.pk)).first()
    is_ended = finding.state == FindingState.CLOSED or finding.resolved_reason == REMEDIATED
    is_own = last is not None and (last.action, last.actor_kind, last.actor_id) == (MOVE, actor.kind, actor.id)
    if not is_ended or not is_own or last is None:
        raise UndoRefused
    if last.recorded_at < clock.now() - timedelta(minutes=UNDO_MINUTES):
        raise UndoRefused


def _taken_back(scope: Scope, finding: Finding, actor: Actor) -> Finding:
    before = finding.state
    _change(finding, {"state": FindingState.REOPENED, "updated_at": clock.now(), **NOT_ENDED})
    record(
        scope.workspace_id,
        "findings:finding:undo",
        subject_of(finding),
        actor=actor,
        before={"state": str(before)},
        after={"state": str(finding.state)},
    )
    return finding


def _moved(scope: Scope, finding: Finding, step: Step, actor: Actor, terms: Mapping[Severity, int]) -> Finding:
    if finding.state != finding.shown_state:
        settle(scope, [finding], actor=actor)
    if step.verb not in verbs(finding.state):
        raise MoveRefused
    before = finding.state
    if before == FindingState.RISK_ACCEPTED:
        end_acceptance(finding, actor=actor)
    else:
        _change(finding, _changes(finding, step, actor, terms))
    record(
        scope.workspace_id,
        MOVE,
        subject_of(finding),
        actor=actor,
        before={"state": str(before)},
        after={"state": str(finding.state), "reason": step.reason},
    )
    return finding


def _change(finding: Finding, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(finding, name, value)
    finding.save(update_fields=list(changes))


def _changes(finding: Finding, step: Step, actor: Actor, terms: Mapping[Severity, int]) -> dict[str, Any]:
    """The columns that a step changes. Leaving an end state clears what belonged to it."""
    now = clock.now()
    changes: dict[str, Any] = {"state": LEADS_TO[step.verb], "updated_at": now, "worked_at": now}
    if step.verb is Verb.TAKE and actor.kind is ActorKind.HUMAN:
        changes |= {"assignee_id": UUID(actor.id), "owner_id": finding.owner_id or UUID(actor.id)}
    elif step.verb is Verb.REMEDIATE:
        changes |= {"resolved_at": now, "resolved_reason": REMEDIATED}
    elif step.verb is Verb.CLOSE:
        changes |= {"closed_at": now, "closed_reason": step.reason}
    elif step.verb is Verb.REOPEN:
        changes |= {**NOT_ENDED, "reopened_at": now, "times_reopened": finding.times_reopened + 1}
        changes["due_at"] = now + timedelta(days=terms[Severity(finding.severity)])
    return changes


def assign_finding(scope: Scope, finding_id: UUID, user: User | None, *, actor: Actor) -> Finding:
    """Say who works on it, or nobody. Raises `NotVisible`, `MoveRefused` for an ended finding, `NotAMember`."""
    return assign_findings(scope, [finding_id], user, actor=actor)[0]


@transaction.atomic
def assign_findings(scope: Scope, finding_ids: Sequence[UUID], user: User | None, *, actor: Actor) -> list[Finding]:
    """Say who works on several findings, or nobody; all or none, with one event for each. Raises as for one."""
    return [_assigned(scope, finding, user, actor) for finding in all_workable(scope, finding_ids)]


def _assigned(scope: Scope, finding: Finding, user: User | None, actor: Actor) -> Finding:
    if not finding.is_open:
        raise MoveRefused
    if user is not None:
        _require_reach(scope, user, finding)
    finding.assignee, finding.updated_at = user, clock.now()
    finding.worked_at = finding.updated_at
    finding.save(update_fields=["assignee", "updated_at", "worked_at"])
    after = {"assignee": str(user) if user else ""}
    record(scope.workspace_id, "findings:finding:assign", subject_of(finding), actor=actor, after=after)
    return finding


@transaction.atomic
def comment_finding(scope: Scope, finding_id: UUID, text: str, *, actor: Actor) -> FindingComment | None:
    """Add a comment; None, and nothing written, when there is no text in it."""
    finding = _workable(scope, finding_id)
    body = text.strip()[:_LONGEST_COMMENT]
    if not body:
        return None
    comment = FindingComment.objects.create(
        workspace_id=scope.workspace_id, finding=finding, author_id=actor.id, author_label=actor.label, body=body
    )
    finding.worked_at = comment.created_at
    finding.save(update_fields=["worked_at"])
    named = _named(scope, finding, body)
    FindingMention.objects.bulk_create(
        FindingMention(workspace_id=scope.workspace_id, comment=comment, user=user) for user in named
    )
    after = {"names": ", ".join(map(str, named))} if named else {}
    record(scope.workspace_id, "findings:finding:comment", subject_of(finding), actor=actor, after=after)
    return comment


def _named(scope: Scope, finding: Finding, body: str) -> list[User]:
    """Members whom a comment names by @ and their name or address, and who may see the finding."""
    text = body.casefold()
    if "@" not in text:
        return []
    people = [one.user for one in workspaces.members(scope).filter(suspended_at=None)]
    named = [one for one in people if any(is_named(text, word) for word in (str(one), one.email))]
    return [one for one in named if _sees(scope, one, finding)]


def _sees(scope: Scope, user: User, finding: Finding) -> bool:
    return access.enter(user, scope.workspace_id).may(Capability.FINDINGS_VIEW, finding.environment_id)


def _workable(scope: Scope, finding_id: UUID) -> Finding:
    finding = locked(scope, finding_id)
    scope.require(Capability.FINDINGS_WORK, finding.environment_id)
    return finding


def _require_reach(scope: Scope, user: User, finding: Finding) -> None:
    try:
        theirs = access.enter(user, scope.workspace_id)
    except NotVisible as error:
        raise NotAMember from error
    if not theirs.may(Capability.FINDINGS_WORK, finding.environment_id):
        raise NotAMember

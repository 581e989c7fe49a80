"""Findings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import labels, readings
from trueline.api.schemas.shapes import Paging
from trueline.findings import queries
from trueline.findings.actions import labelling, workflow
from trueline.findings.actions.labelling import Relabel
from trueline.findings.errors import EmptyComment
from trueline.findings.models import Finding, FindingComment, Label
from trueline.findings.rules import FindingState
from trueline.kit.scope import NotVisible
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

_TAG = "Findings"
_WORK = Capability.FINDINGS_WORK
_ONE = "/findings/{uuid:finding_id}"
_ORDER = ("severity_rank", "-last_seen_at", "id")
_COPIED = (
    "severity", "kind", "detector", "area", "object_type", "subject_name", "subject_key", "facet", "path",
    "expected", "observed", "first_seen_at", "last_seen_at", "times_seen", "times_reopened", "due_at", "reopened_at",
    "resolved_at", "resolved_reason", "closed_at", "closed_reason", "updated_at",
)  # fmt: skip


@operation("GET", "/findings", Capability.FINDINGS_VIEW, readings.FindingPage, tag=_TAG)
def list_findings(asked: Asked, filters: Query[readings.FindingFilter]) -> dict[str, Any]:
    """Findings in reach, the most severe first, then the latest seen.

    All states unless `state` says otherwise; `state=open` for those that still ask for something.
    """
    found = _filtered(asked, filters)
    return page(asked, filters, found, _ORDER, lambda rows: _shown(asked, rows))


@operation("GET", _ONE, Capability.FINDINGS_VIEW, readings.Finding, tag=_TAG, record=True)
def get_finding(asked: Asked, finding_id: UUID) -> readings.Finding:
    """One finding: what should be, what is, and how it came about."""
    found = queries.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_VIEW, found.environment_id)
    return _shown(asked, [found])[0]


@operation("POST", "/findings/moves", _WORK, readings.Findings, tag=_TAG, record=True)
def move_findings(asked: Asked, given: readings.FindingMove) -> readings.Findings:
    """Do one step with several findings, all or none, each with its own event in the trail.

    Answers 404 when one of them is out of reach, whether it exists or not, and 409 when one is in a state that does not
    allow the step.
    """
    step = workflow.Step(given.verb, given.reason or "")
    return _after(asked, workflow.move_findings(asked.scope, given.finding_ids, step, actor=asked.actor))


@operation("POST", "/findings/undo", _WORK, readings.Findings, tag=_TAG, record=True)
def undo_moves(asked: Asked, given: readings.ChosenFindings) -> readings.Findings:
    """Take back that findings were marked as remediated or closed, within 15 minutes and by the same caller.

    They are open again as before. Answers 409 when somebody else did it, or when anything has happened since.
    """
    return _after(asked, workflow.undo_moves(asked.scope, given.finding_ids, actor=asked.actor))


@operation("POST", "/findings/assignments", _WORK, readings.Findings, tag=_TAG, record=True)
def assign_findings(asked: Asked, given: readings.FindingAssignment) -> readings.Findings:
    """Say who works on several findings, or nobody; all or none. The person must reach every one of them."""
    member = workspaces.members(asked.scope).filter(user_id=given.user_id).first() if given.user_id else None
    if given.user_id and member is None:
        raise NotVisible
    user = member.user if member else None
    return _after(asked, workflow.assign_findings(asked.scope, given.finding_ids, user, actor=asked.actor))


@operation("POST", "/findings/labels", _WORK, readings.Findings, tag=_TAG, record=True)
def label_findings(asked: Asked, given: labels.FindingLabels) -> readings.Findings:
    """Put labels on several findings and take labels off, all or none; capitals do not tell two labels apart."""
    change = Relabel(given.add, given.remove)
    return _after(asked, labelling.label_findings(asked.scope, given.finding_ids, change, actor=asked.actor))


@operation("GET", "/labels", Capability.FINDINGS_VIEW, labels.LabelPage, tag=_TAG)
def list_labels(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Labels that findings in reach bear, by name."""
    return page(asked, filters, queries.labels(asked.scope), ("name", "id"), _words)


def _words(rows: list[Label]) -> list[labels.Label]:
    return [labels.Label(id=one.pk, name=one.name) for one in rows]


@operation("GET", _ONE + "/comments", Capability.FINDINGS_VIEW, readings.CommentPage, tag=_TAG, record=True)
def list_comments(asked: Asked, finding_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """What was said about a finding, oldest first."""
    found = queries.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_VIEW, found.environment_id)
    return page(asked, filters, queries.comments(asked.scope, found), ("created_at", "id"), _said)


@operation("POST", _ONE + "/comments", _WORK, readings.Comment, tag=_TAG, success=201, record=True)
def comment_finding(asked: Asked, finding_id: UUID, given: readings.NewComment) -> readings.Comment:
    """Say something about a finding; it never changes afterwards."""
    made = workflow.comment_finding(asked.scope, finding_id, given.text, actor=asked.actor)
    if made is None:
        raise EmptyComment
    asked.made("findings", finding_id, "comments")
    return _said([made])[0]


def _said(rows: list[FindingComment]) -> list[readings.Comment]:
    return [
        readings.Comment(id=one.pk, author=one.author_label, text=one.body, created_at=one.created_at) for one in rows
    ]


def _after(asked: Asked, done: list[Finding]) -> readings.Findings:
    """The findings as they are to be seen after a write."""
    ids = [one.pk for one in done]
    return readings.Findings(items=_shown(asked, list(queries.findings(asked.scope).filter(id__in=ids).order_by("id"))))


def _filtered(asked: Asked, filters: readings.FindingFilter) -> QuerySet[Finding]:
    found = queries.findings(asked.scope)
    if filters.state:
        is_open = filters.state == "open"
        found = queries.open_findings(asked.scope) if is_open else queries.findings_in(asked.scope, filters.state)
    if filters.due:
        found = queries.due(asked.scope, queries.open_findings(asked.scope), filters.due)
    if filters.environment:
        found = found.filter(environment_id=access.environment_in_any_state(asked.scope, filters.environment).pk)
    if filters.standard_id:
        found = found.filter(standard_id=str(filters.standard_id))
    if filters.q:
        found = found.filter(Q(subject_name__icontains=filters.q) | Q(path__icontains=filters.q))
    if filters.label:
        found = queries.labelled(asked.scope, found, filters.label)
    exact = {name: value for name in ("severity", "area", "detector") if (value := getattr(filters, name))}
    return found.filter(**exact)


def _shown(asked: Asked, rows: list[Finding]) -> list[readings.Finding]:
    borne = queries.labels_of(asked.scope, [one.pk for one in rows])
    slugs = {one.pk: one.slug for one in workspaces.environments(asked.scope)}
    return [
        readings.Finding(
            id=one.pk,
            environment=slugs[one.environment_id],
            standard_id=UUID(one.standard_id) if one.standard_id else None,
            capture_id=one.snapshot_id,
            scan_id=one.scan_id,
            labels=borne.get(one.pk, []),
            state=FindingState(one.shown_state),
            **{name: getattr(one, name) for name in _COPIED},
        )
        for one in rows
    ]

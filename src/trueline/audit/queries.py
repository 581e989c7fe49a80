"""Reads of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from trueline.audit.models import AuditEvent, AuditHead
from trueline.audit.rules import BODY_FIELDS, GENESIS, Link, Verdict, body_of, verify
from trueline.kit.scope import Scope

_CHUNK = 5_000
_SEALS = ("sequence", "body_digest", "previous_digest", "digest")


def events(scope: Scope) -> QuerySet[AuditEvent]:
    """Events the reader may see, newest first; those of environments out of reach are left out."""
    found = AuditEvent.objects.filter(workspace_id=scope.workspace_id)
    if scope.environment_ids is not None:
        found = found.filter(Q(environment_id=None) | Q(environment_id__in=scope.environment_ids))
    if scope.excluded_ids:
        found = found.exclude(environment_id__in=scope.excluded_ids)
    return found.order_by("-sequence")


def history(scope: Scope, subject_type: str, subject_id: str) -> QuerySet[AuditEvent]:
    """What was done to one record, newest first."""
    return events(scope).filter(subject_type=subject_type, subject_id=subject_id)


# lint: allow TL003 the installation has a chain as well, and no scope
def chain_verdict(workspace_id: UUID) -> Verdict:
    """Check the whole chain of a workspace, in bounded memory."""
    with transaction.atomic():
        head = AuditHead.objects.filter(workspace_id=workspace_id).values_list("sequence", "digest").first()
        return verify(str(workspace_id), _links(workspace_id), head=head or (0, GENESIS))


def _links(workspace_id: UUID) -> Iterator[Link]:
    rows = AuditEvent.objects.filter(workspace_id=workspace_id).order_by("sequence")
    for event in rows.values(*BODY_FIELDS, *_SEALS).iterator(chunk_size=_CHUNK):
        yield Link(body=body_of(event), **{name: event[name] for name in _SEALS})

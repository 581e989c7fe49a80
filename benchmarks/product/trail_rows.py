"""A long chain, written past the application: sealed as it seals, in one COPY. Imported when Django is ready."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks.product.installation import administrator
from trueline.audit.models import AuditEvent, AuditHead
from trueline.audit.rules import VALUE_FIELDS, body_digest, body_of, link_digest
from trueline.kit import clock, digest, ids

_KINDS: tuple[dict[str, Any], ...] = (
    {"action": "operations:run:start", "after": {"type": "inventory.capture"}},
    {"action": "workspaces:environment:create"},
    {
        "action": "findings:finding:move",
        "before": {"state": "new"},
        "after": {"state": "closed", "reason": 'Gehört so; siehe "Standard".'},
    },
    {"action": "findings:finding:detect", "after": {"created": 12, "touched": 3_000, "cleared": 0, "complete": True}},
    {"action": "workspaces:membership:change", "before": {"role": "viewer"}, "after": {"role": "operator"}},
)
_COLUMNS = tuple(field.column for field in AuditEvent._meta.concrete_fields)  # noqa: SLF001 - every column, by name


def fill(workspace_id: UUID, count: int) -> None:
    """Append so many events to a workspace's chain."""
    head = AuditHead.objects.get(workspace_id=workspace_id)
    with administrator() as admin, admin.cursor() as cursor:
        with cursor.copy(f"copy audit_auditevent ({', '.join(_COLUMNS)}) from stdin") as copy:
            for row in _rows(head, count):
                copy.write_row([row[name] for name in _COLUMNS])
        cursor.execute(
            "update audit_audithead set sequence = %s, digest = %s where workspace_id = %s",
            [head.sequence, head.digest, workspace_id],
        )
        cursor.execute("vacuum analyze audit_auditevent")


def _rows(head: AuditHead, count: int) -> Iterator[dict[str, Any]]:
    began, subject, environment = clock.now(), str(ids.new()), ids.new()
    for number in range(count):
        row: dict[str, Any] = {
            "recorded_at": began + timedelta(milliseconds=number),
            "actor_kind": "human",
            "actor_id": subject,
            "actor_label": "Jörg Müller" if number % 4 else "Olga Owner",
            "on_behalf_of": "",
            "subject_type": "finding",
            "subject_id": subject,
            "subject_label": f"Finding {number}",
            "environment_id": environment,
            "environment_label": "North",
            "before": {},
            "after": {},
            "outcome": "success",
            "request_id": "0123456789abcdef",
            **_KINDS[number % len(_KINDS)],
        }
        yield _sealed(head, row)


def _sealed(head: AuditHead, row: dict[str, Any]) -> dict[str, Any]:
    """The row in its place; the head moves to it."""
    body, previous = body_digest(body_of(row)), head.digest
    head.sequence += 1
    head.digest = link_digest(str(head.workspace_id), head.sequence, previous, body)
    values = {name: digest.canonical(row[name]).decode() for name in VALUE_FIELDS}
    seals = {"body_digest": body, "previous_digest": previous, "digest": head.digest}
    return {**row, **values, **seals, "id": ids.new(), "workspace_id": head.workspace_id, "sequence": head.sequence}

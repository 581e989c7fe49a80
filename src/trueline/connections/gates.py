"""What a connection adds to the decision on a run."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop as _

from trueline.connections import queries
from trueline.kit.scope import NotVisible, Scope
from trueline.operations.models import OperationRun
from trueline.operations.rules import Denial


def connection_gate(scope: Scope, run: OperationRun) -> Denial | None:
    """Refuse a run whose connection is gone, switched off, or belongs to another environment."""
    connection_id = run.parameters.get("connection_id")
    if connection_id is None:
        return None
    try:
        found = queries.connection(scope, UUID(connection_id))
    except NotVisible:
        return Denial("connection_missing", _("The connection does not exist any more."), retryable=False)
    if found.environment_id != run.environment_id:
        return Denial("connection_missing", _("The connection does not exist any more."), retryable=False)
    if found.disabled_at is not None:
        return Denial("connection_disabled", _("The connection is switched off."), retryable=True)
    return None

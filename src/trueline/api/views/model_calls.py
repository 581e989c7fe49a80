"""Questions that a language model was asked for rules."""

from __future__ import annotations

from typing import Any

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import agents
from trueline.evaluations import queries
from trueline.evaluations.models import ModelCall
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

_VIEW = Capability.FINDINGS_VIEW
_COPIED = (
    "id", "environment_id", "run_id", "trace_id", "asked_at", "model", "question", "payload_digest", "is_answered",
    "holds", "reason", "input_tokens", "output_tokens", "cost", "latency_ms",
)  # fmt: skip


@operation("GET", "/model-calls", _VIEW, agents.ModelCallPage, tag="Scans")
def list_model_calls(asked: Asked, filters: Query[agents.ModelCallFilter]) -> dict[str, Any]:
    """Every question to the language model about environments in reach, the latest first: answer, tokens, cost."""
    found = queries.all_model_calls(asked.scope)
    if filters.environment:
        found = found.filter(environment_id=access.environment_in_any_state(asked.scope, filters.environment).pk)
    if filters.run_id:
        found = found.filter(run_id=filters.run_id)
    return page(asked, filters, found, ("-asked_at", "-id"), lambda rows: [_shown(one) for one in rows])


def _shown(call: ModelCall) -> agents.ModelCall:
    return agents.ModelCall(**{name: getattr(call, name) for name in _COPIED})

"""What a system of agents consists of. Confirming is done on its pages, by a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import agents
from trueline.api.schemas.shapes import Paging
from trueline.api.views.scans import looked_at
from trueline.systems import models, queries
from trueline.systems.actions.graph import declare_part
from trueline.systems.actions.templates import declare_template
from trueline.systems.prompts import text_of
from trueline.workspaces import access
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

_TAG = "Systems of agents"
_VIEW, _PROMPTS, _MANAGE = Capability.FINDINGS_VIEW, Capability.TRACES_VIEW, Capability.ENVIRONMENTS_MANAGE
_GRAPH = "/environments/{slug:environment}/graph"
_TEMPLATES = "/environments/{slug:environment}/prompt-templates"
_PART = (
    "id", "kind", "agent", "target", "origin", "state", "runs", "calls", "failed", "seconds", "tokens", "cost",
    "first_seen_at", "last_seen_at", "decided_at",
)  # fmt: skip


@operation("GET", _GRAPH, _VIEW, agents.GraphPage, tag=_TAG, record=True)
def list_graph(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Agents of a system, whom they call, their tools and models; discarded parts too."""
    place = looked_at(asked, environment, _VIEW)
    parts = queries.graph_parts(asked.scope, place.pk)
    return page(asked, filters, parts, ("kind", "agent", "target", "id"), lambda rows: [_part(one) for one in rows])


@operation("POST", _GRAPH, _MANAGE, agents.GraphPart, tag=_TAG, success=201, record=True)
def declare_graph_part(asked: Asked, environment: str, given: agents.NewGraphPart) -> agents.GraphPart:
    """Declare an agent, or a way from it to another agent, a tool or a model.

    What a program declares is a draft until a person confirms it. Answers 422 when the graph has it already.
    """
    place = access.environment(asked.scope, environment)
    asked.scope.require(_MANAGE, place.pk)
    made = declare_part(asked.scope, place.pk, given.kind, given.agent, given.target, actor=asked.actor, decider=None)
    asked.made("environments", place.slug, "graph")
    return _part(made)


@operation("GET", _TEMPLATES, _PROMPTS, agents.TemplatePage, tag=_TAG, record=True)
def list_templates(asked: Asked, environment: str, filters: Query[Paging]) -> dict[str, Any]:
    """Prompt templates of a system by agent; discarded ones too."""
    place = looked_at(asked, environment, _PROMPTS)
    found = queries.prompt_templates(asked.scope, place.pk)
    order = ("agent", "-read_count", "id")
    return page(asked, filters, found, order, lambda rows: [_template(one, place) for one in rows])


@operation("POST", _TEMPLATES, _MANAGE, agents.PromptTemplate, tag=_TAG, success=201, record=True)
def declare_prompt_template(asked: Asked, environment: str, given: agents.NewTemplate) -> agents.PromptTemplate:
    """Declare a template in place of having it read off traces.

    What a program declares is a draft until a person confirms it.
    """
    place = access.environment(asked.scope, environment)
    asked.scope.require(_MANAGE, place.pk)
    made = declare_template(asked.scope, place.pk, given.agent, given.role, given.text, actor=asked.actor, decider=None)
    asked.made("prompt-templates", made.pk)
    return _template(made, place)


@operation("GET", "/prompt-templates/{uuid:prompt_template_id}", _PROMPTS, agents.PromptTemplate, tag=_TAG, record=True)
def get_template(asked: Asked, prompt_template_id: UUID) -> agents.PromptTemplate:
    """One template with its segments."""
    found = queries.prompt_template(asked.scope, prompt_template_id)
    asked.scope.require(_PROMPTS, found.environment_id)
    return _template(found, access.environment_by_id(asked.scope, found.environment_id))


def _part(one: models.GraphPart) -> agents.GraphPart:
    return agents.GraphPart(decided_by=one.decided_by_label, **{name: getattr(one, name) for name in _PART})


def _template(one: models.PromptTemplate, place: Environment) -> agents.PromptTemplate:
    names = ("id", "agent", "role", "origin", "state", "confidence", "trace_ids", "last_seen_at")
    return agents.PromptTemplate(
        environment=place.slug,
        text=text_of(one.shown),
        segments=one.shown,
        prompts=one.prompts_count,
        read=one.read_count,
        decided_by=one.decided_by_label,
        **{name: getattr(one, name) for name in names},
    )

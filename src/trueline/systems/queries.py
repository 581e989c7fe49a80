"""Reads of graphs and templates."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from trueline.kit.database.reach import in_reach
from trueline.kit.scope import NotVisible, Scope
from trueline.systems.models import GraphPart, PromptTemplate


def graph_parts(scope: Scope, environment_id: UUID) -> QuerySet[GraphPart]:
    """Every part of the graph of an environment in reach, by kind and name; discarded ones too."""
    mine = GraphPart.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return in_reach(scope, mine).order_by("kind", "agent", "target", "id")


def graph_part(scope: Scope, graph_part_id: UUID) -> GraphPart:
    """One part. Raises `NotVisible`."""
    mine = GraphPart.objects.filter(workspace_id=scope.workspace_id, id=graph_part_id)
    found = in_reach(scope, mine).first()
    if found is None:
        raise NotVisible
    return found


def prompt_templates(scope: Scope, environment_id: UUID) -> QuerySet[PromptTemplate]:
    """Templates of an environment in reach, by agent, those that read most prompts first."""
    mine = PromptTemplate.objects.filter(workspace_id=scope.workspace_id, environment_id=environment_id)
    return in_reach(scope, mine).order_by("agent", "-read_count", "id")


def prompt_template(scope: Scope, prompt_template_id: UUID) -> PromptTemplate:
    """One template. Raises `NotVisible`."""
    mine = PromptTemplate.objects.filter(workspace_id=scope.workspace_id, id=prompt_template_id)
    found = in_reach(scope, mine).first()
    if found is None:
        raise NotVisible
    return found

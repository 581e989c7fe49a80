"""Rows of the environments that a reader reaches: the one filter that every room's reads go through."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from trueline.kit.scope import Scope

_Row = TypeVar("_Row", bound=Model)


def in_reach(scope: Scope, rows: QuerySet[_Row], column: str = "environment_id") -> QuerySet[_Row]:
    """Only rows of environments that the reader reaches; adds nothing to the statement of somebody not narrowed."""
    if scope.environment_ids is not None:
        rows = rows.filter(**{f"{column}__in": scope.environment_ids})
    return rows.exclude(**{f"{column}__in": scope.excluded_ids}) if scope.excluded_ids else rows

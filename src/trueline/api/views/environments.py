"""Environments."""

from __future__ import annotations

from typing import Any

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import places
from trueline.kit.errors import Conflict
from trueline.workspaces import access, queries
from trueline.workspaces.actions import create_environment as create
from trueline.workspaces.actions import move_environment
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import LIFECYCLE_MOVES, Capability, Kind, Lifecycle

_TAG = "Environments"
_MANAGE = Capability.ENVIRONMENTS_MANAGE


@operation("GET", "/environments", Capability.WORKSPACE_VIEW, places.EnvironmentPage, tag=_TAG)
def list_environments(asked: Asked, filters: Query[places.EnvironmentFilter]) -> dict[str, Any]:
    """Environments in reach, by name; archived ones too."""
    found = queries.environments(asked.scope)
    if filters.lifecycle:
        found = found.filter(lifecycle=filters.lifecycle)
    return page(asked, filters, found, ("name", "id"), lambda rows: [shown(one) for one in rows])


@operation("POST", "/environments", _MANAGE, places.Environment, tag=_TAG, success=201)
def create_environment(asked: Asked, given: places.NewEnvironment) -> places.Environment:
    """Add an environment.

    It is in onboarding until its first capture. Answers 409 when the name is taken.
    """
    made = create(asked.scope, given.name, actor=asked.actor, kind=given.kind)
    asked.made("environments", made.slug)
    return shown(made)


@operation(
    "GET", "/environments/{slug:environment}", Capability.WORKSPACE_VIEW, places.Environment, tag=_TAG, record=True
)
def get_environment(asked: Asked, environment: str) -> places.Environment:
    """One environment."""
    return shown(looked_at(asked, environment))


@operation("POST", "/environments/{slug:environment}/archive", _MANAGE, places.Environment, tag=_TAG, record=True)
def archive_environment(asked: Asked, environment: str) -> places.Environment:
    """Set an environment aside.

    Nothing is lost, nothing new is read. Only an active environment can be archived.
    """
    return _moved(asked, environment, Lifecycle.ARCHIVED)


@operation("POST", "/environments/{slug:environment}/restore", _MANAGE, places.Environment, tag=_TAG, record=True)
def restore_environment(asked: Asked, environment: str) -> places.Environment:
    """Take an archived environment up again."""
    return _moved(asked, environment, Lifecycle.ACTIVE, only_from=Lifecycle.ARCHIVED)


def _moved(asked: Asked, slug: str, to: Lifecycle, *, only_from: Lifecycle | None = None) -> places.Environment:
    found = access.environment_in_any_state(asked.scope, slug)
    asked.scope.require(_MANAGE, found.pk)
    asked.hold_to(shown(found))
    if found.lifecycle == to:
        return shown(found)
    if to not in LIFECYCLE_MOVES[found.lifecycle] or found.lifecycle != (only_from or found.lifecycle):
        raise Conflict(f"The environment is {found.lifecycle}, and cannot become {to} from there.")
    return shown(move_environment(asked.scope, found, to, actor=asked.actor))


def looked_at(asked: Asked, slug: str, capability: str = Capability.WORKSPACE_VIEW) -> Environment:
    """An environment to look at, an archived one too. Raises `NotVisible`, then `NotAllowed`."""
    found = access.environment_in_any_state(asked.scope, slug)
    asked.scope.require(capability, found.pk)
    return found


def shown(found: Environment) -> places.Environment:
    """An environment as an answer."""
    return places.Environment(
        id=found.pk,
        slug=found.slug,
        name=found.name,
        kind=Kind(found.kind),
        lifecycle=Lifecycle(found.lifecycle),
        created_at=found.created_at,
    )

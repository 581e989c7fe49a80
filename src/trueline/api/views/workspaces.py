"""The workspace itself."""

from __future__ import annotations

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.schemas import places
from trueline.workspaces import queries
from trueline.workspaces.rules import Capability, CommercialState

_TAG = "Workspace"


@operation("GET", "/workspaces", Capability.WORKSPACE_VIEW, places.WorkspaceList, tag=_TAG, outside=True)
def list_workspaces(asked: Asked) -> places.WorkspaceList:
    """The workspace of your key.

    A key is of one workspace; this is where a program learns its slug.
    """
    return places.WorkspaceList(items=[_shown(asked)])


@operation("GET", "", Capability.WORKSPACE_VIEW, places.Workspace, tag=_TAG)
def get_workspace(asked: Asked) -> places.Workspace:
    """The workspace, and what you may do in it."""
    return _shown(asked)


def _shown(asked: Asked) -> places.Workspace:
    found = queries.workspace(asked.scope)
    return places.Workspace(
        id=found.pk,
        slug=found.slug,
        name=found.name,
        locale=found.locale,
        commercial_state=CommercialState(found.commercial_state),
        created_at=found.created_at,
        capabilities=sorted(asked.scope.capabilities),
    )

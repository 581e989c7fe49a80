"""Two captures of a workspace for `trueline compare`. Imported only once Django is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trueline.cli.rooms import operator
from trueline.inventory import queries
from trueline.inventory.vocabulary import definitions
from trueline.kit.database.context import within
from trueline.kit.errors import Refused
from trueline.kit.scope import NotVisible, Scope
from trueline.workspaces import access
from trueline.workspaces.installation import one_workspace

if TYPE_CHECKING:
    from uuid import UUID

    from trueline.inventory.definitions import Definitions
    from trueline.inventory.document import ComparisonDocument
    from trueline.inventory.models import Snapshot


def compared(
    workspace: str, left_id: UUID, right_id: UUID, given: Definitions, *, ignore_ids: bool
) -> tuple[ComparisonDocument, tuple[str, str]]:
    """The document of two captures, and what to call them. Raises `Refused` when one is not there."""
    place = one_workspace(workspace, actor=operator(), purpose="compare")
    with within(place.id):
        scope = access.system(place.id, operator().label)
        sides = [_snapshot(scope, snapshot_id) for snapshot_id in (left_id, right_id)]
        whole = queries.whole(scope, left_id, right_id, ignore_ids=ignore_ids)
        left, right = (_label(scope, side) for side in sides)
        return whole.document(given.over(definitions(scope))), (left, right)


def _snapshot(scope: Scope, snapshot_id: UUID) -> Snapshot:
    try:
        return queries.snapshot(scope, snapshot_id)
    except NotVisible as error:
        raise Refused(f"There is no capture {snapshot_id} in the workspace {scope.workspace_slug}.") from error


def _label(scope: Scope, snapshot: Snapshot) -> str:
    name = access.environment_by_id(scope, snapshot.environment_id).name
    return f"{name} of {snapshot.observed_at:%Y-%m-%d %H:%M}"

"""Who gets in, and what they may do there."""

from __future__ import annotations

import pytest

from tests.worlds import World
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access
from trueline.workspaces.rules import Capability


def test_a_member_sees_only_their_own_doors(world: World) -> None:
    assert [door.slug for door in access.doors(world.owner)] == ["acme"]
    assert [door.slug for door in access.doors(world.stranger)] == ["elsewhere"]


def test_a_stranger_gets_no_scope(world: World) -> None:
    with world.inside(), pytest.raises(NotVisible):
        access.enter(world.stranger, world.workspace.pk)


def test_a_scope_needs_the_context_of_its_workspace(world: World) -> None:
    with pytest.raises(NotVisible):
        access.enter(world.owner, world.workspace.pk)


def test_a_viewer_may_look_and_not_start(world: World) -> None:
    with world.scope(world.viewer) as scope:
        assert scope.may(Capability.FINDINGS_VIEW)
        with pytest.raises(NotAllowed):
            scope.require(Capability.OPERATIONS_START)


def test_an_inactive_person_gets_no_scope(world: World) -> None:
    world.owner.is_active = False
    with world.inside(), pytest.raises(NotVisible):
        access.enter(world.owner, world.workspace.pk)

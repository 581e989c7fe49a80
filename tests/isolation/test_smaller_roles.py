"""A smaller role in one environment holds there, and whatever is read there."""

from __future__ import annotations

import pytest

from tests.isolation.factories import Seeds
from tests.worlds import World
from trueline.connections.models import Upload
from trueline.inventory.actions import add_baseline_version, make_baseline
from trueline.inventory.models import BaselineProfile, Snapshot
from trueline.inventory.starting import capture_upload
from trueline.kit import clock
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access
from trueline.workspaces.models import EnvironmentGrant, Membership, User
from trueline.workspaces.rules import capabilities_of


def test_a_smaller_role_in_one_environment_holds_only_there(world: World) -> None:
    with world.inside():
        manager = User.objects.create_user("manager@example.org", None, name="Mia Manager")
        membership = Membership.objects.create(workspace=world.workspace, user=manager, role="manager")
        EnvironmentGrant.objects.create(
            workspace=world.workspace,
            membership=membership,
            environment=world.environment,
            effect="include",
            role="viewer",
        )
        scope = access.enter(manager, world.workspace.pk)
    assert scope.reaches(world.environment.pk)
    assert not scope.reaches(world.other_environment.pk)
    for capability in capabilities_of("manager"):
        assert scope.may(capability, world.environment.pk) is (capability in capabilities_of("viewer"))


def test_a_smaller_role_there_makes_no_standard_of_what_is_there(world: World) -> None:
    seeds = Seeds(world.workspace, world.environment, world.owner, "canary")
    snapshot, upload = seeds.one(Snapshot), seeds.one(Upload)
    with world.inside():
        manager = User.objects.create_user("manager@example.org", None, name="Mia Manager")
        membership = Membership.objects.create(workspace=world.workspace, user=manager, role="manager")
        for place, role in ((world.environment, "viewer"), (world.other_environment, "")):
            EnvironmentGrant.objects.create(
                workspace=world.workspace, membership=membership, environment=place, effect="include", role=role
            )
        scope = access.enter(manager, world.workspace.pk)
        with pytest.raises(NotAllowed):
            make_baseline(scope, "Standard", snapshot.pk, actor=scope.actor)
        with pytest.raises(NotAllowed):
            add_baseline_version(scope, seeds.one(BaselineProfile).pk, snapshot.pk, actor=scope.actor)
        with pytest.raises(NotVisible):  # a file that was handed over for one environment is not read into another
            capture_upload(
                scope,
                world.other_environment,
                "microsoft365",
                upload.pk,
                actor=scope.actor,
                observed_at=clock.now(),
            )

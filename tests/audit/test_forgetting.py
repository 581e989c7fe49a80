"""Somebody who is forgotten is named nowhere any more, and every trail still holds (D-53)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.audit.test_chain import HERE, NOBODY, tamper, trail, verdict
from tests.audit.test_checkpoints import against
from tests.worlds import World
from trueline.audit.actions_retention import cut_trail
from trueline.audit.actions_sealing import checkpoint
from trueline.audit.models import AuditEvent
from trueline.audit.rules import Fault
from trueline.cli.trails import checkpoints
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.workspaces.actions import invite
from trueline.workspaces.actions_forgetting import forget_person
from trueline.workspaces.errors import LastOwner
from trueline.workspaces.models import Invitation, Membership, User

__all__ = ["trail"]


def named(place: object, *names: str) -> list[int]:
    with within(place):  # type: ignore[arg-type]  # the id of a workspace
        rows = [(one.sequence, str(one.body())) for one in AuditEvent.objects.order_by("sequence")]
    return [sequence for sequence, body in rows if any(name in body for name in names)]


def second_owner(world: World) -> None:
    with world.inside():
        Membership.objects.filter(user=world.approver).update(role="owner")


def test_a_forgotten_person_is_named_nowhere_and_the_trail_holds_against_every_checkpoint(trail: World) -> None:
    place, kept = trail.workspace.pk, checkpoints("acme")
    checkpoint(place)
    second_owner(trail)
    with trail.scope() as scope:
        invited, _token = invite(scope, "friend@example.org", "viewer", actor=scope.actor)
    assert named(place, "Olga Owner")
    found = forget_person(trail.owner, actor=NOBODY)
    assert found.events >= 6
    assert found.records >= 1
    with trail.inside():
        assert Invitation.objects.get(pk=invited.pk).invited_by_label == found.stand_in
    for where in (place, ids.installation()):
        assert named(where, "Olga Owner", "owner@example.org") == []
        assert verdict(where).is_whole
    assert (verdict(place).replaced, against(kept)) == (len(named(place, found.stand_in)) - 1, (0, ""))
    gone = User.objects.get(pk=trail.owner.pk)
    assert (gone.is_active, gone.name, gone.has_usable_password()) == (False, found.stand_in, False)
    assert forget_person(gone, actor=NOBODY).events == 0


def test_what_a_stand_in_says_cannot_be_changed_either(trail: World) -> None:
    place = trail.workspace.pk
    second_owner(trail)
    forget_person(trail.owner, actor=NOBODY)
    (first, *_) = named(place, "person-")
    tamper(f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = {first}", workspace=place)
    assert (verdict(place).fault, verdict(place).bad_sequence) == (Fault.CONTENT, first)


def test_a_trail_with_stand_ins_is_cut_and_goes_on(trail: World) -> None:
    place = trail.workspace.pk
    size = checkpoint(place).size
    second_owner(trail)
    forget_person(trail.owner, actor=NOBODY)
    assert cut_trail(place, "Acme", clock.now() + timedelta(days=1), actor=NOBODY) >= size
    assert verdict(place).is_whole


def test_the_last_owner_of_a_workspace_is_not_forgotten(trail: World) -> None:
    with pytest.raises(LastOwner):
        forget_person(trail.owner, actor=NOBODY)
    assert named(trail.workspace.pk, "Olga Owner")

"""Who may let whom in, and how far (D-16)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from tests.worlds import World, actor_of, small_world
from trueline.audit.models import AuditEvent
from trueline.audit.queries import chain_verdict
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.digest import sha256
from trueline.kit.errors import Conflict
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access
from trueline.workspaces.actions import (
    accept_invitation,
    change_role,
    create_environment,
    invite,
    move_environment,
    narrow,
    remove_member,
    revoke_invitation,
    widen,
)
from trueline.workspaces.errors import InvitationInvalid, LastOwner, RoleTooHigh
from trueline.workspaces.models import EnvironmentGrant, Invitation, Membership, User
from trueline.workspaces.rules import Capability, GrantEffect, Lifecycle, Role


def membership_of(world: World, user: User) -> Membership:
    with world.inside():
        return Membership.objects.get(user=user)


def second_owner(world: World) -> User:
    membership = membership_of(world, world.approver)
    with world.scope() as scope:
        change_role(scope, membership.pk, Role.OWNER, actor=scope.actor)
    return world.approver


def trail(world: World) -> list[str]:
    with world.inside():
        return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


@pytest.mark.parametrize("role", ["approver", "operator", "viewer", "customer"])
def test_only_an_owner_manages_members(role: str, world: World) -> None:
    victim = membership_of(world, world.viewer)
    with world.scope(getattr(world, role)) as scope:
        for attempt in (
            lambda: invite(scope, "friend@example.org", "viewer", actor=scope.actor),
            lambda: change_role(scope, victim.pk, "owner", actor=scope.actor),
            lambda: remove_member(scope, victim.pk, actor=scope.actor),
            lambda: narrow(scope, victim.pk, world.environment.pk, GrantEffect.INCLUDE, actor=scope.actor),
            lambda: widen(scope, victim.pk, world.environment.pk, actor=scope.actor),
        ):
            with pytest.raises(NotAllowed):
                attempt()


@pytest.mark.parametrize("role", ["owner", "manager", "approver", "nobody knows this one"])
def test_nobody_gives_a_role_that_holds_more_than_their_own(role: str, world: World) -> None:
    victim = membership_of(world, world.viewer)
    with world.scope(world.operator) as scope:
        # lint: allow TL009 no role that may manage members is below another, so this one is made up
        lifted = replace(scope, capabilities=scope.capabilities | {Capability.MEMBERS_MANAGE})
        with pytest.raises(RoleTooHigh):
            invite(lifted, "friend@example.org", role, actor=scope.actor)
        with pytest.raises(RoleTooHigh):
            change_role(lifted, victim.pk, role, actor=scope.actor)
        invite(lifted, "friend@example.org", "viewer", actor=scope.actor)


def test_nobody_raises_their_own_role(world: World) -> None:
    own = membership_of(world, world.operator)
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        change_role(scope, own.pk, "owner", actor=scope.actor)
    assert membership_of(world, world.operator).role == "operator"


def test_a_member_of_another_workspace_cannot_be_named(world: World) -> None:
    with within(world.other_workspace.pk):
        foreign = Membership.objects.get(user=world.stranger)
    with world.scope() as scope:
        for attempt in (
            lambda: change_role(scope, foreign.pk, "viewer", actor=scope.actor),
            lambda: remove_member(scope, foreign.pk, actor=scope.actor),
            lambda: narrow(scope, foreign.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor),
        ):
            with pytest.raises(NotVisible):
                attempt()


def test_the_last_owner_stays(world: World) -> None:
    own = membership_of(world, world.owner)
    before = trail(world)
    with world.scope() as scope:
        with pytest.raises(LastOwner):
            change_role(scope, own.pk, "viewer", actor=scope.actor)
        with pytest.raises(LastOwner):
            remove_member(scope, own.pk, actor=scope.actor)
        with pytest.raises(LastOwner):
            narrow(scope, own.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
    assert membership_of(world, world.owner).role == Role.OWNER
    assert trail(world) == before


@pytest.mark.parametrize("why", ["suspended", "deactivated", "narrowed"])
def test_an_owner_who_cannot_act_does_not_count(why: str, world: World) -> None:
    other = membership_of(world, second_owner(world))
    with world.scope() as scope:
        if why == "suspended":
            Membership.objects.filter(id=other.pk).update(suspended_at=clock.now())
        elif why == "deactivated":
            User.objects.filter(id=other.user_id).update(is_active=False)
        else:
            narrow(scope, other.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
        with pytest.raises(LastOwner):
            remove_member(scope, membership_of(world, world.owner).pk, actor=scope.actor)


def _demote(world: World, who: User, whom: UUID, together: Barrier) -> str:
    try:
        with world.scope(who) as scope:
            together.wait(5)
            change_role(scope, whom, "viewer", actor=scope.actor)
            return "done"
    except (LastOwner, NotAllowed, NotVisible) as refused:
        return type(refused).__name__
    finally:
        connections.close_all()


def test_two_owners_who_demote_each_other_at_once_leave_one(committed: None) -> None:
    world = small_world()
    other = second_owner(world)
    pairs = [(world.owner, membership_of(world, other).pk), (other, membership_of(world, world.owner).pk)]
    together = Barrier(2)
    with ThreadPoolExecutor(2) as workers:
        ends = list(workers.map(lambda pair: _demote(world, *pair, together), pairs))
    with world.inside():
        assert Membership.objects.filter(role=Role.OWNER).count() == 1
        assert chain_verdict(world.workspace.pk).is_whole
    assert sorted(ends) in (["LastOwner", "done"], ["NotAllowed", "done"])


@pytest.fixture
def invited(world: World) -> tuple[Invitation, str, User]:
    """An invitation, its token, and the person it is for."""
    person = User.objects.create_user("ines@example.org", None, name="Ines Invited")
    with world.scope() as scope:
        invitation, token = invite(scope, "Ines@Example.org", "operator", actor=scope.actor)
    return invitation, token, person


def accept(world: World, token: str, user: User) -> Membership:
    return accept_invitation(world.workspace.pk, token, user=user, actor=actor_of(user))


def test_an_invitation_is_kept_only_as_a_digest(world: World, invited: Any) -> None:
    invitation, token, _ = invited
    assert invitation.token_digest == sha256(token.encode())
    assert len(token) >= 43  # 256 bits in base 64
    with world.inside():
        shown = [str(event.body()) for event in AuditEvent.objects.all()]
    assert not any(token in body or invitation.token_digest in body for body in shown)


def test_who_was_invited_gets_in_with_that_role(world: World, invited: Any) -> None:
    _, token, person = invited
    accept(world, token, person)
    with world.scope(person) as scope:
        assert scope.role == "operator"
    assert trail(world)[-1] == "workspaces:invitation:accept"


def _as_another(world: World, invited: Any) -> None:
    accept(world, invited[1], world.stranger)


def _too_late(world: World, invited: Any) -> None:
    with clock.settled(clock.now() + timedelta(days=7, seconds=1)):
        accept(world, invited[1], invited[2])


def _withdrawn(world: World, invited: Any) -> None:
    with world.scope() as scope:
        revoke_invitation(scope, invited[0].pk, actor=scope.actor)
    accept(world, invited[1], invited[2])


def _sent_again(world: World, invited: Any) -> None:
    with world.scope() as scope:
        invite(scope, "ines@example.org", "viewer", actor=scope.actor)
    accept(world, invited[1], invited[2])


def _guessed(world: World, invited: Any) -> None:
    accept(world, "guessed", invited[2])


def _in_another_workspace(world: World, invited: Any) -> None:
    accept_invitation(world.other_workspace.pk, invited[1], user=invited[2], actor=actor_of(invited[2]))


@pytest.mark.parametrize("way", [_as_another, _too_late, _withdrawn, _sent_again, _guessed, _in_another_workspace])
def test_an_invitation_that_does_not_hold_gives_one_answer(way: Any, world: World, invited: Any) -> None:
    with pytest.raises(InvitationInvalid) as refused:
        way(world, invited)
    assert str(refused.value) == "This invitation is not valid (any more). Ask for a new one."
    with world.inside():
        assert not Membership.objects.filter(user__email__in=["ines@example.org", "stranger@example.org"]).exists()


def test_an_invitation_works_to_the_last_second_and_once(world: World, invited: Any) -> None:
    invitation, token, person = invited
    with clock.settled(invitation.expires_at - timedelta(seconds=1)):
        accept(world, token, person)
        with pytest.raises(InvitationInvalid):
            accept(world, token, person)


def _accept_at_once(world: World, token: str, person: User, together: Barrier) -> str:
    try:
        together.wait(5)
        accept(world, token, person)
    except InvitationInvalid:
        return "refused"
    else:
        return "in"
    finally:
        connections.close_all()


def test_an_invitation_used_by_two_browsers_at_once_is_used_once(committed: None) -> None:
    world = small_world()
    person = User.objects.create_user("ines@example.org", None, name="Ines")
    with world.scope() as scope:
        _, token = invite(scope, "ines@example.org", "viewer", actor=scope.actor)
    together = Barrier(4)
    with ThreadPoolExecutor(4) as workers:
        ends = list(workers.map(lambda _: _accept_at_once(world, token, person, together), range(4)))
    assert sorted(ends) == ["in", "refused", "refused", "refused"]
    assert trail(world).count("workspaces:invitation:accept") == 1


def narrowed(world: World, user: User, effect: GrantEffect, role: str = "") -> EnvironmentGrant:
    membership = membership_of(world, user)
    with world.scope() as scope:
        return narrow(scope, membership.pk, world.environment.pk, effect, actor=scope.actor, role=role)


def test_an_included_environment_is_the_only_one(world: World) -> None:
    narrowed(world, world.operator, GrantEffect.INCLUDE)
    with world.scope(world.operator) as scope:
        assert scope.reaches(world.environment.pk)
        assert not scope.reaches(world.other_environment.pk)
        with pytest.raises(NotVisible):
            access.environment(scope, world.other_environment.slug)


def test_an_excluded_environment_is_not_there(world: World) -> None:
    narrowed(world, world.operator, GrantEffect.EXCLUDE)
    with world.scope(world.operator) as scope:
        assert not scope.reaches(world.environment.pk)
        assert not scope.may(Capability.FINDINGS_VIEW, world.environment.pk)
        assert scope.may(Capability.FINDINGS_VIEW, world.other_environment.pk)
        with pytest.raises(NotVisible):
            access.environment_by_id(scope, world.environment.pk)


def test_a_lower_role_in_one_environment_takes_away_there_only(world: World) -> None:
    narrowed(world, world.operator, GrantEffect.INCLUDE, "viewer")
    with world.scope(world.operator) as scope:
        assert not scope.may(Capability.OPERATIONS_START, world.environment.pk)
        assert scope.may(Capability.FINDINGS_VIEW, world.environment.pk)


def test_a_line_never_raises_a_role(world: World) -> None:
    with pytest.raises(RoleTooHigh):
        narrowed(world, world.viewer, GrantEffect.INCLUDE, "operator")
    with world.inside():  # and if such a line got there all the same, it would give nothing
        EnvironmentGrant.objects.create(
            workspace=world.workspace,
            membership=membership_of(world, world.viewer),
            environment=world.environment,
            effect="include",
            role="owner",
        )
    with world.scope(world.viewer) as scope:
        assert not scope.may(Capability.OPERATIONS_START, world.environment.pk)


def test_an_owner_who_is_narrowed_does_not_manage_members(world: World) -> None:
    other = second_owner(world)
    narrowed(world, other, GrantEffect.INCLUDE)
    own = membership_of(world, other)
    with world.scope(other) as scope:
        for attempt in (
            lambda: widen(scope, own.pk, world.environment.pk, actor=scope.actor),
            lambda: narrow(scope, own.pk, world.environment.pk, GrantEffect.INCLUDE, actor=scope.actor),
            lambda: invite(scope, "friend@example.org", "owner", actor=scope.actor),
        ):
            with pytest.raises(NotAllowed):
                attempt()


def test_a_removed_member_is_out_at_once_with_the_lines_that_narrowed_them(world: World) -> None:
    narrowed(world, world.operator, GrantEffect.EXCLUDE)
    membership = membership_of(world, world.operator)
    with world.scope() as scope:
        remove_member(scope, membership.pk, actor=scope.actor)
        assert not EnvironmentGrant.objects.exists()
    with world.inside(), pytest.raises(NotVisible):
        access.enter(world.operator, world.workspace.pk)
    assert access.doors(world.operator) == ()


@pytest.mark.parametrize("change", ["suspended", "archived", "inactive"])
def test_whoever_is_shut_out_has_no_door(change: str, world: World) -> None:
    with world.inside():
        if change == "suspended":
            Membership.objects.filter(user=world.viewer).update(suspended_at=clock.now())
        elif change == "archived":
            world.workspace.archived_at = clock.now()
            world.workspace.save()
        else:
            world.viewer.is_active = False
        with pytest.raises(NotVisible):
            access.enter(world.viewer, world.workspace.pk)
    if change != "inactive":
        assert access.doors(world.viewer) == ()


def test_the_database_itself_refuses_an_illegal_move_of_an_environment(world: World) -> None:
    with world.scope() as scope:
        with pytest.raises(IntegrityError, match=r"illegal move of workspaces_environment\.lifecycle"):
            move_environment(scope, world.environment, Lifecycle.ARCHIVED, actor=scope.actor)
        assert access.environment(scope, "north").lifecycle == Lifecycle.ONBOARDING


def test_two_environments_of_one_name_are_refused_by_a_sentence(world: World) -> None:
    with world.scope() as scope, pytest.raises(Conflict, match="exists already"):
        create_environment(scope, "North", actor=scope.actor)

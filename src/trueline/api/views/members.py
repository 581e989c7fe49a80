"""Members and invitations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import places
from trueline.api.schemas.shapes import Paging
from trueline.workspaces import queries
from trueline.workspaces.actions import change_role, remove_member, revoke_invitation
from trueline.workspaces.actions import invite as make_invitation
from trueline.workspaces.models import Invitation, Membership
from trueline.workspaces.rules import Capability, GrantEffect, Role

_TAG = "Members"
_MANAGE = Capability.MEMBERS_MANAGE
_VIEW = Capability.WORKSPACE_VIEW
_ONE = "/members/{uuid:membership_id}"


@operation("GET", "/members", _VIEW, places.MemberPage, tag=_TAG)
def list_members(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Everybody who is in, by name."""
    found = queries.members(asked.scope)
    return page(asked, filters, found, ("user__name", "user__email", "id"), lambda rows: _shown(asked, rows))


@operation("GET", _ONE, _VIEW, places.Member, tag=_TAG, record=True)
def get_member(asked: Asked, membership_id: UUID) -> places.Member:
    """One member."""
    found = queries.member(asked.scope, membership_id)
    asked.scope.require(_VIEW)
    return _shown(asked, [found])[0]


@operation("PATCH", _ONE, _MANAGE, places.Member, tag=_TAG, record=True)
def set_role(asked: Asked, membership_id: UUID, given: places.NewRole) -> places.Member:
    """Give a member another role.

    Nobody grants more than they hold (403), and a workspace keeps an owner (409).
    """
    _managed(asked, membership_id)
    return _shown(asked, [change_role(asked.scope, membership_id, given.role, actor=asked.actor)])[0]


@operation("DELETE", _ONE, _MANAGE, None, tag=_TAG, success=204, record=True)
def remove(asked: Asked, membership_id: UUID) -> None:
    """End a membership at once, and every key that the person made.

    A workspace keeps an owner (409).
    """
    _managed(asked, membership_id)
    remove_member(asked.scope, membership_id, actor=asked.actor)


@operation("GET", "/invitations", _MANAGE, places.InvitationPage, tag=_TAG)
def list_invitations(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Invitations that can still be accepted, newest first."""
    found = queries.open_invitations(asked.scope)
    return page(asked, filters, found, ("-created_at", "-id"), lambda rows: [_invitation(one) for one in rows])


@operation("POST", "/invitations", _MANAGE, places.MadeInvitation, tag=_TAG, success=201)
def invite(asked: Asked, given: places.NewInvitation) -> places.MadeInvitation:
    """Invite a person.

    A second invitation of the same address withdraws the first. The link is shown this once.
    """
    made, token = make_invitation(asked.scope, given.email, given.role, actor=asked.actor)
    asked.made("invitations", made.pk)
    link = settings.PUBLIC_URL + reverse("join", args=[asked.scope.workspace_id, token])
    return places.MadeInvitation(**_invitation(made).model_dump(), join_url=link)


@operation("GET", "/invitations/{uuid:invitation_id}", _MANAGE, places.Invitation, tag=_TAG, record=True)
def get_invitation(asked: Asked, invitation_id: UUID) -> places.Invitation:
    """One open invitation."""
    found = queries.invitation(asked.scope, invitation_id)
    asked.scope.require(_MANAGE)
    return _invitation(found)


@operation("DELETE", "/invitations/{uuid:invitation_id}", _MANAGE, None, tag=_TAG, success=204, record=True)
def withdraw_invitation(asked: Asked, invitation_id: UUID) -> None:
    """Withdraw an open invitation."""
    found = queries.invitation(asked.scope, invitation_id)
    asked.scope.require(_MANAGE)
    asked.hold_to(_invitation(found))
    revoke_invitation(asked.scope, invitation_id, actor=asked.actor)


def _managed(asked: Asked, membership_id: UUID) -> None:
    found = queries.member(asked.scope, membership_id)
    asked.scope.require(_MANAGE)
    asked.hold_to(_shown(asked, [found])[0])


def _shown(asked: Asked, rows: list[Membership]) -> list[places.Member]:
    lines: dict[UUID, list[places.Narrowing]] = defaultdict(list)
    for grant in queries.grants(asked.scope, [one.pk for one in rows]):
        role = Role(grant.role) if grant.role else None
        line = places.Narrowing(environment=grant.environment.slug, effect=GrantEffect(grant.effect), role=role)
        lines[grant.membership_id].append(line)
    return [
        places.Member(
            id=one.pk,
            name=one.user.name,
            email=one.user.email,
            role=Role(one.role),
            joined_at=one.created_at,
            is_suspended=one.suspended_at is not None,
            narrowed_to=sorted(lines[one.pk], key=lambda line: line.environment),
        )
        for one in rows
    ]


def _invitation(found: Invitation) -> places.Invitation:
    return places.Invitation(
        id=found.pk,
        email=found.email,
        role=Role(found.role),
        invited_by=found.invited_by_label,
        created_at=found.created_at,
        expires_at=found.expires_at,
    )

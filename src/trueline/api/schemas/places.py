"""Workspaces, environments, members, invitations and keys."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Email, Given, GivenTime, Name, Page, Paging, Slug, Time, said
from trueline.workspaces.rules import Capability, CommercialState, GrantEffect, Kind, Lifecycle, Role

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"


class Workspace(BaseModel):
    """The outermost boundary: what is in one workspace is never seen in another."""

    id: UUID = said("Its id.", _ID)
    slug: str = said("Its name in every address.", "acme")
    name: str = said("Its name.", "Acme")
    locale: str = said("Language of its documents.", "en")
    commercial_state: CommercialState = said("State of its contract; it stops new work and never hides data.", "active")
    created_at: Time = said("When it was made.", _AT)
    capabilities: list[str] = said("What the caller may do in all of it.", ["findings.view", "workspace.view"])


class WorkspaceList(BaseModel):
    """Workspaces that the caller's key is for: one."""

    items: list[Workspace]


class Environment(BaseModel):
    """One system under governance."""

    id: UUID = said("Its id.", _ID)
    slug: str = said("Its name in every address.", "contoso")
    name: str = said("Its name.", "Contoso")
    kind: Kind = said("What sort of system it is.", "microsoft365_tenant")
    lifecycle: Lifecycle = said("Where it is in its life.", "active")
    created_at: Time = said("When it was added.", _AT)


class EnvironmentPage(Page[Environment]):
    """Environments by name."""


class NewEnvironment(Given):
    """An environment to add."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Contoso", "kind": "microsoft365_tenant"}]})

    name: Name = said("Its name, as your people call it.", "Contoso")
    kind: Kind = said("What sort of system it is.", "microsoft365_tenant", default=Kind.MICROSOFT365)


class Narrowing(BaseModel):
    """How a member is narrowed in one environment."""

    environment: str = said("Slug of the environment.", "contoso")
    effect: GrantEffect = said("Sees only it and others listed so, or does not see it.", "include")
    role: Role | None = said("A smaller role there; null for the same one.", "viewer", default=None)


class Member(BaseModel):
    """A person in the workspace."""

    id: UUID = said("Id of the membership.", _ID)
    name: str = said("Name of the person.", "Olga Owner")
    email: str = said("Address of the person.", "olga@example.org")
    role: Role = said("Named set of capabilities.", "owner")
    joined_at: Time = said("When the person joined.", _AT)
    is_suspended: bool = said("Whether the person is shut out at present.", example=False)
    narrowed_to: list[Narrowing] = said("Lines that narrow the membership; empty for none.", default_factory=list)


class MemberPage(Page[Member]):
    """Members by name."""


class NewRole(Given):
    """Another role for a member."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "operator"}]})

    role: Role = said("The new role.", "operator")


class Invitation(BaseModel):
    """An offer to join that can still be accepted."""

    id: UUID = said("Its id.", _ID)
    email: str = said("Whom it is for.", "ines@example.org")
    role: Role = said("The role it gives.", "viewer")
    invited_by: str = said("Who invited.", "Olga Owner")
    created_at: Time = said("When it was made.", _AT)
    expires_at: Time = said("Until when it is good.", _AT)


class InvitationPage(Page[Invitation]):
    """Open invitations, newest first."""


class MadeInvitation(Invitation):
    """A new invitation with its link."""

    join_url: str = said("The link to hand over. It is shown this once.", "https://trueline.example/join/…")


class NewInvitation(Given):
    """Whom to invite."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ines@example.org", "role": "viewer"}]})

    email: Email = said("Address of the person.", "ines@example.org")
    role: Role = said("The role to give; none with more than your own rights.", "viewer")


class ServiceAccount(BaseModel):
    """A member that is no person: a program with a name and a role of its own."""

    id: UUID = said("Its id.", _ID)
    name: str = said("What it is for.", "ticket system")
    role: Role = said("Its role; never that of an owner.", "operator")
    environment: str | None = said("The one environment it reaches; null for all.", default=None)
    made_by: str = said("Who made it.", "Olga Owner")
    created_at: Time = said("When it was made.", _AT)
    expires_at: Time = said("When it ends; its keys end no later.", _AT)
    revoked_at: Time | None = said("When it was ended before its time.", default=None)


class ServiceAccountPage(Page[ServiceAccount]):
    """Service accounts by name; those that have ended too."""


class NewServiceAccount(Given):
    """A service account to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "ticket system", "role": "operator", "expires_at": _AT}]}
    )

    name: Name = said("What it is for.", "ticket system")
    role: Role = said("Its role; nothing that you do not hold, and never that of an owner.", "operator")
    expires_at: GivenTime = said("When it ends; within 365 days.", _AT)
    environment: Slug | None = said("Narrow it to this environment.", "contoso", default=None)


class ServiceAccountChange(Given):
    """What to change of a service account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "viewer"}]})

    role: Role | None = said("Another role.", "viewer", default=None)
    expires_at: GivenTime | None = said("Another end; within 365 days.", _AT, default=None)


class ApiKey(BaseModel):
    """Lets a program act for the person who made it, or for a service account."""

    id: UUID = said("Its id.", _ID)
    name: str = said("What it is for.", "nightly report")
    prefix: str = said("Beginning of its secret, to tell keys apart.", "q4Zt1x")
    capabilities: list[str] = said("What it was given; of this, it may do what its maker still may.", ["findings.view"])
    environment: str | None = said("The one environment it reaches; null for all its maker reaches.", default=None)
    made_by: str = said("Who made it; for whom it acts, when it is of no service account.", "Olga Owner")
    service_account: UUID | None = said("The service account that it acts for.", default=None)
    created_at: Time = said("When it was made.", _AT)
    expires_at: Time = said("When it ends.", _AT)
    revoked_at: Time | None = said("When it was withdrawn.", default=None)
    last_used_at: Time | None = said("When it was in use, to the hour.", default=None)


class ApiKeyPage(Page[ApiKey]):
    """Keys, newest first; withdrawn and expired ones too."""


class MadeApiKey(ApiKey):
    """A new key with its token."""

    token: str = said("The token to send. It is shown this once and kept nowhere.", "tl_…_…")


class NewApiKey(Given):
    """A key to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "nightly report", "capabilities": ["findings.view"], "expires_at": _AT}]
        }
    )

    name: Name = said("What it is for.", "nightly report")
    capabilities: Annotated[list[Capability], Field(min_length=1, max_length=len(Capability))] = said(
        "What it may do; nothing that you do not hold.", ["findings.view"]
    )
    expires_at: GivenTime = said("When it ends; within 365 days.", _AT)
    environment: Slug | None = said("Narrow it to this environment.", "contoso", default=None)
    service_account: UUID | None = said("The service account that it shall act for.", default=None)


class EnvironmentFilter(Paging):
    """Which environments."""

    lifecycle: Lifecycle | None = said("Only those at this point of their life.", default=None)

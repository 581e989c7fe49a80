"""Reads of people, environments and invitations."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import F, Q, QuerySet

from trueline.kit import clock
from trueline.kit.scope import NotVisible, Scope
from trueline.workspaces.models import (
    ApiKey,
    Environment,
    EnvironmentGrant,
    Invitation,
    Membership,
    OperationalControl,
    ServiceAccount,
    User,
    Workspace,
)
from trueline.workspaces.rules import InvitationState

_Row = TypeVar("_Row", ApiKey, ServiceAccount)


def workspace(scope: Scope) -> Workspace:
    """The workspace itself."""
    return Workspace.objects.get(id=scope.workspace_id)


def environments(scope: Scope) -> QuerySet[Environment]:
    """Environments in reach, by name; archived ones too."""
    found = Environment.objects.filter(workspace_id=scope.workspace_id)
    if scope.environment_ids is not None:
        found = found.filter(id__in=scope.environment_ids)
    return found.exclude(id__in=scope.excluded_ids).order_by("name", "id")


def members(scope: Scope) -> QuerySet[Membership]:
    """Members with their people, by name."""
    found = Membership.objects.filter(workspace_id=scope.workspace_id).select_related("user")
    return found.order_by(F("user__name").asc(), "user__email")


def member(scope: Scope, membership_id: UUID) -> Membership:
    """One member. Raises `NotVisible`."""
    found = members(scope).filter(id=membership_id).first()
    if found is None:
        raise NotVisible
    return found


def grants(scope: Scope, membership_ids: list[UUID]) -> QuerySet[EnvironmentGrant]:
    """How these members are narrowed, as far as the reader reaches the environments."""
    found = EnvironmentGrant.objects.filter(workspace_id=scope.workspace_id, membership_id__in=membership_ids)
    if scope.environment_ids is not None:
        found = found.filter(environment_id__in=scope.environment_ids)
    return found.exclude(environment_id__in=scope.excluded_ids).select_related("environment")


def open_invitations(scope: Scope) -> QuerySet[Invitation]:
    """Invitations that somebody could still accept, newest first."""
    found = Invitation.objects.filter(workspace_id=scope.workspace_id, state=InvitationState.PENDING)
    return found.filter(expires_at__gt=clock.now()).order_by("-created_at")


def service_accounts(scope: Scope) -> QuerySet[ServiceAccount]:
    """Members that are no persons, as far as the reader reaches, by name; those that have ended too."""
    found = ServiceAccount.objects.filter(workspace_id=scope.workspace_id).select_related("environment")
    return _in_reach(scope, found).order_by("name", "id")


def service_account(scope: Scope, service_account_id: UUID) -> ServiceAccount:
    """One service account. Raises `NotVisible`."""
    found = service_accounts(scope).filter(id=service_account_id).first()
    if found is None:
        raise NotVisible
    return found


def api_keys(scope: Scope) -> QuerySet[ApiKey]:
    """Keys of the workspace as far as the reader reaches, newest first; withdrawn and expired ones too."""
    found = ApiKey.objects.filter(workspace_id=scope.workspace_id)
    found = _in_reach(scope, found.select_related("creator", "environment", "service_account"))
    return found.order_by("-created_at", "-id")


def _in_reach(scope: Scope, found: QuerySet[_Row]) -> QuerySet[_Row]:
    """Rows of all environments, or of one that the reader reaches."""
    if scope.environment_ids is not None:
        found = found.filter(Q(environment_id=None) | Q(environment_id__in=scope.environment_ids))
    if scope.excluded_ids:
        found = found.exclude(environment_id__in=scope.excluded_ids)
    return found


def api_key(scope: Scope, api_key_id: UUID) -> ApiKey:
    """One key. Raises `NotVisible`."""
    found = api_keys(scope).filter(id=api_key_id).first()
    if found is None:
        raise NotVisible
    return found


def invitation(scope: Scope, invitation_id: UUID) -> Invitation:
    """One invitation that somebody could still accept. Raises `NotVisible`."""
    found = open_invitations(scope).filter(id=invitation_id).first()
    if found is None:
        raise NotVisible
    return found


def active_control(scope: Scope, run_type: str) -> OperationalControl | None:
    """The stop on a type of run that holds now, if any."""
    found = OperationalControl.objects.filter(workspace_id=scope.workspace_id, run_type=run_type)
    return found.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())).first()


# lint: allow TL003 people belong to no workspace
def person_by_email(email: str) -> User | None:
    """The active person of that address, if there is one."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


# lint: allow TL003 people belong to no workspace
def person_in_any_state(email: str) -> User | None:
    """The person of that address, one who may not sign in any more, too."""
    return User.objects.filter(email=email.strip().lower()).first()


# lint: allow TL003 people belong to no workspace
def person_by_id(user_id: UUID) -> User | None:
    """The person of that id, if there is one."""
    return User.objects.filter(id=user_id).first()

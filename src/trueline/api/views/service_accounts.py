"""Service accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import places
from trueline.api.schemas.shapes import Paging
from trueline.workspaces import access, actions_services, queries
from trueline.workspaces.models import ServiceAccount
from trueline.workspaces.rules import Capability, Role

_TAG = "Service accounts"
_VIEW = Capability.WORKSPACE_VIEW
_MANAGE = Capability.MEMBERS_MANAGE
_ONE = "/service-accounts/{uuid:service_account_id}"


@operation("GET", "/service-accounts", _VIEW, places.ServiceAccountPage, tag=_TAG)
def list_service_accounts(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Members that are no persons, by name; those that have ended too."""
    found = queries.service_accounts(asked.scope)
    return page(asked, filters, found, ("name", "id"), lambda rows: [_shown(one) for one in rows])


@operation("POST", "/service-accounts", _MANAGE, places.ServiceAccount, tag=_TAG, success=201)
def create_service_account(asked: Asked, given: places.NewServiceAccount) -> places.ServiceAccount:
    """Make a service account.

    It can do nothing before it has a key: make one with its id. It goes on when whoever made it leaves.
    """
    environment = access.environment(asked.scope, given.environment) if given.environment else None
    made = actions_services.create_service_account(
        asked.scope,
        given.name,
        given.role,
        given.expires_at,
        actor=asked.actor,
        environment_id=environment.pk if environment else None,
    )
    asked.made("service-accounts", made.pk)
    return _shown(made)


@operation("GET", _ONE, _VIEW, places.ServiceAccount, tag=_TAG, record=True)
def get_service_account(asked: Asked, service_account_id: UUID) -> places.ServiceAccount:
    """One service account."""
    found = queries.service_account(asked.scope, service_account_id)
    asked.scope.require(_VIEW)
    return _shown(found)


@operation("PATCH", _ONE, _MANAGE, places.ServiceAccount, tag=_TAG, record=True)
def set_service_account(
    asked: Asked, service_account_id: UUID, given: places.ServiceAccountChange
) -> places.ServiceAccount:
    """Give a service account another role or another end; its keys follow with their next request."""
    found = _managed(asked, service_account_id)
    role, expires_at = given.role or found.role, given.expires_at or found.expires_at
    return _shown(actions_services.change_service_account(asked.scope, found.pk, role, expires_at, actor=asked.actor))


@operation("DELETE", _ONE, _MANAGE, None, tag=_TAG, success=204, record=True)
def end_service_account(asked: Asked, service_account_id: UUID) -> None:
    """End a service account and withdraw its keys.

    The next request of each is refused. Doing it twice changes nothing.
    """
    actions_services.end_service_account(asked.scope, _managed(asked, service_account_id).pk, actor=asked.actor)


def _managed(asked: Asked, service_account_id: UUID) -> ServiceAccount:
    found = queries.service_account(asked.scope, service_account_id)
    asked.scope.require(_MANAGE)
    asked.hold_to(_shown(found))
    return found


def _shown(account: ServiceAccount) -> places.ServiceAccount:
    return places.ServiceAccount(
        id=account.pk,
        name=account.name,
        role=Role(account.role),
        environment=account.environment.slug if account.environment else None,
        made_by=account.made_by_label,
        created_at=account.created_at,
        expires_at=account.expires_at,
        revoked_at=account.revoked_at,
    )

"""API keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import places
from trueline.api.schemas.shapes import Paging
from trueline.workspaces import access, queries
from trueline.workspaces.actions_keys import create_api_key, revoke_api_key
from trueline.workspaces.models import ApiKey
from trueline.workspaces.rules import Capability

_TAG = "API keys"
_MANAGE = Capability.MEMBERS_MANAGE
_ONE = "/api-keys/{uuid:api_key_id}"


@operation("GET", "/api-keys", _MANAGE, places.ApiKeyPage, tag=_TAG)
def list_keys(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Keys of the workspace, newest first; withdrawn and expired ones too."""
    found = queries.api_keys(asked.scope)
    return page(asked, filters, found, ("-created_at", "-id"), lambda rows: [_shown(one) for one in rows])


@operation("POST", "/api-keys", _MANAGE, places.MadeApiKey, tag=_TAG, success=201)
def create_key(asked: Asked, given: places.NewApiKey) -> places.MadeApiKey:
    """Make a key.

    It acts for the person that your key acts for, or for a service account; holds nothing that yours does not hold,
    ends no later, and is withdrawn with it. The token is shown this once.
    """
    environment = access.environment(asked.scope, given.environment) if given.environment else None
    made, token = create_api_key(
        asked.scope,
        given.name,
        given.capabilities,
        given.expires_at,
        actor=asked.actor,
        environment_id=environment.pk if environment else None,
        service_account_id=given.service_account,
    )
    asked.made("api-keys", made.pk)
    return places.MadeApiKey(**_shown(made).model_dump(), token=token)


@operation("GET", _ONE, _MANAGE, places.ApiKey, tag=_TAG, record=True)
def get_key(asked: Asked, api_key_id: UUID) -> places.ApiKey:
    """One key."""
    return _shown(_found(asked, api_key_id))


@operation("DELETE", _ONE, _MANAGE, None, tag=_TAG, success=204, record=True)
def revoke_key(asked: Asked, api_key_id: UUID) -> None:
    """Withdraw a key, and every key that was made by it.

    The next request of each is refused. Doing it twice changes nothing.
    """
    asked.hold_to(_shown(_found(asked, api_key_id)))
    revoke_api_key(asked.scope, api_key_id, actor=asked.actor)


def _found(asked: Asked, key_id: UUID) -> ApiKey:
    found = queries.api_key(asked.scope, key_id)
    asked.scope.require(_MANAGE)
    return found


def _shown(key: ApiKey) -> places.ApiKey:
    return places.ApiKey(
        id=key.pk,
        name=key.name,
        prefix=key.prefix,
        capabilities=list(key.capabilities),
        environment=key.environment.slug if key.environment else None,
        made_by=str(key.creator),
        service_account=key.service_account_id,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )

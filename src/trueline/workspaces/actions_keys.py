"""Make an API key, and withdraw one."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock
from trueline.kit.digest import sha256
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.workspaces import access, queries
from trueline.workspaces.errors import KeyRefused
from trueline.workspaces.models import ApiKey, ServiceAccount
from trueline.workspaces.rules import KEY_DAYS, Capability, KeyToken, capabilities_of

_SECRET_BYTES = 32


@transaction.atomic
def create_api_key(  # noqa: PLR0913 - a key is these facts
    scope: Scope,
    name: str,
    capabilities: Collection[str],
    expires_at: datetime,
    *,
    actor: Actor,
    environment_id: UUID | None = None,
    service_account_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """A key and its token, which is shown once and kept only as a digest.

    The key acts for the person whose scope this is, or for a service account, with the capabilities given to it that
    the one or the other still holds when it is used. A key that was made by a key ends with that one, and no later.

    Raises `KeyRefused` for a capability that the maker or the account does not hold and for a life over a year or over
    the account's, `NotVisible` for an environment or an account out of reach.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    parent = _parent(scope)
    _refuse(scope, capabilities, expires_at, parent)
    environment = access.environment_by_id(scope, environment_id) if environment_id else None
    account = _account(scope, service_account_id, capabilities, expires_at) if service_account_id else None
    token = KeyToken(scope.workspace_id, secrets.token_urlsafe(_SECRET_BYTES))
    made = ApiKey.objects.create(
        workspace_id=scope.workspace_id,
        name=name,
        prefix=token.prefix,
        token_digest=sha256(str(token).encode()),
        creator_id=parent.creator_id if parent else UUID(scope.actor.id),
        service_account=account,
        parent=parent,
        environment=environment,
        capabilities=sorted(set(capabilities)),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    after = {"capabilities": ", ".join(made.capabilities), "expires": expires_at.date().isoformat()}
    after |= {"service_account": account.name} if account else {}
    record(scope.workspace_id, "workspaces:key:create", _subject(made), actor=actor, after=after)
    return made, str(token)


def _account(
    scope: Scope, service_account_id: UUID, capabilities: Collection[str], expires_at: datetime
) -> ServiceAccount:
    """The account that a new key is for. A key holds no more than its account and lives no longer."""
    found = queries.service_account(scope, service_account_id)
    if found.revoked_at is not None or expires_at > found.expires_at:
        raise KeyRefused("A key ends no later than its service account.")
    unheld = sorted(set(capabilities) - capabilities_of(found.role))
    if unheld:
        raise KeyRefused(f"The role of the service account does not hold: {', '.join(unheld)}.")
    return found


def _parent(scope: Scope) -> ApiKey | None:
    """The key that makes this one, None when a person does."""
    if scope.actor.kind == ActorKind.SYSTEM:
        raise KeyRefused("A key acts for a person.", next_step="Say for whom it shall be.")
    if scope.actor.kind == ActorKind.HUMAN:
        return None
    return queries.api_key(scope, UUID(scope.actor.id))


def _refuse(scope: Scope, capabilities: Collection[str], expires_at: datetime, parent: ApiKey | None) -> None:
    now = clock.now()
    if not capabilities:
        raise KeyRefused("A key without any capability can do nothing.")
    unheld = sorted(set(capabilities) - scope.capabilities)
    if unheld:
        raise KeyRefused(f"You cannot give what you do not hold: {', '.join(unheld)}.")
    if not now < expires_at <= now + timedelta(days=KEY_DAYS):
        raise KeyRefused(f"A key ends in the future, and within {KEY_DAYS} days.")
    if parent is not None and expires_at > parent.expires_at:
        raise KeyRefused("A key that is made by a key ends no later than that one.")


@transaction.atomic
def revoke_api_key(scope: Scope, key_id: UUID, *, actor: Actor) -> ApiKey:
    """Withdraw a key, and every key that was made by it; the next request of each is refused.

    Doing it twice changes nothing.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    found = queries.api_key(scope, key_id)
    for key in _with_descendants(scope, found):
        mine = ApiKey.objects.filter(workspace_id=scope.workspace_id, id=key.pk, revoked_at=None)
        if mine.update(revoked_at=clock.now()):
            record(scope.workspace_id, "workspaces:key:revoke", _subject(key), actor=actor)
    return queries.api_key(scope, key_id)


def _with_descendants(scope: Scope, found: ApiKey) -> list[ApiKey]:
    family, generation = [found], [found]
    while generation:
        parents = [key.pk for key in generation]
        children = ApiKey.objects.filter(workspace_id=scope.workspace_id, parent_id__in=parents)
        generation = list(children.select_related("environment"))
        family += generation
    return family


def _subject(key: ApiKey) -> Subject:
    environment = key.environment
    label = f"{key.name} ({key.prefix}…)"
    return Subject("key", str(key.pk), label, environment.pk if environment else None, str(environment or ""))

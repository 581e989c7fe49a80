"""Make a service account, change it, and end it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, Scope
from trueline.workspaces import access, queries
from trueline.workspaces.actions_keys import revoke_api_key
from trueline.workspaces.errors import KeyRefused, RoleTooHigh
from trueline.workspaces.models import ApiKey, ServiceAccount
from trueline.workspaces.rules import KEY_DAYS, Capability, Role, capabilities_of


@transaction.atomic
def create_service_account(  # noqa: PLR0913 - an account is these facts
    scope: Scope, name: str, role: str, expires_at: datetime, *, actor: Actor, environment_id: UUID | None = None
) -> ServiceAccount:
    """A member that is no person. It can do nothing before it has a key.

    Raises `RoleTooHigh` for a role with more rights than the maker's, `KeyRefused` for an owner and for a life over a
    year, `Conflict` for a name that another account has, `NotVisible` for an environment out of reach.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    _refuse(scope, role, expires_at)
    environment = access.environment_by_id(scope, environment_id) if environment_id else None
    try:
        with transaction.atomic():
            made = ServiceAccount.objects.create(
                workspace_id=scope.workspace_id,
                name=name,
                role=role,
                environment=environment,
                made_by_label=actor.label,
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise Conflict("Another service account has this name.", next_step="Choose another name.") from error
    _tell(made, "workspaces:service:create", actor, after=_facts(made))
    return made


@transaction.atomic
def change_service_account(
    scope: Scope, service_account_id: UUID, role: str, expires_at: datetime, *, actor: Actor
) -> ServiceAccount:
    """Give an account another role or another end; its keys follow with their next request.

    Raises as `create_service_account` does, and `Conflict` for an account that was ended.
    """
    scope.require(Capability.MEMBERS_MANAGE)
    _refuse(scope, role, expires_at)
    found = queries.service_account(scope, service_account_id)
    before = _facts(found)
    lasting = ServiceAccount.objects.filter(workspace_id=scope.workspace_id, id=found.pk, revoked_at=None)
    if not lasting.update(role=role, expires_at=expires_at):
        raise Conflict("This service account was ended.", next_step="Make a new one.")
    found.role, found.expires_at = role, expires_at
    if before != _facts(found):
        _tell(found, "workspaces:service:change", actor, before=before, after=_facts(found))
    return found


@transaction.atomic
def end_service_account(scope: Scope, service_account_id: UUID, *, actor: Actor) -> ServiceAccount:
    """End an account and withdraw its keys; the next request of each is refused. Doing it twice changes nothing."""
    scope.require(Capability.MEMBERS_MANAGE)
    found = queries.service_account(scope, service_account_id)
    lasting = ServiceAccount.objects.filter(workspace_id=scope.workspace_id, id=found.pk, revoked_at=None)
    if lasting.update(revoked_at=clock.now()):
        keys = ApiKey.objects.filter(workspace_id=scope.workspace_id, service_account_id=found.pk, revoked_at=None)
        for key_id in keys.order_by("id").values_list("id", flat=True):
            revoke_api_key(scope, key_id, actor=actor)
        _tell(found, "workspaces:service:end", actor)
    return queries.service_account(scope, service_account_id)


def _refuse(scope: Scope, role: str, expires_at: datetime) -> None:
    now = clock.now()
    if role == Role.OWNER:
        raise KeyRefused("A service account is no owner: only people manage members.", next_step="Choose another role.")
    if role not in set(Role) or not capabilities_of(role) <= scope.capabilities:
        raise RoleTooHigh
    if not now < expires_at <= now + timedelta(days=KEY_DAYS):
        raise KeyRefused(f"A service account ends in the future, and within {KEY_DAYS} days.")


def _facts(account: ServiceAccount) -> dict[str, str]:
    return {"role": str(account.role), "expires": account.expires_at.date().isoformat()}


def _tell(
    account: ServiceAccount,
    action: str,
    actor: Actor,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    place = account.environment
    subject = Subject("service", str(account.pk), account.name, place.pk if place else None, str(place or ""))
    record(account.workspace_id, action, subject, actor=actor, before=before or {}, after=after or {})

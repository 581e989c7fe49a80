"""The only maker of a `Scope`.

Order of the checks: membership, environment in reach, record in that scope, capability, business gates. The first three
fail as `NotVisible`, which is the same answer as for what never existed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from trueline.kit import clock
from trueline.kit.database.context import current_workspace, within
from trueline.kit.digest import sha256
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope
from trueline.workspaces.models import (
    ApiKey,
    Environment,
    EnvironmentGrant,
    Invitation,
    Membership,
    ServiceAccount,
    User,
    Workspace,
)
from trueline.workspaces.rules import (
    CAPABILITIES_OF,
    Capability,
    GrantEffect,
    InvitationState,
    KeyToken,
    Lifecycle,
    Role,
    capabilities_of,
)


@dataclass(frozen=True, slots=True)
class Door:
    """A workspace that a person may enter."""

    workspace_id: UUID
    slug: str
    name: str
    role: str


def doors(user: User) -> tuple[Door, ...]:
    """Every workspace the person is an active member of, by name.

    The one read across workspaces in a request: a database function answers it for one person and nothing else.
    """
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, slug, name, role from workspace_doors(%s)", [user.pk])
        return tuple(Door(*row) for row in cursor.fetchall())


def door(user: User, slug: str) -> Door:
    """The door of that address. Raises `NotVisible`."""
    found = next((item for item in doors(user) if item.slug == slug), None)
    if found is None:
        raise NotVisible
    return found


def person(user: User, *, request_id: str = "") -> Actor:
    """The person as an actor."""
    return Actor(ActorKind.HUMAN, str(user.pk), str(user), request_id=request_id)


def enter(user: User, workspace_id: UUID, *, request_id: str = "") -> Scope:
    """The person's scope in the workspace whose context is set. Raises `NotVisible`."""
    if not user.is_active or current_workspace() != workspace_id:
        raise NotVisible
    membership = Membership.objects.filter(user=user, suspended_at=None, workspace_id=workspace_id).first()
    workspace = Workspace.objects.filter(id=workspace_id, archived_at=None).first()
    if membership is None or workspace is None:
        raise NotVisible
    return _narrowed(membership, _scope(workspace, person(user, request_id=request_id), membership.role))


def key_of_token(token: KeyToken) -> ApiKey | None:
    """The key of a token in the workspace whose context is set; None when it is unknown, withdrawn or too old."""
    if current_workspace() != token.workspace_id:
        return None
    return _good_keys(token.workspace_id).filter(token_digest=sha256(str(token).encode())).first()


def service_by_id(workspace_id: UUID, account_id: UUID) -> ServiceAccount | None:
    """The service account of that id, None when it has ended; for work that goes on after the request."""
    found = ServiceAccount.objects.filter(workspace_id=workspace_id, id=account_id, revoked_at=None)
    return found.filter(expires_at__gt=clock.now()).first()


def key_by_id(workspace_id: UUID, key_id: UUID) -> ApiKey | None:
    """The same by id, for work that goes on after the request."""
    return _good_keys(workspace_id).filter(id=key_id).first()


def _good_keys(workspace_id: UUID) -> QuerySet[ApiKey]:
    now = clock.now()
    good = ApiKey.objects.filter(workspace_id=workspace_id, revoked_at=None, expires_at__gt=now)
    lasting = Q(service_account=None) | Q(service_account__revoked_at=None, service_account__expires_at__gt=now)
    return good.filter(lasting).select_related("creator", "service_account")


def enter_by_key(key: ApiKey, *, request_id: str = "") -> Scope:
    """The scope of a key: what its holder may do now, and of that only what the key was given. Raises `NotVisible`."""
    holder = _holder(key, request_id)
    given = frozenset(key.capabilities)
    if key.environment_id is not None:  # as for a person: whoever reaches a part only manages no members
        given -= {Capability.MEMBERS_MANAGE}
    reached = holder.environment_ids
    if key.environment_id is not None:
        reached = frozenset({key.environment_id} if holder.reaches(key.environment_id) else ())
    return replace(
        holder,
        capabilities=holder.capabilities & given,
        environment_ids=reached,
        lowered=tuple((environment_id, held & given) for environment_id, held in holder.lowered),
    )


def _holder(key: ApiKey, request_id: str) -> Scope:
    """Whom a key acts for: its service account, or as itself for the person who made it."""
    if key.service_account is not None:
        return enter_service(key.service_account, request_id=request_id)
    actor = Actor(ActorKind.KEY, str(key.pk), key.name, on_behalf_of=str(key.creator), request_id=request_id)
    return replace(enter(key.creator, key.workspace_id), actor=actor)


def enter_service(account: ServiceAccount, *, request_id: str = "") -> Scope:
    """A service account's scope in the workspace whose context is set. Raises `NotVisible`."""
    workspace = Workspace.objects.filter(id=account.workspace_id, archived_at=None).first()
    if workspace is None or current_workspace() != account.workspace_id:
        raise NotVisible
    scope = _scope(
        workspace, Actor(ActorKind.SERVICE, str(account.pk), account.name, request_id=request_id), account.role
    )
    return (
        scope if account.environment_id is None else replace(scope, environment_ids=frozenset({account.environment_id}))
    )


def system(workspace_id: UUID, label: str = "Trueline") -> Scope:
    """Trueline itself at work in the workspace whose context is set, for jobs nobody asked for. Raises `NotVisible`."""
    workspace = Workspace.objects.filter(id=workspace_id).first()
    if workspace is None:
        raise NotVisible
    return _scope(workspace, Actor(ActorKind.SYSTEM, "system", label), Role.OWNER)


def visitor(workspace_id: UUID, environment_id: UUID, actor: Actor) -> Scope:
    """Somebody without an account, let in to what was released of one environment, in the context of its workspace.

    Raises `NotVisible`.
    """
    workspace = Workspace.objects.filter(id=workspace_id, archived_at=None).first()
    if workspace is None or current_workspace() != workspace_id:
        raise NotVisible
    return replace(_scope(workspace, actor, Role.CUSTOMER), environment_ids=frozenset({environment_id}))


def _scope(workspace: Workspace, actor: Actor, role: str) -> Scope:
    return Scope(workspace.pk, workspace.slug, workspace.name, actor, role, capabilities_of(role))


def _narrowed(membership: Membership, scope: Scope) -> Scope:
    grants = EnvironmentGrant.objects.filter(workspace_id=scope.workspace_id, membership_id=membership.pk)
    lines = list(grants.values_list("environment_id", "effect", "role"))
    # Whoever reaches a part only could otherwise lift their own line, or let somebody in who reaches everything.
    held = scope.capabilities - {Capability.MEMBERS_MANAGE} if lines else scope.capabilities
    included: set[UUID] = set()
    excluded: set[UUID] = set()
    lowered = []
    for environment_id, effect, role in lines:
        (included if effect == GrantEffect.INCLUDE else excluded).add(environment_id)
        if role:
            lowered.append((environment_id, capabilities_of(role) & held))
    return replace(
        scope,
        capabilities=held,
        environment_ids=frozenset(included) if included else None,
        excluded_ids=frozenset(excluded),
        lowered=tuple(lowered),
    )


def environment(scope: Scope, slug: str) -> Environment:
    """An environment that may be worked on, by its address. Raises `NotVisible` for any other."""
    found = Environment.objects.filter(workspace_id=scope.workspace_id, slug=slug).exclude(lifecycle=Lifecycle.ARCHIVED)
    return _reached(scope, found.first())


def environment_in_any_state(scope: Scope, slug: str) -> Environment:
    """An environment to look at, an archived one too, by its address. Raises `NotVisible`."""
    return _reached(scope, Environment.objects.filter(workspace_id=scope.workspace_id, slug=slug).first())


def environment_by_id(scope: Scope, environment_id: UUID) -> Environment:
    """The same by id."""
    return _reached(scope, Environment.objects.filter(workspace_id=scope.workspace_id, id=environment_id).first())


def _reached(scope: Scope, found: Environment | None) -> Environment:
    if found is None or not scope.reaches(found.pk):
        raise NotVisible
    return found


def open_invitation(workspace_id: UUID, token: str) -> Invitation | None:
    """The invitation that a visitor's link names, None when it is not good (any more); the token is the proof."""
    with within(workspace_id):
        found = Invitation.objects.filter(
            workspace_id=workspace_id, token_digest=sha256(token.encode()), state=InvitationState.PENDING
        )
        return found.filter(expires_at__gt=clock.now()).select_related("workspace").first()


def every_capability() -> frozenset[str]:
    """All capabilities there are; an owner holds them."""
    return frozenset(str(item) for item in CAPABILITIES_OF[Role.OWNER])

"""Roles, capabilities and the life of an environment, as tables that code, database and screen share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Capability(StrEnum):
    """What a person may do. Code asks for one of these, never for a role."""

    WORKSPACE_VIEW = "workspace.view"
    WORKSPACE_SETTINGS_MANAGE = "workspace.settings.manage"
    MEMBERS_MANAGE = "members.manage"
    WORKSPACE_DANGER = "workspace.danger"
    ENVIRONMENTS_MANAGE = "environments.manage"
    CONNECTIONS_MANAGE = "connections.manage"
    CREDENTIALS_ROTATE = "credentials.rotate"
    OPERATIONS_VIEW = "operations.view"
    OPERATIONS_START = "operations.start"
    BASELINES_MANAGE = "baselines.manage"
    TRACES_VIEW = "traces.view"
    TRACES_WRITE = "traces.write"
    WORLD_MODELS_MANAGE = "world_models.manage"
    WORLD_MODELS_APPROVE = "world_models.approve"
    FINDINGS_VIEW = "findings.view"
    FINDINGS_WORK = "findings.work"
    EXCEPTIONS_REQUEST = "exceptions.request"
    EXCEPTIONS_APPROVE = "exceptions.approve"
    CHANGES_PLAN = "changes.plan"
    CHANGES_APPROVE = "changes.approve"
    CHANGES_APPLY = "changes.apply"
    EVIDENCE_MANAGE = "evidence.manage"
    REVIEWS_MANAGE = "reviews.manage"
    REVIEWS_PUBLISH = "reviews.publish"
    PACKS_DOWNLOAD = "packs.download"
    REVIEWS_READ_RELEASED = "reviews.read_released"
    PACKS_DOWNLOAD_RELEASED = "packs.download_released"
    AUDIT_VIEW = "audit.view"
    SUPPORT_CREATE = "support.create"
    SUPPORT_DIAGNOSTICS = "support.diagnostics"
    AUTONOMY_MANAGE = "autonomy.manage"
    AUTONOMY_KILL = "autonomy.kill"


class Role(StrEnum):
    """A named set of capabilities, given by a membership."""

    OWNER = "owner"
    MANAGER = "manager"
    APPROVER = "approver"
    OPERATOR = "operator"
    VIEWER = "viewer"
    CUSTOMER = "customer"


_C = Capability
_RELEASED = frozenset({_C.REVIEWS_READ_RELEASED, _C.PACKS_DOWNLOAD_RELEASED})
_VIEWER = _RELEASED | {_C.WORKSPACE_VIEW, _C.OPERATIONS_VIEW, _C.TRACES_VIEW, _C.FINDINGS_VIEW, _C.PACKS_DOWNLOAD}
_OPERATOR = _VIEWER | {
    _C.OPERATIONS_START,
    _C.TRACES_WRITE,
    _C.FINDINGS_WORK,
    _C.EXCEPTIONS_REQUEST,
    _C.CHANGES_PLAN,
    _C.CHANGES_APPLY,
    _C.EVIDENCE_MANAGE,
    _C.REVIEWS_MANAGE,
    _C.SUPPORT_CREATE,
    _C.SUPPORT_DIAGNOSTICS,
}
_APPROVER = _VIEWER | {
    _C.WORLD_MODELS_APPROVE,
    _C.EXCEPTIONS_APPROVE,
    _C.CHANGES_APPROVE,
    _C.REVIEWS_PUBLISH,
    _C.AUDIT_VIEW,
}
_MANAGER = (_OPERATOR | _APPROVER) | {
    _C.WORKSPACE_SETTINGS_MANAGE,
    _C.ENVIRONMENTS_MANAGE,
    _C.CONNECTIONS_MANAGE,
    _C.CREDENTIALS_ROTATE,
    _C.BASELINES_MANAGE,
    _C.WORLD_MODELS_MANAGE,
    _C.AUTONOMY_MANAGE,
    _C.AUTONOMY_KILL,
}

CAPABILITIES_OF: dict[Role, frozenset[Capability]] = {
    Role.OWNER: frozenset(Capability),
    Role.MANAGER: frozenset(_MANAGER),
    Role.APPROVER: frozenset(_APPROVER),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.VIEWER: frozenset(_VIEWER),
    Role.CUSTOMER: _RELEASED,
}


class Lifecycle(StrEnum):
    """Where an environment is in its life. Only an active one may be worked on."""

    DRAFT = "draft"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    ARCHIVED = "archived"


LIFECYCLE_MOVES: dict[str, set[str]] = {
    Lifecycle.DRAFT: {Lifecycle.ONBOARDING},
    Lifecycle.ONBOARDING: {Lifecycle.ACTIVE, Lifecycle.DRAFT},
    Lifecycle.ACTIVE: {Lifecycle.ARCHIVED},
    Lifecycle.ARCHIVED: {Lifecycle.ACTIVE},
}


class Kind(StrEnum):
    """What sort of system an environment is."""

    MICROSOFT365 = "microsoft365_tenant"
    AGENTS = "agent_system"


class InvitationState(StrEnum):
    """What became of an invitation. Expiry is not a state: it is read from the date."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


INVITATION_MOVES: dict[str, set[str]] = {InvitationState.PENDING: {InvitationState.ACCEPTED, InvitationState.REVOKED}}
INVITATION_DAYS = 7


KEY_DAYS = 365
"""An API key ends at the latest after so many days: one that nobody remembers must not work for ever."""
WINDOW_SECONDS = 60
REQUESTS_PER_KEY = 600
REQUESTS_PER_WORKSPACE = 3_000
"""Requests to the API in one window. The count is in the database, so it holds over all processes and machines."""
ANSWER_HOURS = 24
"""How long the answer to a request with an idempotency key is kept."""


class CommercialState(StrEnum):
    """The workspace's contract. It never hides data; it stops new work."""

    TRIAL = "trial"
    ACTIVE = "active"
    GRACE = "grace"
    READ_ONLY = "suspended_read_only"


STOPS_RUNS = frozenset({CommercialState.READ_ONLY})
STOPS_ONBOARDING = frozenset({CommercialState.GRACE, CommercialState.READ_ONLY})


class GrantEffect(StrEnum):
    """What a membership's line on one environment does."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


def capabilities_of(role: str) -> frozenset[str]:
    """The capabilities of a role; an unknown role has none."""
    return frozenset(str(item) for item in CAPABILITIES_OF.get(Role(role), ())) if role in set(Role) else frozenset()


def is_lower(role: str, than: str) -> bool:
    """Whether a role grants a subset of another's capabilities: a person is narrowed, never raised, by environment."""
    return capabilities_of(role) <= capabilities_of(than)


def stand_in_for(person_id: UUID) -> str:
    """What stands in the place of a person who was forgotten: always the same, and nothing of the name in it."""
    return f"person-{person_id.hex[-12:]}"


@dataclass(frozen=True, slots=True)
class KeyToken:
    """The text of an API key, taken apart.

    Attributes:
        workspace_id: Where it belongs, so that it can be looked up under that workspace's row security.
        secret: 256 random bits in URL-safe base 64.
    """

    workspace_id: UUID
    secret: str

    @property
    def prefix(self) -> str:
        """What is shown of it for ever, so that people can tell keys apart; 220 bits stay unknown."""
        return self.secret[:6]

    def __str__(self) -> str:
        return f"tl_{self.workspace_id.hex}_{self.secret}"


_KEY_TOKEN = re.compile(r"tl_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)


def key_token(text: str) -> KeyToken | None:
    """The token that a text is, None when it has not the shape of one."""
    found = _KEY_TOKEN.fullmatch(text)
    return KeyToken(UUID(found[1]), found[2]) if found else None

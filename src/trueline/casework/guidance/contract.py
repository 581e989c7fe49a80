"""What a resolution case and its actions are, and the rule that no action looks safer than it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from trueline.audit.registry import EVENTS
from trueline.kit.scope import Scope
from trueline.operations import registry
from trueline.workspaces.rules import Capability


class ActionType(StrEnum):
    """What an action does."""

    NAVIGATION = "navigation"
    WORKSPACE_FILTERED_LINK = "workspace_filtered_link"
    ENVIRONMENT_LINK = "environment_link"
    DOWNLOAD = "download"
    DISCLOSURE = "disclosure"
    NONE = "none"
    DOMAIN_ACTION = "domain_action"
    OPERATION_ACTION = "operation_action"


EXECUTABLE = frozenset({ActionType.DOMAIN_ACTION, ActionType.OPERATION_ACTION})
_LINKS = frozenset(ActionType) - EXECUTABLE - {ActionType.NONE, ActionType.DISCLOSURE}


class CaseStatus(StrEnum):
    """Whether somebody has to act."""

    ACTION_REQUIRED = "action_required"
    WAITING = "waiting"
    NOTHING_TO_DO = "nothing_to_do"


@dataclass(frozen=True, slots=True)
class ResolutionAction:
    """One thing that a person can do about a case.

    Attributes:
        url: Where a link leads, or what receives the form of an executable action.
        capability: What the reader must hold; empty when being here is enough.
        requires_confirmation: Whether the reader is asked once more; always true for an executable action.
        audit_event: What the trail will say of it; empty for what changes nothing.
        operation_run_type: The type of run it starts; empty when it starts none.
        disabled_reason: Why this reader cannot do it, empty when they can.
        sends: Fields of the form of an executable action.
    """

    key: str
    label: str
    type: ActionType
    url: str = ""
    capability: str = ""
    requires_confirmation: bool = False
    audit_event: str = ""
    operation_run_type: str = ""
    disabled_reason: str = ""
    sends: tuple[tuple[str, str], ...] = ()

    @property
    def is_executable(self) -> bool:
        """Whether it changes something."""
        return self.type in EXECUTABLE


@dataclass(frozen=True, slots=True)
class CaseScope:
    """What a case is about; never taken from a session.

    Attributes:
        type: `workspace` or `environment`.
        source_surface: The page that shows it: `home`, `inbox`, `run`, `environment` or `finding`.
    """

    type: str
    workspace_id: UUID
    managed_environment_id: UUID | None
    source_surface: str


@dataclass(frozen=True, slots=True)
class TechnicalDetails:
    """What only somebody who digs needs; shown behind a fold."""

    review_status: str = ""
    output_readiness: str = ""
    evidence_state: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ResolutionCase:
    """One thing that stands still, why, what that means, and exactly one thing to do first.

    Attributes:
        severity: A severity, or `info` for what is only worth knowing.
        source_refs: `type:id` of the records it was derived from.
        evidence_refs: `type:id` of what a system showed.
    """

    key: str
    scope: CaseScope
    severity: str
    status: CaseStatus
    title: str
    reason: str
    impact: str
    primary_action: ResolutionAction
    secondary_actions: tuple[ResolutionAction, ...] = ()
    source_refs: tuple[str, ...] = ()
    evidence_refs: tuple[str, ...] = ()
    technical_details: TechnicalDetails = field(default_factory=TechnicalDetails)

    def __post_init__(self) -> None:
        """Raise `ValueError` for two first steps, or an action that claims more than it can keep."""
        actions = (self.primary_action, *self.secondary_actions)
        if len({action.key for action in actions}) != len(actions):
            raise ValueError(f"case {self.key} names one action twice")
        unsafe = [action.key for action in actions if not is_safe(action)]
        if unsafe:
            raise ValueError(f"case {self.key} offers {', '.join(unsafe)} without what makes it safe")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads, on which page, and how addresses and refusals are said there.

    Attributes:
        address: The address of a page by its name and parts.
        why_not: Why the reader lacks a capability in an environment, empty when they hold it.
    """

    scope: Scope
    surface: str
    address: Callable[..., str]
    why_not: Callable[[str, UUID | None], str]
    now: datetime

    def about(self, environment_id: UUID | None) -> CaseScope:
        """The scope of a case."""
        kind = "environment" if environment_id else "workspace"
        return CaseScope(kind, self.scope.workspace_id, environment_id, self.surface)


def is_safe(action: ResolutionAction) -> bool:
    """Whether an action can keep what its type promises.

    An executable one needs a receiver, a known capability, a confirmation, an event that the trail knows and, when it
    starts a run, a known type of run. A link needs somewhere to lead, unless it is disabled.
    """
    if action.type in _LINKS:
        return bool(action.url or action.disabled_reason)
    if not action.is_executable:
        return not (action.audit_event or action.operation_run_type)
    envelope = action.url and action.requires_confirmation and action.audit_event in EVENTS
    if not envelope or action.capability not in set(Capability):
        return False
    return action.type is ActionType.DOMAIN_ACTION or action.operation_run_type in _run_types()


def _run_types() -> set[str]:
    return {known.code for known in registry.run_types()}


def offered(action: ResolutionAction, otherwise: ResolutionAction | None = None) -> ResolutionAction:
    """The action when it is safe, else what stands in for it: a link, or nothing; never a button that cannot work."""
    if is_safe(action):
        return action
    if otherwise is not None and not otherwise.is_executable and is_safe(otherwise):
        return otherwise
    return ResolutionAction(action.key, action.label, ActionType.NONE)


def others(primary: ResolutionAction, found: Iterable[ResolutionAction]) -> tuple[ResolutionAction, ...]:
    """Second steps: those that can be taken, without the first one and without repeats."""
    kept: dict[str, ResolutionAction] = {}
    for action in found:
        usable = action.type is not ActionType.NONE and is_safe(action) and not action.disabled_reason
        if usable and action.key != primary.key:
            kept.setdefault(action.key, action)
    return tuple(kept.values())

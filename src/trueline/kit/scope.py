"""Who acts, and where: the value that every read and write of a tenant's rows asks for.

`trueline.workspaces.access` alone makes a `Scope`; a lint holds everyone else to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from trueline.kit.errors import TruelineError


class ActorKind(StrEnum):
    """What acts: a person, a program with a person's key, a service account, or Trueline itself."""

    HUMAN = "human"
    KEY = "key"
    SERVICE = "service"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as audit keeps it: an id and the label it had at that time.

    Attributes:
        on_behalf_of: Label of the person a key or a job acts for, empty when nobody.
        request_id: Ties everything one request did together, empty outside a request.
    """

    kind: ActorKind
    id: str
    label: str
    on_behalf_of: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """One actor inside one workspace.

    Attributes:
        role: The role of the membership, for display only; decisions ask for a capability.
        capabilities: What the actor may do everywhere in reach.
        environment_ids: Environments in reach, None for all of the workspace.
        lowered: For single environments the smaller set of capabilities that holds there.
    """

    workspace_id: UUID
    workspace_slug: str
    workspace_name: str
    actor: Actor
    role: str
    capabilities: frozenset[str]
    environment_ids: frozenset[UUID] | None = None
    excluded_ids: frozenset[UUID] = frozenset()
    lowered: tuple[tuple[UUID, frozenset[str]], ...] = ()

    def reaches(self, environment_id: UUID) -> bool:
        """Whether that environment may be seen at all."""
        included = self.environment_ids is None or environment_id in self.environment_ids
        return included and environment_id not in self.excluded_ids

    def may(self, capability: str, environment_id: UUID | None = None) -> bool:
        """Whether the actor holds the capability, in one environment when one is given."""
        if environment_id is None:
            return capability in self.capabilities
        held = dict(self.lowered).get(environment_id, self.capabilities)
        return self.reaches(environment_id) and capability in held

    def require(self, capability: str, environment_id: UUID | None = None) -> None:
        """Raise `NotAllowed` when the capability is missing."""
        if not self.may(capability, environment_id):
            raise NotAllowed(capability)


class NotVisible(TruelineError):
    """No such record for this reader. Whether it exists elsewhere is not said."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address, or you do not have access to it.")


class NotAllowed(TruelineError):
    """The record is in reach, the capability is missing."""

    code = "not_allowed"
    is_denial = True

    def __init__(self, capability: str) -> None:
        super().__init__(
            "Your role does not allow this.", next_step="Ask an owner of the workspace for a role that does."
        )
        self.capability = capability

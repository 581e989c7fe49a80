"""Paths of environments that people decided to leave as they are: what no plan may touch unless somebody names it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from trueline.connections.contract import Facet
from trueline.findings.detectors import UNMET
from trueline.findings.exceptions import HOLDS
from trueline.findings.queries import exceptions_worth
from trueline.inventory.assertions.layers import Demand
from trueline.inventory.assertions.model import Assertion
from trueline.inventory.readings import id_at
from trueline.kit.scope import Scope

_FIELDS = ("environment_id", "id", "detector", "standard_id", "object_type", "subject_key", "facet", "path")


@dataclass(frozen=True, slots=True)
class AcceptedPath:
    """One path, and until when its risk is accepted.

    Attributes:
        standard_id: The standard that the finding departs from, as text.
        subject_key: Of an assertion its id, else the object.
        path: Where in the object; empty for all of it.
    """

    environment_id: UUID
    finding_id: UUID
    detector: str
    standard_id: str
    object_type: str
    subject_key: str
    facet: str
    path: str
    expires_at: datetime

    def lies_on(self, demand: Demand, standard_id: str) -> bool:
        """Whether doing what a standard asks for here would touch the path."""
        if self.detector == UNMET and self.standard_id == standard_id and self.subject_key == demand.id:
            return True
        if self.facet != Facet.SETTINGS:
            return False
        if not isinstance(demand, Assertion):
            return self.object_type == demand.type and self.path in demand.settings
        if demand.type:
            return self.path == demand.setting and (self.detector == UNMET or self.object_type == demand.type)
        return bool(demand.setting) and id_at(self.path).lower() == demand.setting


def accepted_paths(scope: Scope, environment_ids: Collection[UUID]) -> list[AcceptedPath]:
    """Every path of these environments, as far as they are in reach, whose risk is accepted at this moment.

    In one statement. What expired, went stale or was revoked is not among them, with no job running.
    """
    holding = exceptions_worth(scope, sorted(HOLDS)).filter(finding__environment_id__in=list(environment_ids))
    rows = holding.order_by("expires_at", "id").values_list(*(f"finding__{name}" for name in _FIELDS), "expires_at")
    return [AcceptedPath(*row) for row in rows]

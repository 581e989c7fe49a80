"""What the generated tenants contain and how they were made to differ: the answer sheet of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.connections.contract import Coverage, Facet


class ChangeKind(StrEnum):
    """How an object of a tenant differs from the standard."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    RENAMED = "renamed"
    DUPLICATE_NAME = "duplicate_name"
    DUPLICATE_ID = "duplicate_id"
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One planned difference from the standard.

    Attributes:
        tenant: The slug of the tenant.
        days: The days on which it holds, such as `("day1", "day3")`: gone on the day between, back on the last.
        kind: How the object differs.
        severity: `critical`, `high`, `medium`, `low`, or `info` for what loses no protection.
        area: The area of the coverage manifest.
        object_type: The provider's name of the type; empty where a whole area was not read.
        name: The object's name in the tenant; empty where a whole area was not read.
        standard_name: Its name in the standard; empty for an object that the standard does not have.
        external_id: Its id in the tenant; empty for a missing object.
        facet: The part that differs, None unless the kind is `changed`.
        path: Where: a settingDefinitionId, or a dotted path inside the object.
        before: The standard's value.
        after: The tenant's value.
        coverage: What the area becomes because of it; `complete` where it stays whole.
        why: One sentence on what it means.
    """

    tenant: str
    days: tuple[str, ...]
    kind: ChangeKind
    severity: str
    area: str
    object_type: str
    name: str
    standard_name: str
    external_id: str
    facet: Facet | None
    path: str
    before: Any
    after: Any
    coverage: Coverage
    why: str


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One generated tenant.

    Attributes:
        slug: Its folder.
        name: Its name.
        domain: Its domain, under the reserved top-level name `example`.
        layout: The layout of its exports.
        days: The days it was exported on, oldest first; each is a folder.
    """

    slug: str
    name: str
    domain: str
    layout: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Everything that `generate` wrote.

    Attributes:
        folder: Where it was written.
        seed: What it was made from; the same seed gives the same bytes.
        standard: The tenant that the others are held against.
        tenants: The customers' tenants.
        changes: The planned differences, tenant by tenant.
    """

    folder: Path
    seed: int
    standard: DemoTenant
    tenants: tuple[DemoTenant, ...]
    changes: tuple[PlannedChange, ...]

    def export(self, tenant: DemoTenant, day: str) -> Path:
        """The folder of one tenant's export on one day."""
        return self.folder / tenant.slug / day

    def expected(self, slug: str, day: str) -> tuple[PlannedChange, ...]:
        """What differs in one tenant on one day."""
        return tuple(change for change in self.changes if change.tenant == slug and day in change.days)

    def cleared(self, slug: str, day: str) -> tuple[PlannedChange, ...]:
        """What differed on the day before and does so no more; empty for the first day."""
        before = self._day_before(slug, day)
        return tuple(change for change in self.expected(slug, before) if day not in change.days) if before else ()

    def came_back(self, slug: str, day: str) -> tuple[PlannedChange, ...]:
        """What differs, did not the day before, and had done so earlier."""
        before = self._day_before(slug, day)
        return tuple(
            change
            for change in self.expected(slug, day)
            if before and before not in change.days and change.days[0] < day
        )

    def _day_before(self, slug: str, day: str) -> str:
        days = next(tenant.days for tenant in self.tenants if tenant.slug == slug)
        position = days.index(day)
        return days[position - 1] if position else ""

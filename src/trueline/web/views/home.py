"""The first page of a workspace: how it stands, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trueline.findings import queries as findings
from trueline.inventory import queries as inventory
from trueline.operations import queries as operations
from trueline.operations.rules import State
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.heat import heat
from trueline.web.lately import lately
from trueline.web.pages import page, url
from trueline.web.today import AreaState, Situation, Step, headline, next_step, unknowns
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability, Lifecycle

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.findings.models import Finding
    from trueline.inventory.models import Snapshot, SnapshotArea
    from trueline.kit.scope import Scope
    from trueline.web.asked import Asked

_LATELY = 40
_SHOWN = 6
_MOST_COUNTED = 500
MOST_ACTIVE = 5
_SEVERITY_ORDER = ("critical", "high", "medium", "low", "info")
_ALLOWED_BY = {
    "environment": Capability.ENVIRONMENTS_MANAGE,
    "upload": Capability.OPERATIONS_START,
    "again": Capability.OPERATIONS_START,
    "standard": Capability.BASELINES_MANAGE,
    "hold": Capability.BASELINES_MANAGE,
    "finding": Capability.FINDINGS_VIEW,
    "coverage": Capability.WORKSPACE_VIEW,
}


@workspace_page()
def home(asked: Asked) -> HttpResponse:
    """How everything in reach stands; for somebody who may only read what was released, that."""
    if not asked.scope.may(Capability.WORKSPACE_VIEW):
        return page(asked, "home_released.html", _("Released for you"))
    found = situations(asked.scope)
    order = words.area_order({key for one in found for key in one.areas})
    labels = {key: words.area(key) for key in order}
    worst = findings.open_findings(asked.scope).first() if any(one.open for one in found) else None
    step = next_step(
        found, has_standards=any(one.is_held for one in found) or inventory.baselines(asked.scope).exists()
    )
    context = {
        "headline": headline(found),
        "unknowns": unknowns(found, labels),
        "step": step,
        "step_url": _step_url(asked, step, worst),
        "step_reason": words.why_not(asked.scope, _ALLOWED_BY[step.code]),
        "has_environments": bool(found),
        "has_captures": any(one.captured_at for one in found),
        "severities": _severities(asked, found),
        "heat": heat(
            found,
            labels,
            lambda slug: url(asked, "environment", slug),
            lambda slug, area: f"{url(asked, 'findings')}?environment={slug}&area={area}",
        ),
        **_runs(asked),
    }
    return page(asked, "home.html", pgettext("rail", "Today"), context)


def situations(scope: Scope) -> list[Situation]:
    """Every environment in reach as it stands, in five statements whatever their number."""
    environments = list(workspaces.environments(scope).exclude(lifecycle=Lifecycle.ARCHIVED))
    ids = [one.pk for one in environments]
    snapshots = inventory.newest_snapshots(scope, ids)
    areas = inventory.areas_of(scope, [one.pk for one in snapshots.values()])
    by_area = findings.area_counts(scope, ids)
    severities = findings.open_counts(scope, ids)
    held = set(inventory.assignments(scope).values_list("environment_id", flat=True))
    return [
        Situation(
            one.name,
            one.slug,
            snapshots[one.pk].observed_at if one.pk in snapshots else None,
            one.pk in held,
            words.by_severity(severities.get(one.pk, {})),
            _areas(one.pk, snapshots.get(one.pk), areas, by_area),
        )
        for one in environments
    ]


def _areas(
    environment_id: UUID,
    snapshot: Snapshot | None,
    areas: dict[UUID, dict[str, SnapshotArea]],
    by_area: dict[tuple[UUID, str], tuple[int, int]],
) -> dict[str, AreaState]:
    if snapshot is None:
        return {}
    return {
        key: AreaState(row.coverage, row.reason, *by_area.get((environment_id, key), (0, 0)))
        for key, row in areas.get(snapshot.pk, {}).items()
    }


def _severities(asked: Asked, found: list[Situation]) -> list[dict[str, Any]]:
    counts = {key: sum(one.severities.get(key, 0) for one in found) for key in _SEVERITY_ORDER}
    address = url(asked, "findings")
    return [{"code": key, "number": counts[key], "url": f"{address}?severity={key}"} for key in _SEVERITY_ORDER]


def _step_url(asked: Asked, step: Step, worst: Finding | None) -> str:
    match step.code:
        case "environment":
            return url(asked, "environment_new")
        case "upload" | "again":
            return url(asked, "upload", step.slug)
        case "finding" if worst is not None:
            return url(asked, "finding", worst.pk)
        case "standard":
            return url(asked, "environment_captures", step.slug)
        case "coverage":
            return url(asked, "environment", step.slug)
        case _:
            return url(asked, "standards")


def _runs(asked: Asked) -> dict[str, Any]:
    if not asked.scope.may(Capability.OPERATIONS_VIEW):
        return {"happened": [], "active": [], "more_active": 0}
    active = list(operations.active_runs(asked.scope)[:_MOST_COUNTED])
    recent = operations.runs(asked.scope).filter(state=State.COMPLETED)[:_LATELY]
    happened = lately(recent, lambda run: url(asked, "run", run.pk))
    return {
        "happened": happened[:_SHOWN],
        "active": active[:MOST_ACTIVE],
        "more_active": max(0, len(active) - MOST_ACTIVE),
    }

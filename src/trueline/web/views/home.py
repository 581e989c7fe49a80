"""The first page of a workspace: how it stands, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext

from trueline.evaluations import queries as evaluations
from trueline.findings import queries as findings
from trueline.findings import wording
from trueline.findings.exceptions import EXPIRING_DAYS
from trueline.findings.jobs import DETECT
from trueline.findings.rules import RANK
from trueline.inventory import queries as inventory
from trueline.kit import clock
from trueline.operations import queries as operations
from trueline.operations.rules import State
from trueline.web import words
from trueline.web.agents_at_work import systems_at_work
from trueline.web.charts import TREND_DAYS, trend
from trueline.web.doors import workspace_page
from trueline.web.guiding import case_of_today
from trueline.web.heat import MOST_ROWS, heat, urgency
from trueline.web.lately import lately
from trueline.web.pages import page, url
from trueline.web.today import AreaState, Situation, headline, next_step, since_yesterday, unknowns
from trueline.web.views.released import released_page
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability, Kind, Lifecycle

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from trueline.inventory.models import SnapshotArea
    from trueline.kit.scope import Scope
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_LATELY = 40
_SHOWN = 6
_ENDING = 5
_SEVERITY_ORDER = ("critical", "high", "medium", "low", "info")


@workspace_page()
def home(asked: Asked) -> HttpResponse:
    """How everything in reach stands; for somebody who may only read what was released, that."""
    if not asked.scope.may(Capability.WORKSPACE_VIEW):
        return released_page(asked)
    every = operable(asked.scope)
    environments = [one for one in every if one.kind != Kind.AGENTS]
    found, lost = _overview(asked.scope, environments)
    systems = systems_at_work(asked, [one for one in every if one.kind == Kind.AGENTS])
    order = words.area_order({*lost, *(key for one in found for key in one.areas)})
    labels = {key: wording.area(key) for key in order}
    all_of_it = [*found, *(one.situation for one in systems)]
    worst = findings.open_findings(asked.scope).first() if any(one.open for one in all_of_it) else None
    has_standards = any(one.is_held for one in found) or inventory.baselines(asked.scope).exists()
    step = next_step(all_of_it, has_standards=has_standards)
    context = {
        "headline": headline(all_of_it),
        "unknowns": unknowns(found, lost, labels),
        "case": case_of_today(asked, step, found, worst, {one.pk: one for one in every}),
        "has_environments": bool(all_of_it),
        "systems": systems,
        "has_captures": any(one.captured_at for one in found),
        "severities": _severities(asked, all_of_it),
        "heat": heat(
            found,
            labels,
            lambda slug: url(asked, "environment", slug),
            lambda slug, area: f"{url(asked, 'findings')}?environment={slug}&area={area}",
        ),
        **_runs(asked),
        **_pictures(asked, all_of_it, has_systems=bool(systems)),
    }
    return page(asked, "home.html", pgettext("rail", "Today"), context)


def operable(scope: Scope) -> list[Environment]:
    """Environments in reach that are not set aside."""
    return list(workspaces.environments(scope).exclude(lifecycle=Lifecycle.ARCHIVED))


def _overview(scope: Scope, environments: list[Environment]) -> tuple[list[Situation], dict[str, set[str]]]:
    """Every environment, those that the picture shows with their areas; and the areas that were lost anywhere."""
    ids = [one.pk for one in environments]
    looks = inventory.newest_looks(scope, ids)
    severities = findings.open_counts(scope, ids)
    held = set(inventory.assignments(scope).values_list("environment_id", flat=True))
    brief = {
        one.pk: Situation(
            one.name,
            one.slug,
            looks[one.pk][1] if one.pk in looks else None,
            one.pk in held,
            words.by_severity(severities.get(one.pk, {})),
            is_partial=one.pk in looks and not looks[one.pk][2],
        )
        for one in environments
    }
    worst = sorted(brief, key=lambda key: urgency(brief[key]))[:MOST_ROWS]
    areas = inventory.areas_of(scope, [looks[key][0] for key in worst if key in looks])
    by_area = findings.area_counts(scope, worst)
    for key in worst:
        if key in looks:
            brief[key] = replace(brief[key], areas=_areas(key, looks[key][0], areas, by_area))
    lost = inventory.unread_areas(scope, [look[0] for look in looks.values() if not look[2]])
    return list(brief.values()), lost


def situations(scope: Scope, environments: list[Environment]) -> list[Situation]:
    """Each of these environments as it stands, in four statements whatever their number."""
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
            _areas(one.pk, snapshots[one.pk].pk, areas, by_area) if one.pk in snapshots else {},
        )
        for one in environments
    ]


def _areas(
    environment_id: UUID,
    snapshot_id: UUID,
    areas: dict[UUID, dict[str, SnapshotArea]],
    by_area: dict[tuple[UUID, str], tuple[int, int]],
) -> dict[str, AreaState]:
    return {
        key: AreaState(row.coverage, row.reason, *by_area.get((environment_id, key), (0, 0)))
        for key, row in areas.get(snapshot_id, {}).items()
    }


def _severities(asked: Asked, found: list[Situation]) -> list[dict[str, Any]]:
    counts = {key: sum(one.severities.get(key, 0) for one in found) for key in _SEVERITY_ORDER}
    address = url(asked, "findings")
    return [{"code": key, "number": counts[key], "url": f"{address}?severity={key}"} for key in _SEVERITY_ORDER]


def _pictures(asked: Asked, found: list[Situation], *, has_systems: bool) -> dict[str, Any]:
    """The trend, what changed since yesterday, and accepted risks that end soon."""
    if not asked.scope.may(Capability.FINDINGS_VIEW):
        return {"trend": None, "since": "", "ending": []}
    now = clock.now()
    began = now - timedelta(days=TREND_DAYS)
    looks = [inventory.first_look_since(asked.scope, began)]
    looks += [evaluations.first_look_since(asked.scope, began)] if has_systems else []
    first = min((one for one in looks if one is not None), default=None)
    ranks = {RANK[key]: sum(one.severities.get(key, 0) for one in found) for key in RANK}
    sums = operations.sums_since(asked.scope, DETECT.code, now - timedelta(days=1), ("opened", "reopened", "cleared"))
    soon = findings.ending_exceptions(asked.scope, timedelta(days=EXPIRING_DAYS))[:_ENDING]
    return {
        "trend": trend(
            ranks, findings.daily_changes(asked.scope, began.date()), now.date(), first.date() if first else None
        ),
        "since": since_yesterday(sums["runs"], sums["opened"], sums["reopened"], sums["cleared"]) if first else "",
        "ending": [(one, words.finding_title(one.finding), url(asked, "finding", one.finding_id)) for one in soon],
    }


def _runs(asked: Asked) -> dict[str, Any]:
    if not asked.scope.may(Capability.OPERATIONS_VIEW):
        return {"happened": []}
    recent = operations.runs(asked.scope).filter(state=State.COMPLETED)[:_LATELY]
    happened = lately(recent, lambda run: url(asked, "run", run.pk))
    return {"happened": happened[:_SHOWN]}

"""The first page of a system of agents: how it stands, what to do next, its picture, and what costs it most."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from trueline.evaluations import queries as evaluations
from trueline.findings import queries as findings
from trueline.kit import clock
from trueline.systems import queries as systems
from trueline.systems.rules import PartState
from trueline.traces import queries as traces
from trueline.traces.queries import TraceDay
from trueline.traces.rules import ACTIVITY_DAYS
from trueline.web import charts, words
from trueline.web.agent_graph import picture
from trueline.web.causes import impacts, percent
from trueline.web.guiding import AgentsAtHand, case_of_agents
from trueline.web.page_help import AGENTS
from trueline.web.pages import page, url
from trueline.web.trace_rows import duration
from trueline.web.views.traces import frame
from trueline.workspaces.rules import Capability, Lifecycle

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.evaluations.models import Scan
    from trueline.systems.models import GraphPart
    from trueline.web.asked import Asked
    from trueline.web.charts import Chart
    from trueline.workspaces.models import Environment

_TREND = 30


def overview(asked: Asked, found: Environment) -> HttpResponse:
    """How a system of agents stands; each part is left out for whoever may not see it."""
    scope = asked.scope
    looks = list(evaluations.scans(scope, found.pk)[:_TREND]) if scope.may(Capability.FINDINGS_VIEW, found.pk) else []
    parts = list(systems.graph_parts(scope, found.pk))
    days = _days(asked, found)
    context = {
        **frame(asked, found, "environment"),
        **days,
        "case": _case(asked, found, looks, parts, has_sent=bool(days["whole"] and days["whole"].traces)),
        "scan": looks[0] if looks else None,
        "trend": _trend(looks),
        "impacts": _impacts(asked, looks[0]) if looks else [],
        "graph": picture(parts),
        "unconfirmed": sum(one.state == PartState.DRAFT for one in parts),
        "counts": words.by_severity(findings.open_counts(scope, [found.pk]).get(found.pk, {})),
        "page_help": AGENTS,
    }
    crumbs = [(_("Environments"), url(asked, "environments"))]
    return page(asked, "agent_system.html", found.name, context, crumbs=crumbs, environment=found)


def _days(asked: Asked, found: Environment) -> dict[str, Any]:
    """What the agents did in the last days, in all and as pictures; nothing for who may not see traces."""
    if not asked.scope.may(Capability.TRACES_VIEW, found.pk):
        return {"whole": None, "charts": [], "failing": "", "waiting": None}
    since = clock.now() - timedelta(days=ACTIVITY_DAYS)
    whole, days = traces.by_day(asked.scope, found.pk, since)
    return {
        "whole": whole,
        "failing": percent(whole.failed / whole.traces) if whole.traces else "",
        "median": duration(whole.median_ns),
        "slow": duration(whole.slow_ns),
        "waiting": traces.waiting(asked.scope, found.pk),
        "charts": _charts(_every_day(days)),
    }


def _every_day(days: list[TraceDay]) -> list[TraceDay]:
    """The same with the days between on which nothing came: no trace then, and nothing measured."""
    known = {one.day: one for one in days if one.day}
    if not known:
        return []
    first, last = min(known), max(known)
    between = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [known.get(day, TraceDay(day, 0, 0, None, None, None, None)) for day in between]


def _charts(days: list[TraceDay]) -> list[Chart]:
    """Health, latency and cost, day by day; one day alone is no picture."""
    labels = [(date_format(one.day, "DATE_FORMAT"), charts.short_day(one.day)) for one in days if one.day]
    if len(labels) < 2:
        return []
    made = [
        charts.daily(
            "health",
            _("Traces, day by day"),
            labels,
            [
                (_("All"), "accent", [one.traces for one in days]),
                (_("With a failure"), "high", [one.failed for one in days]),
            ],
        ),
        charts.daily(
            "latency",
            _("How long a trace takes, milliseconds"),
            labels,
            [
                (_("Nineteen of twenty, at most"), "accent", [_rounded(one.slow_ns, 1e-6) for one in days]),
                (_("Half, at most"), "low", [_rounded(one.median_ns, 1e-6) for one in days]),
            ],
        ),
        charts.daily(
            "cost", _("Cost, US cents"), labels, [(_("Cost"), "medium", [_rounded(one.cost, 100) for one in days])]
        ),
    ]
    return [one for one in made if one is not None]


def _rounded(value: float | None, factor: float) -> int | None:
    return None if value is None else round(value * factor)


def _case(asked: Asked, found: Environment, looks: list[Scan], parts: list[GraphPart], *, has_sent: bool) -> Any:
    if found.lifecycle == Lifecycle.ARCHIVED or not asked.scope.may(Capability.FINDINGS_VIEW, found.pk):
        return None
    worst = findings.open_findings(asked.scope).filter(environment_id=found.pk).first()
    drafts = sum(one.state == PartState.DRAFT for one in parts)
    return case_of_agents(asked, AgentsAtHand(found, has_sent, bool(looks), worst, drafts))


def _trend(looks: list[Scan]) -> Chart | None:
    """The score of the last scans, oldest first."""
    shown = [
        (words.moment(one.observed_at), charts.short_day(localtime(one.observed_at)), one.blended) for one in looks
    ]
    return charts.scores(shown[::-1])


def _impacts(asked: Asked, newest: Scan) -> list[dict[str, Any]]:
    """Causes of the newest scan, those first whose runs took most time."""
    scan = evaluations.scan(asked.scope, newest.pk)
    sightings = list(evaluations.sightings_in(asked.scope, scan.pk))
    return [
        {
            "impact": one,
            "url": url(asked, "cause", one.sighting.cluster_id),
            "share": percent(one.rate.share),
            "time": duration(one.seconds * 1e9) if one.seconds is not None else "",
            "cost": "" if one.cost is None else words.dollars(one.cost, 2),
        }
        for one in impacts(sightings, scan.report["work"])
    ]

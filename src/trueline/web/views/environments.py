"""Environments: the list, a new one, and the tabs of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from trueline.casework.guidance.environments import Place
from trueline.connections import queries as connections
from trueline.connections.contract import Coverage
from trueline.findings import queries as findings
from trueline.findings import wording
from trueline.findings.jobs import DETECT
from trueline.findings.starting import judge_again
from trueline.inventory import queries as inventory
from trueline.kit.errors import TruelineError
from trueline.operations import queries as operations
from trueline.operations.rules import State
from trueline.traces.queries import activities
from trueline.web import charts, words
from trueline.web.charts import Chart, Judged, drift
from trueline.web.doors import act, workspace_page
from trueline.web.forms import EnvironmentForm
from trueline.web.guiding import case_of_environment
from trueline.web.marks import STATES
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.views import agent_system
from trueline.web.views.audit import events_url
from trueline.web.views.home import situations
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions import create_environment, move_environment
from trueline.workspaces.rules import Capability, Kind, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from trueline.casework.guidance.contract import ResolutionCase
    from trueline.inventory.models import Snapshot, SnapshotArea
    from trueline.kit.scope import Scope
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_COVERAGE_ORDER = ("complete", "partial", "denied", "not_licensed", "unread")
_FIRST_TO_KNOW = ("denied", "not_licensed", "partial", "complete", "unread")
_MANAGE = Capability.ENVIRONMENTS_MANAGE
_JUDGED = 20
_PLACE_ORDER = ("name", "id")
_MOST_ARCHIVED = 50
_MOST_AGENTS = 100
_LONGEST_NAME = 120
_OBJECT_ORDER = ("area", "name", "id")


@workspace_page(Capability.WORKSPACE_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """The environments in reach with their state, a page at a time; archived ones apart."""
    words_sought = asked.request.GET.get("q", "").strip()[:_LONGEST_NAME]
    found = workspaces.environments(asked.scope).filter(name__icontains=words_sought)
    active = found.exclude(lifecycle=Lifecycle.ARCHIVED)
    shown = listed(asked.request, active.exclude(kind=Kind.AGENTS), _PLACE_ORDER)
    agents = list(active.filter(kind=Kind.AGENTS)[:_MOST_AGENTS])
    archived = list(found.filter(lifecycle=Lifecycle.ARCHIVED)[:_MOST_ARCHIVED])
    activity = activities(asked.scope, [one.pk for one in agents if asked.scope.may(Capability.TRACES_VIEW, one.pk)])
    context = {
        "rows": situations(asked.scope, shown.rows),
        "listed": shown,
        "agents": [(one, activity.get(one.pk)) for one in agents],
        "q": words_sought,
        "archived": archived,
        "new_reason": words.why_not(asked.scope, _MANAGE),
        "restore_reasons": {one.pk: words.why_not(asked.scope, _MANAGE, one.pk) for one in archived},
    }
    return page(asked, "environments.html", _("Environments"), context)


@workspace_page(_MANAGE, "GET", "POST")
def new(asked: Asked) -> HttpResponse:
    """Add an environment."""
    form = EnvironmentForm(asked.request.POST or None)
    if form.is_valid():
        try:
            made = create_environment(
                asked.scope,
                form.cleaned_data["name"].strip(),
                actor=asked.actor,
                kind=form.cleaned_data["kind"] or Kind.MICROSOFT365,
            )
        except TruelineError as error:
            form.add_error("name", words.told(error))
        else:
            messages.success(asked.request, _("The environment %(name)s was added.") % {"name": made.name})
            return redirect(url(asked, "environment", made.slug))
    crumbs = [(_("Environments"), url(asked, "environments"))]
    return page(asked, "environment_new.html", _("Add an environment"), {"form": form}, crumbs=crumbs)


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def overview(asked: Asked, environment: str) -> HttpResponse:
    """How much of it was read, what it is held to, and what is open."""
    found = looked_at(asked, environment)
    if found.kind == Kind.AGENTS:
        return agent_system.overview(asked, found)
    looks = list(inventory.snapshots(asked.scope, found.pk)[:_JUDGED])
    snapshot = looks[0] if looks else None
    rows = list(inventory.areas(asked.scope, snapshot.pk)) if snapshot else []
    gaps = list(inventory.gaps(asked.scope, snapshot.pk)[:200]) if snapshot else []
    standards = inventory.standards_of(asked.scope, found.pk)
    context = {
        **frame(asked, found, "environment"),
        "events_url": events_url(asked, "environment", found.pk),
        "snapshot": snapshot,
        "areas": areas_by_reading(rows),
        "objects_url": url(asked, "environment_objects", found.slug),
        "shares": shares_of_areas(rows),
        "unread": [gap for gap in gaps if not gap.is_warning],
        "warnings": [gap for gap in gaps if gap.is_warning],
        "standards": standards,
        "case": _case(asked, found, is_captured=snapshot is not None, is_held=bool(standards)),
        "counts": words.by_severity(findings.open_counts(asked.scope, [found.pk]).get(found.pk, {})),
        "would_pass": findings.would_pass(asked.scope, found.pk),
        "drift": _drift(asked, found, looks),
        "upload_reason": upload_reason(asked.scope, found),
        "archive_reason": _archive_reason(asked.scope, found),
    }
    return page(asked, "environment.html", found.name, context, crumbs=_crumbs(asked), environment=found)


def _drift(asked: Asked, found: Environment, snapshots: list[Snapshot]) -> Chart | None:
    """What the last captures opened and cleared."""
    if not asked.scope.may(Capability.OPERATIONS_VIEW, found.pk):
        return None
    runs = operations.runs(asked.scope).filter(environment_id=found.pk, run_type=DETECT.code, state=State.COMPLETED)
    changed = {run.parameters["snapshot_id"]: run.counts for run in reversed(runs[: 2 * _JUDGED])}
    looks = [one for one in snapshots if str(one.pk) in changed]
    return drift(
        [
            Judged(
                words.moment(one.observed_at),
                charts.short_day(localtime(one.observed_at)),
                url(asked, "snapshot", found.slug, one.pk),
                changed[str(one.pk)].get("opened", 0) + changed[str(one.pk)].get("reopened", 0),
                changed[str(one.pk)].get("cleared", 0),
            )
            for one in reversed(looks)
        ]
    )


def _case(asked: Asked, found: Environment, *, is_captured: bool, is_held: bool) -> ResolutionCase | None:
    """What an environment that is not set aside lacks."""
    if found.lifecycle == Lifecycle.ARCHIVED:
        return None
    connection = connections.any_connection_of(asked.scope, found.pk)
    place = Place(found.pk, found.name, found.slug, upload_reason(asked.scope, found))
    return case_of_environment(asked, place, connection, is_captured=is_captured, is_held=is_held)


@workspace_page(Capability.OPERATIONS_START, "POST", record=True)
def judge(asked: Asked, environment: str) -> HttpResponse:
    """Hold the newest capture against the standards once more."""
    found = access.environment(asked.scope, environment)
    asked.scope.require(Capability.OPERATIONS_START, found.pk)
    return act(
        asked,
        lambda: judge_again(asked.scope, found, actor=asked.actor),
        _("The newest capture is compared with its standards again."),
        url(asked, "environment", found.slug),
    )


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def objects(asked: Asked, environment: str) -> HttpResponse:
    """The objects of its newest capture, by area and name."""
    found = looked_at(asked, environment)
    snapshot = inventory.snapshots(asked.scope, found.pk).first()
    context = frame(asked, found, "environment_objects")
    if snapshot is not None:
        context |= objects_of(asked, snapshot)
    return page(asked, "environment_objects.html", found.name, context, crumbs=_crumbs(asked), environment=found)


def objects_of(asked: Asked, snapshot: Snapshot) -> dict[str, Any]:
    """The objects of a snapshot that the address asks for, and the filters beside them."""
    area, text = asked.request.GET.get("area", ""), asked.request.GET.get("q", "").strip()
    found = inventory.items(asked.scope, snapshot.pk)
    if area:
        found = found.filter(area=area)
    if text:
        found = found.filter(name__icontains=text)
    areas = in_order(inventory.areas(asked.scope, snapshot.pk))
    return {
        "snapshot": snapshot,
        "listed": listed(asked.request, found, _OBJECT_ORDER),
        "areas": [row for row in areas if row.objects_count],
        "area": area,
        "text": text,
        "count": found.count(),
    }


@workspace_page(Capability.WORKSPACE_VIEW, record=True)
def captures(asked: Asked, environment: str) -> HttpResponse:
    """Its captures, newest observation first, each with how much was read."""
    found = looked_at(asked, environment)
    history = inventory.snapshots(asked.scope, found.pk)
    shown = listed(asked.request, history, ("-observed_at", "-captured_at", "-id"))
    areas = inventory.areas_of(asked.scope, [snapshot.pk for snapshot in shown.rows])
    rows = [(snapshot, shares_of_areas(areas.get(snapshot.pk, {}).values())) for snapshot in shown.rows]
    context = {
        **frame(asked, found, "environment_captures"),
        "rows": rows,
        "listed": shown,
        "standard_reason": words.why_not(asked.scope, Capability.BASELINES_MANAGE, found.pk),
        "upload_reason": upload_reason(asked.scope, found),
    }
    return page(asked, "environment_captures.html", found.name, context, crumbs=_crumbs(asked), environment=found)


@workspace_page(_MANAGE, "GET", "POST", record=True)
def archive(asked: Asked, environment: str) -> HttpResponse:
    """Ask, then set an environment aside: nothing is lost, nothing new is read."""
    found = access.environment(asked.scope, environment)
    asked.scope.require(_MANAGE, found.pk)
    refused = _archive_reason(asked.scope, found)
    if refused:
        messages.error(asked.request, refused)
        return redirect(url(asked, "environment", found.slug))
    if asked.request.method == "POST":
        return act(
            asked,
            lambda: move_environment(asked.scope, found, Lifecycle.ARCHIVED, actor=asked.actor),
            _("The environment %(name)s was archived.") % {"name": found.name},
            url(asked, "environments"),
        )
    crumbs = [*_crumbs(asked), (found.name, url(asked, "environment", found.slug))]
    return page(asked, "environment_archive.html", _("Archive this environment?"), crumbs=crumbs, environment=found)


@workspace_page(_MANAGE, "POST", record=True)
def restore(asked: Asked, environment: str) -> HttpResponse:
    """Take an archived environment up again."""
    found = looked_at(asked, environment)
    asked.scope.require(_MANAGE, found.pk)
    if found.lifecycle != Lifecycle.ARCHIVED:
        return redirect(url(asked, "environment", found.slug))
    return act(
        asked,
        lambda: move_environment(asked.scope, found, Lifecycle.ACTIVE, actor=asked.actor),
        _("The environment %(name)s is active again.") % {"name": found.name},
        url(asked, "environment", found.slug),
    )


def looked_at(asked: Asked, slug: str) -> Environment:
    """An environment to look at, an archived one too. Raises `NotVisible`, then `NotAllowed`."""
    found = access.environment_in_any_state(asked.scope, slug)
    asked.scope.require(Capability.WORKSPACE_VIEW, found.pk)
    return found


def frame(asked: Asked, environment: Environment, here: str) -> dict[str, Any]:
    """What every tab of an environment shows."""
    tabs = (
        ("environment", _("Overview")),
        ("environment_objects", _("Objects")),
        ("environment_captures", _("Captures")),
        ("environment_differences", _("Differences")),
        ("environment_assertions", _("Assertions")),
    )
    return {
        "tabs": [
            {"label": label, "url": url(asked, name, environment.slug), "current": name == here} for name, label in tabs
        ],
        "is_archived": environment.lifecycle == Lifecycle.ARCHIVED,
    }


def shares_of_areas(rows: Iterable[SnapshotArea]) -> list[tuple[str, Any, int]]:
    """How many areas were read how far, as a bar."""
    counts = dict.fromkeys(_COVERAGE_ORDER, 0)
    for row in rows:
        counts[row.coverage] += 1
    return [(STATES[key].tone, STATES[key].word, number) for key, number in counts.items()]


def in_order(rows: Iterable[SnapshotArea]) -> list[SnapshotArea]:
    """Areas as the provider shows them, those that need a look first."""
    found = {row.area: row for row in rows}
    ordered = [found[key] for key in words.area_order(set(found))]
    return sorted(ordered, key=lambda row: _FIRST_TO_KNOW.index(row.coverage))


def areas_by_reading(rows: Iterable[SnapshotArea]) -> dict[str, Any]:
    """Areas of which something is known, one by one; those never looked at together, by their reason."""
    read, unread = [], dict[str, list[str]]()
    for row in in_order(rows):
        if row.coverage == Coverage.UNREAD:
            unread.setdefault(row.reason, []).append(wording.area(row.area))
        else:
            read.append(row)
    return {"read": read, "unread": list(unread.items())}


def upload_reason(scope: Scope, environment: Environment) -> str:
    """Why an export cannot be uploaded; empty when it can."""
    if environment.lifecycle == Lifecycle.ARCHIVED:
        return _("The environment is archived.")
    if environment.kind == Kind.AGENTS:
        return _("A system of agents sends its traces by itself.")
    refused = words.why_not(scope, Capability.OPERATIONS_START, environment.pk)
    if refused or scope.may(Capability.CONNECTIONS_MANAGE, environment.pk):
        return refused
    if connections.connection_of(scope, environment.pk) is None:
        return _("The first export of an environment connects it; a manager or an owner does that.")
    return ""


def _archive_reason(scope: Scope, environment: Environment) -> str:
    if environment.lifecycle != Lifecycle.ACTIVE:
        return _("Only an active environment can be archived.")
    return words.why_not(scope, _MANAGE, environment.pk)


def _crumbs(asked: Asked) -> list[tuple[Any, str]]:
    return [(_("Environments"), url(asked, "environments"))]

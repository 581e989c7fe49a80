"""Runs: the list, one of them with its progress, and the way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from trueline.casework.rules import ViewPlace
from trueline.inventory import queries as inventory
from trueline.inventory.jobs import CAPTURE
from trueline.kit.scope import NotVisible
from trueline.operations import queries as operations
from trueline.operations import registry
from trueline.operations.actions.runs import cancel_run
from trueline.operations.rules import RunOutcome, State
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.guiding import case_of_run
from trueline.web.marks import STATES
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.web.under_way import under_way
from trueline.web.views.audit import events_url
from trueline.web.views.trace_imports import imported
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from trueline.operations.models import OperationRun
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("-queued_at", "-id")
_STATES = ("active", "attention", *RunOutcome)


_FILTERS = ("environment", "type", "state")


@workspace_page(Capability.OPERATIONS_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Runs, newest first, filtered by the address."""
    chosen_view = opened_with_default(asked, ViewPlace.RUNS)
    if chosen_view is not None:
        return chosen_view
    environments = list(workspaces.environments(asked.scope))
    wish = {key: asked.request.GET.get(key, "") for key in ("environment", "type", "state")}
    found = operations.runs(asked.scope)
    if wish["environment"]:
        found = found.filter(environment_id__in=[one.pk for one in environments if one.slug == wish["environment"]])
    if wish["type"]:
        found = found.filter(run_type=wish["type"])
    if wish["state"] == "active":
        found = found.exclude(state=State.COMPLETED)
    elif wish["state"] == "attention":
        found = found.filter(needs_attention=True)
    elif wish["state"]:
        found = found.filter(outcome=wish["state"])
    context = {
        **views_context(asked, ViewPlace.RUNS, _FILTERS),
        "listed": listed(asked.request, found, _ORDER),
        "wish": wish,
        "environments": environments,
        "types": [(one.code, words.run_type(one.code)) for one in registry.run_types()],
        "states": [(key, _state_word(key)) for key in _STATES],
        "is_filtered": any(wish.values()),
    }
    chosen = next((one for one in environments if one.slug == wish["environment"]), None)
    return page(asked, "runs.html", _("Runs"), context, environment=chosen)


def _state_word(key: str) -> Any:
    named = {"active": _("Under way"), "attention": _("Needs attention")}
    return named.get(key) or STATES[key].word


@workspace_page(Capability.OPERATIONS_VIEW, record=True)
def run(asked: Asked, run_id: UUID) -> HttpResponse:
    """One run: how far it is, or what came of it."""
    found = _run(asked, run_id)
    environment = _environment(asked, found)
    snapshot = inventory.snapshot_of_run(asked.scope, found.pk) if found.run_type == CAPTURE.code else None
    context = {
        **_progress(asked, found),
        "case": case_of_run(asked, found, environment, snapshot),
        **imported(asked, found, environment),
        "counts": [(words.COUNTS[key], number) for key, number in found.counts.items() if key in words.COUNTS],
        "target": environment,
        "events_url": events_url(asked, "run", found.pk),
        "cancel_reason": words.why_not(asked.scope, found.capability, found.environment_id),
    }
    crumbs = [(_("Runs"), url(asked, "runs"))]
    title = words.run_type(found.run_type)
    if found.environment_label:
        title = _("%(type)s of %(environment)s") % {"type": title, "environment": found.environment_label}
    return page(asked, "run.html", title, context, crumbs=crumbs, environment=environment)


@workspace_page(Capability.OPERATIONS_VIEW, record=True)
def progress(asked: Asked, run_id: UUID) -> HttpResponse:
    """The moving part of a run's page; when the run has ended, the page is asked to load itself anew."""
    found = _run(asked, run_id)
    answer = render(asked.request, "web/run_progress.html", _progress(asked, found))
    if found.state == State.COMPLETED:
        answer.headers["HX-Refresh"] = "true"
    return answer


@workspace_page(Capability.OPERATIONS_VIEW)
def still_under_way(asked: Asked) -> HttpResponse:
    """What goes on now, asked for anew by the frame of a page."""
    paused = asked.request.GET.get("paused", "")
    shown = under_way(asked, int(paused) if paused.isascii() and paused.isdigit() else 0)
    workspace = {"name": asked.scope.workspace_name, "slug": asked.scope.workspace_slug}
    context = {"shown": shown, "is_again": True, "workspace": workspace}
    # Without the request: the frame's own variables would be asked for once more.
    return HttpResponse(render_to_string("ui/under_way.html", context))


@workspace_page(Capability.OPERATIONS_VIEW, "POST", record=True)
def cancel(asked: Asked, run_id: UUID) -> HttpResponse:
    """Ask a run to stop."""
    found = _run(asked, run_id)
    asked.scope.require(found.capability, found.environment_id)
    return act(
        asked,
        lambda: cancel_run(asked.scope, found.pk, actor=asked.actor),
        _("The run was asked to stop."),
        url(asked, "run", found.pk),
    )


def _run(asked: Asked, run_id: UUID) -> OperationRun:
    found = operations.run(asked.scope, run_id)
    asked.scope.require(Capability.OPERATIONS_VIEW, found.environment_id)
    return found


def _progress(asked: Asked, found: OperationRun) -> dict[str, Any]:
    is_over = found.state == State.COMPLETED
    return {
        "run": found,
        "is_over": is_over,
        "is_waiting": found.state == State.QUEUED,
        "shown_state": found.outcome if is_over else "stalled" if found.is_stalled else found.state,
        "is_known": found.progress_total is not None,
        "progress_url": url(asked, "run_progress", found.pk),
        "run_url": url(asked, "run", found.pk),
        "workspace": {"name": asked.scope.workspace_name, "slug": asked.scope.workspace_slug},
    }


def _environment(asked: Asked, found: OperationRun) -> Environment | None:
    if found.environment_id is None:
        return None
    try:
        return access.environment_by_id(asked.scope, found.environment_id)
    except NotVisible:
        return None

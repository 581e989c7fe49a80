"""The agents of a system: a picture and a table of who calls whom, confirmed by a person part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.engine.traces.callgraph import PartKind
from trueline.kit.errors import TruelineError
from trueline.kit.scope import NotVisible
from trueline.systems import queries as systems
from trueline.systems.actions.graph import decide_parts, declare_part
from trueline.systems.rules import PART_MOVES, PartState
from trueline.web import words
from trueline.web.agent_graph import picture
from trueline.web.doors import act, workspace_page
from trueline.web.forms_models import GraphPartForm
from trueline.web.model_words import graph_kind
from trueline.web.pages import page, url
from trueline.web.trace_rows import duration
from trueline.web.views.traces import frame
from trueline.workspaces import access
from trueline.workspaces.rules import Capability, Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from trueline.systems.models import GraphPart
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_VIEW, _MANAGE = Capability.FINDINGS_VIEW, Capability.ENVIRONMENTS_MANAGE


def looked_at(asked: Asked, slug: str, capability: Capability) -> Environment:
    """An environment in any state. Raises `NotVisible`, then `NotAllowed`."""
    found = access.environment_in_any_state(asked.scope, slug)
    asked.scope.require(capability, found.pk)
    return found


def elsewhere(asked: Asked, found: Environment) -> HttpResponse | None:
    """Where a page of a system of agents leads for another kind of environment; None for a system."""
    if found.kind == Kind.AGENTS:
        return None
    return redirect(url(asked, "environment", found.slug))


@workspace_page(_VIEW, record=True)
def graph(asked: Asked, environment: str) -> HttpResponse:
    """Who calls whom, with which tools and models, and who has confirmed it."""
    found = looked_at(asked, environment, _VIEW)
    return elsewhere(asked, found) or _graph(asked, found, GraphPartForm())


def _graph(asked: Asked, found: Environment, form: GraphPartForm, *, status: int = 200) -> HttpResponse:
    parts = list(systems.graph_parts(asked.scope, found.pk))
    newest = max((one.last_seen_at for one in parts if one.last_seen_at), default=None)
    rows = [_row(one, newest) for one in sorted(parts, key=lambda one: one.state == PartState.DISCARDED)]
    context = {
        **frame(asked, found, "system_graph"),
        "graph": picture(parts),
        "agents": [row for row in rows if row["part"].kind == PartKind.AGENT],
        "ways": [row for row in rows if row["part"].kind != PartKind.AGENT],
        "drafts": [one.pk for one in parts if one.state == PartState.DRAFT],
        "form": form,
        "manage_reason": words.why_not(asked.scope, _MANAGE, found.pk),
    }
    crumbs = [
        (_("Environments"), url(asked, "environments")),
        (found.name, url(asked, "environment", found.slug)),
    ]
    return page(asked, "agent_graph.html", _("Agents"), context, crumbs=crumbs, environment=found, status=status)


def _row(part: GraphPart, newest: Any) -> dict[str, Any]:
    each = part.seconds / part.calls * 1e9 if part.seconds is not None and part.calls else None
    return {
        "part": part,
        "kind": graph_kind(part.kind, part.agent),
        "time": duration(each) if each is not None else "",
        "cost": "" if part.cost is None else words.dollars(part.cost, 4),
        "is_gone": part.last_seen_at is not None and part.last_seen_at != newest,
        "may": {str(state): state in PART_MOVES[part.state] for state in PartState},
    }


@workspace_page(_MANAGE, "POST", record=True)
def decide(asked: Asked, environment: str) -> HttpResponse:
    """Confirm the chosen parts, or say that they do not belong there."""
    found = looked_at(asked, environment, _MANAGE)
    there = url(asked, "system_graph", found.slug)
    state = asked.request.POST.get("state", "")
    chosen = _ids(asked.request.POST.getlist("part"))
    if state not in {PartState.CONFIRMED, PartState.DISCARDED} or not chosen:
        messages.error(asked.request, _("Choose at least one part."))
        return redirect(there)
    said = ngettext("%(number)s part was confirmed.", "%(number)s parts were confirmed.", len(chosen))
    if state == PartState.DISCARDED:
        said = ngettext("%(number)s part was discarded.", "%(number)s parts were discarded.", len(chosen))
    return act(
        asked,
        lambda: decide_parts(asked.scope, found.pk, chosen, PartState(state), actor=asked.actor, decider=asked.user),
        said % {"number": len(chosen)},
        there,
    )


def _ids(given: list[str]) -> list[UUID]:
    """Ids that a form has sent; what is none is nobody's. Raises `NotVisible`."""
    try:
        return [UUID(one) for one in given]
    except ValueError as error:
        raise NotVisible from error


@workspace_page(_MANAGE, "POST", record=True)
def declare(asked: Asked, environment: str) -> HttpResponse:
    """Say that the system has an agent, or a way from it, whether a trace has shown it or not."""
    found = looked_at(asked, environment, _MANAGE)
    form = GraphPartForm(asked.request.POST)
    if form.is_valid():
        wished = form.cleaned_data
        try:
            declare_part(
                asked.scope,
                found.pk,
                PartKind(wished["kind"]),
                wished["agent"],
                wished["target"],
                actor=asked.actor,
                decider=asked.user,
            )
        except TruelineError as error:
            form.add_error(None, words.told(error))
        else:
            messages.success(asked.request, _("This was declared."))
            return redirect(url(asked, "system_graph", found.slug))
    return _graph(asked, found, form, status=422)

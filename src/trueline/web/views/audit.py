"""The audit log, and the check of its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trueline.audit import queries as audit
from trueline.audit.registry import EVENTS
from trueline.casework.rules import ViewPlace
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.pages import page
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from trueline.audit.models import AuditEvent
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("-sequence",)


_FILTERS = ("environment", "action", "actor")


@workspace_page(Capability.AUDIT_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """What was done, newest first, filtered by the address; checks the chain when asked to."""
    chosen_view = opened_with_default(asked, ViewPlace.AUDIT)
    if chosen_view is not None:
        return chosen_view
    environments = list(workspaces.environments(asked.scope))
    wish = {key: asked.request.GET.get(key, "").strip()[:200] for key in ("environment", "action", "actor")}
    found = _filtered(asked, environments, wish)
    actions = [(key, words.event(key)) for key in EVENTS if not key.startswith("workspaces:sweep")]
    shown = listed(asked.request, found, _ORDER)
    context = {
        **views_context(asked, ViewPlace.AUDIT, _FILTERS),
        "listed": shown,
        "rows": [(event, _line(event)) for event in shown.rows],
        "wish": wish,
        "environments": environments,
        "actions": sorted(actions, key=lambda pair: pair[1].casefold()),
        "is_filtered": any(wish.values()),
        "verdict": _verdict(asked) if asked.request.GET.get("verify") else None,
    }
    chosen = next((one for one in environments if one.slug == wish["environment"]), None)
    return page(asked, "audit.html", _("Audit"), context, environment=chosen)


def _line(event: AuditEvent) -> str:
    """One event in one line: when, who, what."""
    about = words.subject(event)
    values = {
        "time": words.moment(event.recorded_at),
        "who": event.actor_label,
        "what": f"{words.event(event.action)}: {about}" if about else words.event(event.action),
    }
    said = _("%(time)s · %(who)s %(what)s") % values
    return f"{said} · {event.environment_label}" if event.environment_label not in ("", about) else said


def _filtered(asked: Asked, environments: list[Environment], wish: dict[str, str]) -> QuerySet[AuditEvent]:
    found = audit.events(asked.scope)
    if wish["environment"]:
        found = found.filter(environment_id__in=[one.pk for one in environments if one.slug == wish["environment"]])
    if wish["action"]:
        found = found.filter(action=wish["action"])
    if wish["actor"]:
        found = found.filter(actor_label__icontains=wish["actor"])
    return found


def _verdict(asked: Asked) -> dict[str, Any]:
    verdict = audit.chain_verdict(asked.scope.workspace_id)
    return {
        "is_whole": verdict.is_whole,
        "checked": verdict.checked,
        "bad_sequence": verdict.bad_sequence,
        "reason": words.sentence(verdict.reason),
    }

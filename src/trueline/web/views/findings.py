"""Findings: the list and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trueline.audit import queries as audit
from trueline.casework.rules import ViewPlace
from trueline.findings import queries as findings
from trueline.findings.rules import VERIFIED_CLEARED, FindingState, Severity
from trueline.findings.sla import Due, due, paused
from trueline.inventory import queries as inventory
from trueline.inventory.vocabulary import definitions
from trueline.kit import clock
from trueline.web import setting_words, words
from trueline.web.doors import workspace_page
from trueline.web.marks import SEVERITIES, STATES
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.web.views import bulk
from trueline.web.views.decisions import decision_of
from trueline.web.views.finding_work import work_of
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from trueline.findings.models import Finding
    from trueline.inventory.definitions import Definitions
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("severity_rank", "-last_seen_at", "id")
_SIBLINGS = 20
_NEAR = (str(Due.SOON), str(Due.OVERDUE))


_FILTERS = ("state", "severity", "environment", "area", "due", "q")


@workspace_page(Capability.FINDINGS_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """Findings by severity, filtered by the address."""
    chosen_view = opened_with_default(asked, ViewPlace.FINDINGS)
    if chosen_view is not None:
        return chosen_view
    names = {one.pk: one for one in workspaces.environments(asked.scope)}
    wish = _wish(asked)
    found = _filtered(asked, names, wish)
    counts = _counts(asked, found, names, wish)
    count = counts.get(wish["severity"], 0) if wish["severity"] else sum(counts.values())
    if wish["severity"]:
        found = found.filter(severity=wish["severity"])
    shown = listed(asked.request, found, _ORDER)
    areas = findings.areas_with_findings(asked.scope)
    known = definitions(asked.scope)
    context = {
        **views_context(asked, ViewPlace.FINDINGS, _FILTERS),
        "rows": [_row(asked, one, names, known) for one in shown.rows],
        "listed": shown,
        "wish": wish,
        "states": [
            ("open", pgettext("findings", "Open")),
            ("all", _("All")),
            *((str(key), STATES[key].word) for key in FindingState),
        ],
        "severities": [(str(key), SEVERITIES[key].word, counts.get(key, 0)) for key in Severity],
        "environments": list(names.values()),
        "dues": [(key, STATES[key].word) for key in _NEAR],
        "areas": [(key, words.area(key)) for key in words.area_order(areas)],
        "count": count,
        "work_refused": words.why_not(asked.scope, Capability.FINDINGS_WORK),
        "steps": bulk.steps(asked) if asked.scope.may(Capability.FINDINGS_WORK) else [],
        "here": asked.request.get_full_path(),
        "is_more": bool(wish["q"] or wish["due"]) and sum(counts.values()) >= findings.MOST_COUNTED,
        "is_filtered": any(wish[key] for key in ("severity", "environment", "area", "due", "q"))
        or wish["state"] != "open",
        "has_captures": bool(shown.rows or inventory.newest_snapshots(asked.scope, list(names))),
    }
    chosen = next((one for one in names.values() if one.slug == wish["environment"]), None)
    return page(asked, "findings.html", _("Findings"), context, environment=chosen)


def _wish(asked: Asked) -> dict[str, str]:
    given = asked.request.GET
    wish = {key: given.get(key, "").strip()[:200] for key in ("state", "severity", "environment", "area", "due", "q")}
    if wish["state"] not in {"all", *FindingState}:
        wish["state"] = "open"
    if wish["severity"] not in set(Severity):
        wish["severity"] = ""
    if wish["due"] not in _NEAR or wish["state"] != "open":
        wish["due"] = ""
    return wish


def _filtered(asked: Asked, names: dict[UUID, Environment], wish: dict[str, str]) -> QuerySet[Finding]:
    """All but the severity, whose counts are shown beside each other."""
    found = findings.findings(asked.scope)
    if wish["state"] != "all":
        found = (
            findings.open_findings(asked.scope)
            if wish["state"] == "open"
            else findings.findings_in(asked.scope, wish["state"])
        )
    if wish["environment"]:
        found = found.filter(environment_id__in=[key for key, one in names.items() if one.slug == wish["environment"]])
    if wish["area"]:
        found = found.filter(area=wish["area"])
    if wish["due"]:
        found = findings.due(asked.scope, found, Due(wish["due"]))
    if wish["q"]:
        sought = found.filter(Q(subject_name__icontains=wish["q"]) | Q(path__icontains=wish["q"]))
        found = findings.narrowed_to_few(asked.scope, sought)
    return found


def _counts(
    asked: Asked, found: QuerySet[Finding], names: dict[UUID, Environment], wish: dict[str, str]
) -> dict[str, int]:
    """By severity; words are searched for in the first few only, everything else is known without counting."""
    if wish["q"] or wish["due"]:
        return findings.severity_counts(asked.scope, found)
    places = [key for key, one in names.items() if one.slug == wish["environment"]] if wish["environment"] else None
    return findings.numbers(asked.scope, wish["state"], environment_ids=places, area=wish["area"])


def _near(finding: Finding) -> str:
    """How near the day is, where that asks for a look; empty otherwise."""
    near = str(due(finding.due_at, finding.severity, clock.now())) if finding.is_open else ""
    return near if near in _NEAR else ""


def _paused_days(asked: Asked, found: Finding) -> int:
    """For how many days its clock stood still; nothing to ask for one that was never accepted."""
    if not found.times_reopened and found.state != FindingState.RISK_ACCEPTED:
        return 0
    return paused(findings.pauses(asked.scope, found), found.first_seen_at, clock.now()).days


def _row(asked: Asked, finding: Finding, names: dict[UUID, Environment], known: Definitions) -> dict[str, Any]:
    environment = names.get(finding.environment_id)
    return {
        "finding": finding,
        "due": _near(finding),
        "title": words.finding_title(finding, known),
        "environment": environment.name if environment else "",
        "url": url(asked, "finding", finding.pk),
    }


@workspace_page(Capability.FINDINGS_VIEW, record=True)
def finding(asked: Asked, finding_id: UUID) -> HttpResponse:
    """One finding: what was decided, what is, and how it came about."""
    found = findings.finding(asked.scope, finding_id)
    asked.scope.require(Capability.FINDINGS_VIEW, found.environment_id)
    environment = access.environment_by_id(asked.scope, found.environment_id)
    siblings = findings.siblings(asked.scope, found)
    snapshot = inventory.snapshot(asked.scope, found.snapshot_id)
    same = list(siblings[: _SIBLINGS + 1])
    known = definitions(asked.scope)
    context = {
        "finding": found,
        "standard": inventory.baselines(asked.scope).filter(id=found.standard_id).first()
        if found.standard_id
        else None,
        "snapshot": snapshot,
        "area_state": inventory.areas(asked.scope, snapshot.pk).filter(area=found.area).first(),
        "item": inventory.items(asked.scope, snapshot.pk)
        .filter(object_type=found.object_type, name=found.subject_name)
        .first(),
        "siblings": [(one, words.finding_title(one, known), url(asked, "finding", one.pk)) for one in same[:_SIBLINGS]],
        "siblings_count": len(same) if len(same) <= _SIBLINGS else siblings.count(),
        "values": _values(found, known),
        "setting": _setting(found, known),
        "history": _history(found),
        "work": work_of(asked, found),
        "due": _near(found),
        "paused_days": _paused_days(asked, found),
        "decision": decision_of(asked, found),
        "events": list(audit.history(asked.scope, "snapshot", str(snapshot.pk))[:10])
        if asked.scope.may(Capability.AUDIT_VIEW)
        else [],
    }
    crumbs = [
        (_("Findings"), url(asked, "findings")),
        (environment.name, f"{url(asked, 'findings')}?environment={environment.slug}"),
    ]
    return page(
        asked, "finding.html", words.finding_sentence(found, known), context, crumbs=crumbs, environment=environment
    )


def _setting(found: Finding, known: Definitions) -> dict[str, str]:
    """What the path is called, and where the vendor shows it; empty for a whole object."""
    key = words.setting_key(found.facet, found.path)
    name = setting_words.setting_name(key, known) if key else words.short_path(found.path)
    return {"name": name, "category": known.category(key)} if found.path else {}


def _values(found: Finding, known: Definitions) -> dict[str, str]:
    key = words.setting_key(found.facet, found.path)
    return {
        "left": setting_words.value_words(key, _named(found, found.expected), known),
        "right": setting_words.value_words(key, _named(found, found.observed), known),
        "left_absent": "absent" if found.expected is None else "",
        "right_absent": "absent" if found.observed is None else "",
    }


def _named(found: Finding, value: Any) -> Any:
    """For a whole object the value is only its name."""
    return value.get("name", value) if not found.path and isinstance(value, dict) else value


def _resolved_title(found: Finding) -> str:
    if found.resolved_reason == VERIFIED_CLEARED:
        return _("Verified cleared: a complete capture no longer shows it")
    return _("Marked as remediated; no complete capture has shown it yet")


def _history(found: Finding) -> list[dict[str, Any]]:
    """What is known of its life, newest first."""
    known = [
        ("active", _("Found first"), found.first_seen_at),
        ("high", _("Came back"), found.reopened_at),
        ("good", _resolved_title(found), found.resolved_at),
        ("info", _("Closed"), found.closed_at),
    ]
    if found.times_seen > 1:
        known.append(("", _("Seen last"), found.last_seen_at))
    happened = [{"tone": tone, "title": title, "at": at} for tone, title, at in known if at is not None]
    return sorted(happened, key=lambda event: event["at"], reverse=True)

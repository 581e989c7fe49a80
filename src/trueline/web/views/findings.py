"""Findings: the list and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trueline.audit import queries as audit
from trueline.casework.rules import ViewPlace
from trueline.connections import registry
from trueline.evaluations import queries as evaluations
from trueline.findings import queries as findings
from trueline.findings import wording
from trueline.findings.detectors import UNMET
from trueline.findings.rules import VERIFIED_CLEARED, FindingState, Severity
from trueline.findings.sla import Due, due, paused
from trueline.inventory import queries as inventory
from trueline.inventory.vocabulary import definitions
from trueline.kit import clock
from trueline.web import assertion_words, setting_words, words
from trueline.web.causes import cause_shown
from trueline.web.doors import workspace_page
from trueline.web.marks import SEVERITIES, STATES
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.web.views import bulk
from trueline.web.views.audit import events_url
from trueline.web.views.decisions import decision_of
from trueline.web.views.finding_work import work_of
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from trueline.audit.models import AuditEvent
    from trueline.findings.models import Finding
    from trueline.inventory.definitions import Definitions
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("severity_rank", "-last_seen_at", "id")
_SIBLINGS = 20
_NEAR = (str(Due.SOON), str(Due.OVERDUE))
_STILL = "standing_still"


_FILTERS = ("state", "severity", "environment", "area", "due", "label", "q")


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
    terms = findings.terms(asked.scope)
    labels = findings.labels_of(asked.scope, [one.pk for one in shown.rows])
    known = definitions(asked.scope)
    context = {
        **views_context(asked, ViewPlace.FINDINGS, _FILTERS),
        "rows": [
            _row(asked, one, names, known) | {"labels": labels.get(one.pk, []), "due": _near(one, terms)}
            for one in shown.rows
        ],
        "listed": shown,
        "wish": wish,
        "states": [
            ("open", pgettext("findings", "Open")),
            ("all", _("All")),
            *((str(key), STATES[key].word) for key in FindingState),
        ],
        "severities": [(str(key), SEVERITIES[key].word, counts.get(key, 0)) for key in Severity],
        "environments": list(names.values()),
        "dues": [(key, STATES[key].word) for key in (*_NEAR, _STILL)],
        "areas": [(key, wording.area(key)) for key in words.area_order(areas)],
        "labels": [str(one) for one in findings.labels(asked.scope)],
        "may_set_terms": asked.scope.may(Capability.WORKSPACE_SETTINGS_MANAGE),
        "count": count,
        "work_refused": words.why_not(asked.scope, Capability.FINDINGS_WORK),
        "steps": bulk.steps(asked) if asked.scope.may(Capability.FINDINGS_WORK) else [],
        "here": asked.request.get_full_path(),
        "is_more": _is_counted(wish) and sum(counts.values()) >= findings.MOST_COUNTED,
        "is_filtered": any(wish[key] for key in _FILTERS if key != "state") or wish["state"] != "open",
        "has_captures": bool(shown.rows or inventory.newest_snapshots(asked.scope, list(names))),
    }
    chosen = next((one for one in names.values() if one.slug == wish["environment"]), None)
    return page(asked, "findings.html", _("Findings"), context, environment=chosen)


def _wish(asked: Asked) -> dict[str, str]:
    given = asked.request.GET
    wish = {key: given.get(key, "").strip()[:200] for key in _FILTERS}
    if wish["state"] not in {"all", *FindingState}:
        wish["state"] = "open"
    if wish["severity"] not in set(Severity):
        wish["severity"] = ""
    if wish["due"] not in {*_NEAR, _STILL} or wish["state"] != "open":
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
    if wish["due"] == _STILL:
        found = findings.standing_still(asked.scope, found)
    elif wish["due"]:
        found = findings.due(asked.scope, found, Due(wish["due"]))
    if wish["label"]:
        found = findings.labelled(asked.scope, found, wish["label"])
    if wish["q"]:
        sought = found.filter(Q(subject_name__icontains=wish["q"]) | Q(path__icontains=wish["q"]))
        found = sought
    return findings.narrowed_to_few(asked.scope, found) if wish["q"] or wish["label"] else found


def _is_counted(wish: dict[str, str]) -> bool:
    """Whether no table of counts knows the numbers, so that the first few are counted."""
    return bool(wish["q"] or wish["due"] or wish["label"])


def _counts(
    asked: Asked, found: QuerySet[Finding], names: dict[UUID, Environment], wish: dict[str, str]
) -> dict[str, int]:
    """By severity; words are searched for in the first few only, everything else is known without counting."""
    if _is_counted(wish):
        return findings.severity_counts(asked.scope, found)
    places = [key for key, one in names.items() if one.slug == wish["environment"]] if wish["environment"] else None
    return findings.numbers(asked.scope, wish["state"], environment_ids=places, area=wish["area"])


def _near(finding: Finding, terms: Mapping[Severity, int]) -> str:
    """How near the day is, where that asks for a look; empty otherwise."""
    near = str(due(finding.due_at, finding.severity, clock.now(), terms)) if finding.is_open else ""
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
    known = definitions(asked.scope)
    seen = _in_scan(asked, found) if found.scan_id else _in_capture(asked, found, known)
    context = {
        **seen,
        **_siblings(asked, found, known),
        "finding": found,
        "history": _history(found),
        "work": work_of(asked, found),
        "due": _near(found, findings.terms(asked.scope)),
        "paused_days": _paused_days(asked, found),
        "decision": decision_of(asked, found),
        "events_url": events_url(asked, "finding", found.pk),
    }
    crumbs = [
        (_("Findings"), url(asked, "findings")),
        (environment.name, f"{url(asked, 'findings')}?environment={environment.slug}"),
    ]
    return page(
        asked, "finding.html", words.finding_sentence(found, known), context, crumbs=crumbs, environment=environment
    )


def _siblings(asked: Asked, found: Finding, known: Definitions) -> dict[str, Any]:
    """Other open findings of the same object."""
    siblings = findings.siblings(asked.scope, found)
    same = list(siblings[: _SIBLINGS + 1])
    return {
        "siblings": [(one, words.finding_title(one, known), url(asked, "finding", one.pk)) for one in same[:_SIBLINGS]],
        "siblings_count": len(same) if len(same) <= _SIBLINGS else siblings.count(),
    }


def _in_capture(asked: Asked, found: Finding, known: Definitions) -> dict[str, Any]:
    """What the capture showed that has seen it last."""
    assert found.snapshot_id is not None
    snapshot = inventory.snapshot(asked.scope, found.snapshot_id)
    standards = inventory.baselines(asked.scope).filter(id=found.standard_id) if found.standard_id else None
    items = inventory.items(asked.scope, snapshot.pk)
    return {
        "standard": standards.first() if standards is not None else None,
        "snapshot": snapshot,
        "area_state": inventory.areas(asked.scope, snapshot.pk).filter(area=found.area).first(),
        "item": items.filter(object_type=found.object_type, name=found.subject_name).first(),
        "values": _values(found, known, snapshot.provider_key),
        "setting": _setting(found, known),
        "events": _events(asked, "snapshot", str(snapshot.pk)),
    }


def _in_scan(asked: Asked, found: Finding) -> dict[str, Any]:
    """The cause that the scan showed which has seen it last."""
    assert found.scan_id is not None
    causes = evaluations.clusters(asked.scope, found.environment_id)
    cause = causes.filter(key=found.subject_key.removeprefix("cluster:")).first()
    return {
        "scan": evaluations.scan(asked.scope, found.scan_id),
        "cause": cause_shown(asked, cause) if cause else None,
        "events": _events(asked, "scan", str(found.scan_id)),
    }


def _events(asked: Asked, kind: str, key: str) -> list[AuditEvent]:
    """What was done with what has shown it, for who may read the trail."""
    return list(audit.history(asked.scope, kind, key)[:10]) if asked.scope.may(Capability.AUDIT_VIEW) else []


def _setting(found: Finding, known: Definitions) -> dict[str, Any]:
    """What the path is called, and where the vendor shows it; empty for a whole object."""
    key = words.setting_key(found.facet, found.path)
    if not found.path:
        return {}
    name = known.name(key) if key else words.short_path(found.path)
    return {"name": name, "category": known.category(key), "is_derived": bool(key) and not known.knows(key)}


def _values(found: Finding, known: Definitions, provider_key: str) -> dict[str, str]:
    if found.detector == UNMET:
        return _asked_and_seen(found, known, provider_key)
    key = words.setting_key(found.facet, found.path)
    return {
        "left": setting_words.value_words(key, _named(found, found.expected), known),
        "right": setting_words.value_words(key, _named(found, found.observed), known),
        "left_absent": "absent" if found.expected is None else "",
        "right_absent": "absent" if found.observed is None else "",
    }


def _asked_and_seen(found: Finding, known: Definitions, provider_key: str) -> dict[str, str]:
    questions = registry.provider(provider_key).questions
    seen = assertion_words.observed(found.observed or {}, found.path, known)
    left = assertion_words.expected(found.expected or {}, found.path, known, questions)
    return {"left": left, "right": seen, "left_absent": "", "right_absent": "" if seen else "absent"}


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

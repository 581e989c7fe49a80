"""The register of decisions: who accepted which risk, why, until when, on which proof, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from trueline.casework.rules import ViewPlace
from trueline.findings import queries as findings
from trueline.findings.exceptions import HOLDS, Validity
from trueline.kit import clock
from trueline.web import words
from trueline.web.doors import workspace_page
from trueline.web.exports import csv_bytes
from trueline.web.marks import STATES
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.web.views.decisions import Held, held_of
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from trueline.findings.models import FindingException, FindingExceptionDecision
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("-requested_at", "-id")
_RECENT_DAYS = 30
_CHUNK = 500
_OPEN = (Validity.PENDING, *sorted(HOLDS))
_FILTERS = ("who", "state", "environment", "kind", "until")
_KINDS = {
    "missing": gettext_lazy("Missing object"),
    "extra": gettext_lazy("Extra object"),
    "value": gettext_lazy("Another value"),
}
_STEPS = {
    Validity.PENDING: gettext_lazy("Somebody else decides on it."),
    Validity.EXPIRING: gettext_lazy("Ask for a renewal, or let it end."),
    Validity.EXPIRED: gettext_lazy("Repair what was found, or ask again."),
    Validity.STALE: gettext_lazy("Look at what is there now."),
}
_ENDS = {
    Validity.EXPIRED: gettext_lazy("Its date has passed."),
    Validity.STALE: gettext_lazy("The value or its severity is another than the accepted one."),
    Validity.SUPERSEDED: gettext_lazy("A newer decision took its place."),
    Validity.REJECTED: gettext_lazy("No reason was given."),
    Validity.REVOKED: gettext_lazy("The finding was opened again by hand."),
}
_COLUMNS = {
    "finding": gettext_lazy("Finding"),
    "path": gettext_lazy("Path"),
    "environment": gettext_lazy("Environment"),
    "severity": gettext_lazy("Severity"),
    "validity": gettext_lazy("Decision"),
    "reason": gettext_lazy("Reason"),
    "compensating_control": gettext_lazy("Meanwhile"),
    "owner": gettext_lazy("Owner"),
    "requested_by": gettext_lazy("Asked by"),
    "requested_at": gettext_lazy("Asked for"),
    "decided_by": gettext_lazy("Decided by"),
    "decided_at": gettext_lazy("Decided at"),
    "expires_at": gettext_lazy("Until"),
    "review_due_at": gettext_lazy("Review by"),
    "ended_by": gettext_lazy("Ended by"),
    "accepted_value": gettext_lazy("Accepted value"),
    "id": gettext_lazy("Id"),
}
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as the register shows it.

    Attributes:
        ended_by: What ended it, in a sentence; empty while it is open.
        proof_url: The look that showed the accepted value; empty where nobody kept which one it was.
        steps: What was decided, oldest first.
    """

    held: Held
    environment: Environment | None
    ended_by: str
    proof_url: str
    steps: tuple[FindingExceptionDecision, ...]

    @property
    def next_step(self) -> str:
        """What somebody should do about it; empty for nothing."""
        return str(_STEPS.get(self.held.validity, ""))


@workspace_page(Capability.FINDINGS_VIEW)
def register(asked: Asked) -> HttpResponse:
    """Decisions, the latest request first, filtered by the address; those that are open when nothing is asked."""
    chosen_view = opened_with_default(asked, ViewPlace.DECISIONS)
    if chosen_view is not None:
        return chosen_view
    places = {one.pk: one for one in workspaces.environments(asked.scope)}
    wish = _wish(asked)
    shown = listed(asked.request, _filtered(asked, places, wish), _ORDER)
    query = asked.request.GET.copy()
    for name in ("after", "before", "format"):
        query.pop(name, None)
    address = url(asked, "decisions_export")
    context = {
        **views_context(asked, ViewPlace.DECISIONS, _FILTERS),
        "lines": _lines(asked, shown.rows, places),
        "listed": shown,
        "wish": wish,
        "states": _states(),
        "kinds": list(_KINDS.items()),
        "environments": list(places.values()),
        "is_filtered": any(wish[key] for key in _FILTERS if key != "state") or wish["state"] != "open",
        "exports": [(kind.upper(), f"{address}?{_with(query, kind)}") for kind in _TYPES],
    }
    chosen = next((one for one in places.values() if one.slug == wish["environment"]), None)
    return page(asked, "decisions.html", _("Decisions"), context, environment=chosen)


def _with(query: Any, kind: str) -> str:
    query["format"] = kind
    return str(query.urlencode())


@workspace_page(Capability.FINDINGS_VIEW)
def export(asked: Asked) -> HttpResponse:
    """Every decision that the filters let through, as a file."""
    kind = asked.request.GET.get("format", "")
    if kind not in _TYPES:
        return redirect(url(asked, "decisions"))
    places = {one.pk: one for one in workspaces.environments(asked.scope)}
    lines = _every(asked, _filtered(asked, places, _wish(asked)).order_by(*_ORDER), places)
    body = csv_bytes(_sheet(lines)) if kind == "csv" else orjson.dumps({"decisions": [_record(one) for one in lines]})
    name = f"decisions-{clock.now().date().isoformat()}.{kind}"
    return HttpResponse(
        body, content_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _states() -> list[tuple[str, Any]]:
    return [
        ("open", pgettext("decisions", "Waiting or accepted")),
        ("ended", pgettext("decisions", "Ended in the last 30 days")),
        *((str(key), STATES[key].word) for key in Validity),
        ("all", _("All")),
    ]


def _wish(asked: Asked) -> dict[str, str]:
    wish = {key: asked.request.GET.get(key, "").strip()[:200] for key in _FILTERS}
    if wish["state"] not in {"all", "ended", *Validity}:
        wish["state"] = "open"
    if wish["kind"] not in _KINDS:
        wish["kind"] = ""
    if _end_of(wish["until"]) is None:
        wish["until"] = ""
    return wish


def _end_of(text: str) -> datetime | None:
    """The end of a day that was written as a date; None for anything else."""
    try:
        return make_aware(datetime.combine(date.fromisoformat(text), time.max))
    except (ValueError, OverflowError):
        return None


def _filtered(asked: Asked, places: Mapping[UUID, Environment], wish: Mapping[str, str]) -> QuerySet[FindingException]:
    found = _in_state(asked, wish["state"])
    if wish["who"]:
        labels = ("requested_by_label", "decided_by_label", "owner__name")
        named = [Q(**{f"{label}__icontains": wish["who"]}) for label in labels]
        found = found.filter(named[0] | named[1] | named[2])
    if wish["environment"]:
        chosen = [key for key, one in places.items() if one.slug == wish["environment"]]
        found = found.filter(finding__environment_id__in=chosen)
    if wish["kind"]:
        whole = Q(finding__kind__in=["missing", "extra"])
        found = found.filter(~whole if wish["kind"] == "value" else Q(finding__kind=wish["kind"]))
    until = _end_of(wish["until"])
    return found.filter(expires_at__lte=until) if until else found


def _in_state(asked: Asked, state: str) -> QuerySet[FindingException]:
    if state == "all":
        return findings.exceptions(asked.scope)
    if state == "ended":
        return findings.ended_exceptions(asked.scope, clock.now() - timedelta(days=_RECENT_DAYS))
    return findings.exceptions_worth(asked.scope, _OPEN if state == "open" else [Validity(state)])


def _every(asked: Asked, found: QuerySet[FindingException], places: Mapping[UUID, Environment]) -> Iterator[Line]:
    """All lines, in pieces, so that their steps are read together."""
    rows = list(found)
    for start in range(0, len(rows), _CHUNK):
        yield from _lines(asked, rows[start : start + _CHUNK], places)


def _lines(asked: Asked, rows: list[FindingException], places: Mapping[UUID, Environment]) -> list[Line]:
    steps: dict[UUID, list[FindingExceptionDecision]] = {row.pk: [] for row in rows}
    for step in findings.decisions(asked.scope, list(steps)) if rows else ():
        steps[step.exception_id].append(step)
    return [_line(asked, row, places.get(row.finding.environment_id), steps[row.pk]) for row in rows]


def _line(
    asked: Asked, row: FindingException, place: Environment | None, steps: list[FindingExceptionDecision]
) -> Line:
    held = held_of(asked, row)
    return Line(held, place, _ended_by(held, steps), _proof_url(asked, row, place), tuple(steps))


def _proof_url(asked: Asked, one: FindingException, place: Environment | None) -> str:
    if one.pinned_scan_id:
        return url(asked, "scan", one.pinned_scan_id)
    return url(asked, "snapshot", place.slug, one.pinned_snapshot_id) if place and one.pinned_snapshot_id else ""


def _ended_by(held: Held, steps: list[FindingExceptionDecision]) -> str:
    """Why a decision is not open any more: what somebody said then, else what its state means."""
    if held.validity in _OPEN:
        return ""
    said = steps[-1].reason if held.validity in {Validity.REJECTED, Validity.REVOKED} and steps else ""
    return said or str(_ENDS[held.validity])


def _sheet(lines: Iterator[Line]) -> Iterator[tuple[str, ...]]:
    yield tuple(str(heading) for heading in _COLUMNS.values())
    for line in lines:
        record = _record(line)
        yield tuple("" if record[key] is None else words.value_text(record[key]) for key in _COLUMNS)


def _record(line: Line) -> dict[str, Any]:
    """One decision as programs and sheets get it."""
    one = line.held.exception
    return {
        "id": str(one.pk),
        "finding": words.shipped(one.finding.subject_name),
        "finding_id": str(one.finding_id),
        "path": one.pinned_path,
        "environment": line.environment.name if line.environment else "",
        "severity": one.finding.severity,
        "status": one.status,
        "validity": str(line.held.validity),
        "reason": one.reason,
        "compensating_control": one.compensating_control,
        "owner": str(one.owner),
        "requested_by": one.requested_by_label,
        "requested_at": _iso(one.requested_at),
        "decided_by": one.decided_by_label,
        "decided_at": _iso(one.decided_at),
        "expires_at": _iso(one.expires_at),
        "review_due_at": _iso(one.review_due_at),
        "ended_by": line.ended_by,
        "accepted_value": one.pinned_value,
        "snapshot_id": str(one.pinned_snapshot_id) if one.pinned_snapshot_id else None,
        "scan_id": str(one.pinned_scan_id) if one.pinned_scan_id else None,
        "steps": [
            {"decision": step.decision, "by": step.actor_label, "reason": step.reason, "at": _iso(step.decided_at)}
            for step in line.steps
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None

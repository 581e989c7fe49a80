"""The audit log: found by who, what, which record and when, taken along, and checked."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import orjson
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trueline.audit import queries as audit
from trueline.audit.actions_retention import keep_trail_for
from trueline.audit.registry import EVENTS
from trueline.audit.rules import TERMS
from trueline.casework.rules import ViewPlace
from trueline.kit import clock, digest
from trueline.web import words
from trueline.web.doors import act, workspace_page
from trueline.web.exports import csv_bytes
from trueline.web.pages import page, url
from trueline.web.paging import listed
from trueline.web.saved import opened_with_default, views_context
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from trueline.audit.models import AuditEvent
    from trueline.audit.rules import Verdict
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment

_ORDER = ("-sequence",)
_FILTERS = ("q", "actor", "action", "environment", "since", "until", "record")
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
MOST_EXPORTED = 20_000
_CHECKPOINTS = 5
_DIGITS = 15
"""Of a number that an event may have."""
_COLUMNS = (
    gettext_lazy("Event"),
    gettext_lazy("Time"),
    gettext_lazy("Who"),
    gettext_lazy("On behalf of"),
    gettext_lazy("What was done"),
    gettext_lazy("To what"),
    gettext_lazy("Environment"),
    gettext_lazy("Outcome"),
    gettext_lazy("Before"),
    gettext_lazy("After"),
    gettext_lazy("Request"),
    gettext_lazy("Seal"),
)


@workspace_page(Capability.AUDIT_VIEW)
def listing(asked: Asked) -> HttpResponse:
    """What was done, newest first, filtered by the address; checks the chain when asked to."""
    chosen_view = opened_with_default(asked, ViewPlace.AUDIT)
    if chosen_view is not None:
        return chosen_view
    environments = list(workspaces.environments(asked.scope))
    wish = _wish(asked)
    shown = listed(asked.request, _filtered(asked, environments, wish), _ORDER)
    actions = [(key, words.event(key)) for key in EVENTS if not key.endswith(":sweep:read")]
    context = {
        **views_context(asked, ViewPlace.AUDIT, _FILTERS),
        "listed": shown,
        "rows": [(event, _line(event), _record(event)) for event in shown.rows],
        "wish": wish,
        "record_label": _record_label(asked, wish["record"]),
        "environments": environments,
        "actions": sorted(actions, key=lambda pair: pair[1].casefold()),
        "is_filtered": any(wish.values()),
        "exports": _exports(asked),
        "verdict": _verdict(audit.chain_verdict(asked.scope.workspace_id)) if "verify" in asked.request.GET else None,
        "terms": _terms(audit.term_days(asked.scope)),
        "term_reason": words.why_not(asked.scope, Capability.WORKSPACE_DANGER),
        "checkpoints": audit.checkpoints(asked.scope)[:_CHECKPOINTS],
    }
    chosen = next((one for one in environments if one.slug == wish["environment"]), None)
    return page(asked, "audit.html", _("Audit"), context, environment=chosen)


@workspace_page(Capability.AUDIT_VIEW)
def export(asked: Asked) -> HttpResponse:
    """Every event that the filters let through, as a file; none rather than a part of them."""
    kind = asked.request.GET.get("format", "")
    if kind not in _TYPES:
        return redirect(url(asked, "audit"))
    found = _filtered(asked, list(workspaces.environments(asked.scope)), _wish(asked))
    events = list(found.order_by(*_ORDER)[: MOST_EXPORTED + 1])
    if len(events) > MOST_EXPORTED:
        messages.error(asked.request, _("More than 20,000 events match. Choose fewer by their dates."))
        return redirect(f"{url(asked, 'audit')}?{_query(asked)}")
    body = csv_bytes(_sheet(events)) if kind == "csv" else orjson.dumps({"events": [_whole(one) for one in events]})
    name = f"audit-{clock.now().date().isoformat()}.{kind}"
    return HttpResponse(
        body, content_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@workspace_page(Capability.WORKSPACE_DANGER, "POST")
def term(asked: Asked) -> HttpResponse:
    """Say for how long the log is kept."""
    wished = asked.request.POST.get("days", "")
    days = int(wished) if wished.isascii() and wished.isdigit() and len(wished) < _DIGITS else None
    if wished not in ("", str(days)):
        messages.error(asked.request, _("Choose one of the terms."))
        return redirect(url(asked, "audit"))
    said = _("Kept. What is older is removed once a day, as far as a signed checkpoint stands for it.")
    if days is None:
        said = _("The log is kept for ever.")
    return act(asked, lambda: keep_trail_for(asked.scope, days, actor=asked.actor), said, url(asked, "audit"))


def events_url(asked: Asked, kind: str, record_id: object) -> str:
    """Where stands who did what to a record; empty for those who may not see it."""
    return f"{url(asked, 'audit')}?record={kind}:{record_id}" if asked.scope.may(Capability.AUDIT_VIEW) else ""


def _terms(now: int | None) -> list[tuple[str, str, bool]]:
    """What is offered, with the one that holds: value, words, whether it does."""
    return [(str(days or ""), _term_word(days), days == now) for days in TERMS]


def _term_word(days: int | None) -> str:
    if days is None:
        return _("for ever")
    if days % 365:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s year", "%(n)s years", days // 365) % {"n": days // 365}


def _query(asked: Asked) -> str:
    query = asked.request.GET.copy()
    for name in ("after", "before", "format", "verify"):
        query.pop(name, None)
    return str(query.urlencode())


def _exports(asked: Asked) -> list[tuple[str, str]]:
    address, query = url(asked, "audit_export"), _query(asked)
    return [
        (kind.upper(), f"{address}?{query}&format={kind}" if query else f"{address}?format={kind}") for kind in _TYPES
    ]


def _wish(asked: Asked) -> dict[str, str]:
    wish = {key: asked.request.GET.get(key, "").strip().replace("\x00", "")[:200] for key in _FILTERS}
    for key, at in (("since", time.min), ("until", time.max)):
        wish[key] = wish[key] if _moment(wish[key], at) else ""
    return wish


def _moment(text: str, at: time) -> datetime | None:
    """The beginning or the end of a day that was written as a date; None for anything else."""
    try:
        return make_aware(datetime.combine(date.fromisoformat(text), at))
    except (ValueError, OverflowError):
        return None


def _filtered(asked: Asked, environments: Iterable[Environment], wish: dict[str, str]) -> QuerySet[AuditEvent]:
    found = audit.events(asked.scope)
    if wish["record"]:
        kind, _colon, record_id = wish["record"].partition(":")
        found = audit.history(asked.scope, kind, record_id)
    if wish["environment"]:
        found = found.filter(environment_id__in=[one.pk for one in environments if one.slug == wish["environment"]])
    if wish["action"]:
        found = found.filter(action=wish["action"])
    if wish["actor"]:
        found = found.filter(Q(actor_label__icontains=wish["actor"]) | Q(on_behalf_of__icontains=wish["actor"]))
    if wish["q"]:
        found = audit.mentioning(found, wish["q"])
    since, until = _moment(wish["since"], time.min), _moment(wish["until"], time.max)
    found = found.filter(recorded_at__gte=since) if since else found
    return found.filter(recorded_at__lte=until) if until else found


def _line(event: AuditEvent) -> str:
    """One event in one line: when, who, what."""
    about = words.subject(event)
    values = {
        "time": words.moment(event.recorded_at),
        "who": words.actor(event.actor_label),
        "what": f"{words.event(event.action)}: {about}" if about else words.event(event.action),
    }
    said = _("%(time)s · %(who)s %(what)s") % values
    return f"{said} · {event.environment_label}" if event.environment_label not in ("", about) else said


def _record(event: AuditEvent) -> str:
    return f"{event.subject_type}:{event.subject_id}" if event.subject_id else ""


def _record_label(asked: Asked, record: str) -> str:
    """What the record was called last; its id when no event names it."""
    if not record:
        return ""
    kind, _colon, record_id = record.partition(":")
    newest = audit.history(asked.scope, kind, record_id).first()
    return (words.subject(newest) if newest else "") or record_id


def _verdict(found: Verdict) -> dict[str, Any]:
    whole = ngettext(
        "The chain is whole: %(number)s event was checked.",
        "The chain is whole: %(number)s events were checked.",
        found.checked - found.cut,
    ) % {"number": found.checked - found.cut}
    signed = _("The first %(number)s are signed.") % {"number": found.sealed} if found.sealed else ""
    gone = _("The first %(number)s were removed after their time.") % {"number": found.cut} if found.cut else ""
    replaced = _("In %(number)s, a stand-in stands for somebody who was forgotten.") % {"number": found.replaced}
    return {
        "is_whole": found.is_whole,
        "sentence": " ".join(filter(None, (whole, signed, gone, replaced if found.replaced else ""))),
        "bad_sequence": found.bad_sequence,
        "reason": words.sentence(found.reason),
    }


def _sheet(events: Iterable[AuditEvent]) -> Iterator[tuple[str, ...]]:
    yield tuple(map(str, _COLUMNS))
    for one in events:
        yield (
            str(one.sequence),
            one.recorded_at.isoformat(),
            one.actor_label,
            one.on_behalf_of,
            words.event(one.action),
            words.subject(one),
            one.environment_label,
            words.outcome(one.outcome),
            digest.canonical(one.before).decode() if one.before else "",
            digest.canonical(one.after).decode() if one.after else "",
            one.request_id,
            one.digest,
        )


def _whole(event: AuditEvent) -> dict[str, Any]:
    """An event with everything that its seal covers, so that anyone can compute it again."""
    seals = {name: getattr(event, name) for name in ("body_digest", "previous_digest", "digest")}
    return {"sequence": event.sequence, **event.body(), **seals}

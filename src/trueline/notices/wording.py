"""What messages say. In the language that is active; names are shown as they are, values of settings never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from trueline.kit.clock import now
from trueline.notices.models import Delivery, Notice
from trueline.notices.registry import Letter, Line
from trueline.notices.rules import TEST, Cause, DestinationKind, EventType, Rhythm

EVENT_TYPES = {
    EventType.FINDING_OPENED: gettext_lazy("New findings"),
    EventType.FINDING_REOPENED: gettext_lazy("Findings open again"),
    EventType.FINDING_RESOLVED: gettext_lazy("Findings resolved or closed"),
    EventType.CAPTURE_FINISHED: gettext_lazy("Capture finished"),
    EventType.RUN_FAILED: gettext_lazy("Run failed or blocked"),
    EventType.EXCEPTION_REQUESTED: gettext_lazy("Risk acceptance requested"),
    EventType.EXCEPTION_DECIDED: gettext_lazy("Risk acceptance decided"),
    TEST: gettext_lazy("Test message"),
}
CAUSES = {
    Cause.ASSIGNED: gettext_lazy("Assigned to you"),
    Cause.REOPENED: gettext_lazy("Open again"),
    Cause.DUE_SOON: gettext_lazy("Due soon"),
    Cause.OVERDUE: gettext_lazy("Overdue"),
    Cause.APPROVAL_WANTED: gettext_lazy("Your decision is wanted"),
    Cause.MENTIONED: gettext_lazy("You were mentioned"),
}
KINDS = {
    DestinationKind.MAIL: gettext_lazy("E-mail"),
    DestinationKind.WEBHOOK: gettext_lazy("Webhook"),
    DestinationKind.SLACK: gettext_lazy("Slack or Mattermost"),
    DestinationKind.TEAMS: gettext_lazy("Microsoft Teams"),
}
RHYTHMS = {
    Rhythm.NEVER: gettext_lazy("Never"),
    Rhythm.DAILY: gettext_lazy("Every day"),
    Rhythm.WEEKLY: gettext_lazy("Every week"),
}
_FEW = 5


def alert(delivery: Delivery) -> Letter:
    """What an alert says to people."""
    payload = delivery.payload
    slug = str((payload.get("workspace") or {}).get("slug", ""))
    if delivery.event_type == TEST:
        sentence = _("This is a test. The destination works.")
        return Letter(_("Trueline: test message"), (Line(sentence),), reverse("workspace_home", args=[slug]), _open())
    found = payload.get("findings") or []
    lines = [Line(str(one["name"]), reverse("finding", args=[slug, one["id"]])) for one in found[:_FEW]]
    more = int(payload.get("count") or 0) - len(lines)
    if lines and more > 0:
        lines.append(Line(ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more}))
    return Letter(headline(payload), tuple(lines), _path(slug, payload), _open())


def headline(payload: Mapping[str, Any]) -> str:
    """One sentence on what happened, with the place."""
    place = (payload.get("environment") or {}).get("name") or (payload.get("workspace") or {}).get("name", "")
    kind, count = str(payload.get("type")), int(payload.get("count") or 0)
    word = str(EVENT_TYPES.get(EventType(kind), kind)) if kind in set(EventType) else kind
    if kind == EventType.RUN_FAILED or not count:
        return _("%(what)s in %(place)s") % {"what": word, "place": place}
    return _("%(what)s in %(place)s: %(number)s") % {"what": word, "place": place, "number": count}


def personal(slug: str, notice: Notice) -> Letter:
    """What a notice says to the person it is for."""
    finding = notice.finding
    word = str(CAUSES[Cause(notice.cause)])
    name = pgettext("standard", finding.subject_name) if finding.subject_name else ""
    lines = [Line(name, reverse("finding", args=[slug, finding.pk]))]
    if notice.actor_label:
        lines.append(Line(_("By %(name)s.") % {"name": notice.actor_label}))
    if notice.cause in (Cause.DUE_SOON, Cause.OVERDUE, Cause.ASSIGNED):
        days = (finding.due_at - now()).days
        lines.append(Line(_due(days)))
    subject = f"{word}: {name}"
    return Letter(subject, tuple(lines), reverse("finding", args=[slug, finding.pk]), _open())


def _due(days: int) -> str:
    if days < 0:
        return ngettext("Due %(number)s day ago.", "Due %(number)s days ago.", -days) % {"number": -days}
    return ngettext("Due in %(number)s day.", "Due in %(number)s days.", days) % {"number": days}


def _path(slug: str, payload: Mapping[str, Any]) -> str:
    subject = payload.get("subject") or {}
    if payload.get("type") == EventType.RUN_FAILED:
        return reverse("run", args=[slug, subject["id"]])
    if subject.get("type") == "finding":
        return reverse("finding", args=[slug, subject["id"]])
    return reverse("findings", args=[slug])


def _open() -> str:
    return _("Open in Trueline")

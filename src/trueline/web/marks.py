"""The words, shapes and tones by which a page shows a severity or a state. One place, so one word for one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Mark:
    """How something looks: never by colour alone.

    Attributes:
        tone: One of the `tone-*` classes of parts.css.
        shape: A name of `ui/icon.html`; within one family each mark has its own.
        word: What it is called.
    """

    tone: str
    shape: str
    word: StrOrPromise


SEVERITIES: dict[str, Mark] = {
    "critical": Mark("critical", "octagon", pgettext_lazy("severity", "Critical")),
    "high": Mark("high", "triangle", pgettext_lazy("severity", "High")),
    "medium": Mark("medium", "diamond", pgettext_lazy("severity", "Medium")),
    "low": Mark("low", "ring", pgettext_lazy("severity", "Low")),
    "info": Mark("info", "dot", pgettext_lazy("severity", "Info")),
}

_COVERAGE = {
    "complete": Mark("good", "check", pgettext_lazy("coverage", "Complete")),
    "partial": Mark("medium", "half", pgettext_lazy("coverage", "Read in part")),
    "denied": Mark("unread", "lock", pgettext_lazy("coverage", "Not read: permission missing")),
    "not_licensed": Mark("unread", "dash", pgettext_lazy("coverage", "Not read: not licensed")),
    "unread": Mark("unread", "question", pgettext_lazy("coverage", "Not read")),
}

_COMPARISON = {
    "equal": Mark("good", "equal", pgettext_lazy("comparison", "Equal")),
    "changed": Mark("high", "unequal", pgettext_lazy("comparison", "Changed")),
    "only_left": Mark("medium", "minus", pgettext_lazy("comparison", "Only in the standard")),
    "only_right": Mark("low", "plus", pgettext_lazy("comparison", "Only in the environment")),
    "not_comparable": Mark("unread", "question", pgettext_lazy("comparison", "Not comparable")),
    "conflict": Mark("high", "unequal", pgettext_lazy("comparison", "In conflict")),
    "proposed": Mark("active", "half", pgettext_lazy("comparison", "Proposed pair")),
    "confirmed": Mark("good", "check", pgettext_lazy("comparison", "Confirmed")),
    "refused": Mark("info", "cross", pgettext_lazy("comparison", "Refused")),
}

_RUN = {
    "queued": Mark("info", "clock", pgettext_lazy("run", "Waiting")),
    "running": Mark("active", "play", pgettext_lazy("run", "Running")),
    "stalled": Mark("high", "pause", pgettext_lazy("run", "Stalled")),
    "completed": Mark("info", "check", pgettext_lazy("run", "Completed")),
    "succeeded": Mark("good", "check", pgettext_lazy("run", "Succeeded")),
    "partially_succeeded": Mark("medium", "half", pgettext_lazy("run", "Succeeded in part")),
    "blocked": Mark("high", "lock", pgettext_lazy("run", "Blocked before it began")),
    "failed": Mark("critical", "cross", pgettext_lazy("run", "Failed")),
    "cancelled": Mark("info", "dash", pgettext_lazy("run", "Cancelled")),
}

_FINDING = {
    "new": Mark("active", "dot", pgettext_lazy("finding", "New")),
    "triaged": Mark("info", "ring", pgettext_lazy("finding", "Triaged")),
    "in_progress": Mark("active", "play", pgettext_lazy("finding", "In progress")),
    "reopened": Mark("high", "return", pgettext_lazy("finding", "Reopened")),
    "resolved": Mark("good", "check", pgettext_lazy("finding", "Resolved")),
    "verified_cleared": Mark("good", "check", pgettext_lazy("finding", "Verified cleared")),
    "closed": Mark("info", "dash", pgettext_lazy("finding", "Closed")),
    "risk_accepted": Mark("medium", "half", pgettext_lazy("finding", "Risk accepted")),
}

_DUE = {
    "due_soon": Mark("high", "clock", pgettext_lazy("due", "Due soon")),
    "overdue": Mark("critical", "clock", pgettext_lazy("due", "Overdue")),
}

_LIFECYCLE = {
    "draft": Mark("info", "ring", pgettext_lazy("lifecycle", "Draft")),
    "onboarding": Mark("active", "half", pgettext_lazy("lifecycle", "Onboarding")),
    "active": Mark("good", "dot", pgettext_lazy("lifecycle", "Active")),
    "archived": Mark("info", "dash", pgettext_lazy("lifecycle", "Archived")),
    "pending": Mark("info", "clock", pgettext_lazy("lifecycle", "Pending")),
    "expired": Mark("high", "cross", pgettext_lazy("lifecycle", "Expired")),
    "revoked": Mark("info", "cross", pgettext_lazy("lifecycle", "Revoked")),
    "ends_soon": Mark("high", "clock", pgettext_lazy("lifecycle", "Active, ends soon")),
}

_DECISION = {
    "valid": Mark("medium", "half", pgettext_lazy("decision", "Accepted")),
    "expiring": Mark("high", "clock", pgettext_lazy("decision", "Accepted, ends soon")),
    "stale": Mark("critical", "return", pgettext_lazy("decision", "No longer true: the value has changed")),
    "rejected": Mark("info", "cross", pgettext_lazy("decision", "Not accepted")),
    "superseded": Mark("info", "dash", pgettext_lazy("decision", "Replaced by a newer decision")),
}

_DELIVERY = {
    "delivery_queued": Mark("info", "clock", pgettext_lazy("delivery", "Waiting to be sent")),
    "delivery_deferred": Mark("info", "pause", pgettext_lazy("delivery", "Waiting for the end of quiet hours")),
    "delivery_sending": Mark("active", "play", pgettext_lazy("delivery", "Being sent")),
    "delivery_sent": Mark("good", "check", pgettext_lazy("delivery", "Sent")),
    "delivery_failed": Mark("critical", "cross", pgettext_lazy("delivery", "Not delivered")),
    "delivery_suppressed": Mark("info", "half", pgettext_lazy("delivery", "Left out")),
    "delivery_canceled": Mark("info", "dash", pgettext_lazy("delivery", "Canceled")),
    "destination_on": Mark("good", "dot", pgettext_lazy("destination", "On")),
    "destination_off": Mark("info", "ring", pgettext_lazy("destination", "Off")),
    "unseen": Mark("active", "dot", pgettext_lazy("notice", "Unread")),
}

STATES: dict[str, Mark] = {
    **_DELIVERY,
    **_DECISION,
    **_COVERAGE,
    **_COMPARISON,
    **_RUN,
    **_FINDING,
    **_DUE,
    **_LIFECYCLE,
}


def mark_of(code: str, family: dict[str, Mark]) -> Mark:
    """Look up a mark.

    Returns:
        The mark, or a hatched one with the words "Not known" for an empty code, and with the code itself for one that
        no mark has: a new state is then seen on the page and never taken for a good one.
    """
    known = family.get(code)
    return known or Mark("unread", "question", code.replace("_", " ") or _("Not known"))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar, placed in percent of its width."""

    tone: str
    label: StrOrPromise
    count: int
    offset_percent: str
    width_percent: str


def shares_of(parts: Iterable[tuple[str, StrOrPromise, int]]) -> Sequence[Share]:
    """Lay out a bar of parts.

    Args:
        parts: Tone, label and count of each; a part of zero is left out.

    Returns:
        The parts from left to right; empty when there is nothing to share out. Percentages are text with a point, as
        SVG wants them in every language.
    """
    shown = [part for part in parts if part[2] > 0]
    total = sum(count for _tone, _label, count in shown)
    laid, before = [], 0
    for tone, label, count in shown:
        offset, width = f"{100 * before / total:.3f}%", f"{100 * count / total:.3f}%"
        laid.append(Share(tone, label, count, offset, width))
        before += count
    return laid

"""The words, shapes and tones by which a page shows a severity or a state. One place, so one word for one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trueline.findings import wording
from trueline.reviews.rendering.words import COMPLETENESS, CONTROL_STATES

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
    "critical": Mark("critical", "octagon", wording.SEVERITIES["critical"]),
    "high": Mark("high", "triangle", wording.SEVERITIES["high"]),
    "medium": Mark("medium", "diamond", wording.SEVERITIES["medium"]),
    "low": Mark("low", "ring", wording.SEVERITIES["low"]),
    "info": Mark("info", "dot", wording.SEVERITIES["info"]),
}

_COVERAGE = {
    "complete": Mark("good", "check", wording.COVERAGE["complete"]),
    "partial": Mark("medium", "half", wording.COVERAGE["partial"]),
    "denied": Mark("unread", "lock", wording.COVERAGE["denied"]),
    "not_licensed": Mark("unread", "dash", wording.COVERAGE["not_licensed"]),
    "unread": Mark("unread", "question", wording.COVERAGE["unread"]),
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
    "succeeded": Mark("good", "check", wording.RUN_OUTCOMES["succeeded"]),
    "partially_succeeded": Mark("medium", "half", wording.RUN_OUTCOMES["partially_succeeded"]),
    "blocked": Mark("high", "lock", wording.RUN_OUTCOMES["blocked"]),
    "failed": Mark("critical", "cross", wording.RUN_OUTCOMES["failed"]),
    "cancelled": Mark("info", "dash", wording.RUN_OUTCOMES["cancelled"]),
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

_RESULT = {
    "met": Mark("good", "check", pgettext_lazy("assertion", "Met")),
    "met_partly": Mark("medium", "half", pgettext_lazy("assertion", "Met in part")),
    "conflicting": Mark("high", "diamond", pgettext_lazy("assertion", "Conflicting")),
    "not_met": Mark("critical", "cross", pgettext_lazy("assertion", "Not met")),
    "not_measured": Mark("unread", "question", pgettext_lazy("assertion", "Not measured")),
}

_WORK = {
    "standing_still": Mark("high", "pause", pgettext_lazy("work", "Stands still")),
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

_RULE = {
    "candidate": Mark("info", "ring", pgettext_lazy("rule", "Candidate")),
    "provisional": Mark("active", "half", pgettext_lazy("rule", "Provisional")),
    "pending_approval": Mark("high", "clock", pgettext_lazy("rule", "Waits for a sign-off")),
    "enshrined": Mark("good", "check", pgettext_lazy("rule", "Enshrined")),
    "retired": Mark("info", "dash", pgettext_lazy("rule", "Retired")),
    "published": Mark("good", "dot", pgettext_lazy("world model", "Published")),
    "passed": Mark("good", "check", pgettext_lazy("verdict", "Passed")),
    "rule_failed": Mark("critical", "cross", pgettext_lazy("verdict", "Broken")),
    "not_applicable": Mark("info", "dash", pgettext_lazy("verdict", "Not applicable")),
    "unscored": Mark("unread", "question", pgettext_lazy("verdict", "Not decided")),
    "full": Mark("good", "check", pgettext_lazy("scan", "Enough was seen")),
    "synthetic_only": Mark("medium", "half", pgettext_lazy("scan", "Too few runs for a score")),
    "not_ready": Mark("unread", "question", pgettext_lazy("scan", "Nothing could be judged")),
    "kept": Mark("good", "check", pgettext_lazy("scan", "Hard rules kept")),
    "breached": Mark("critical", "cross", pgettext_lazy("scan", "Hard rule broken")),
    "not_measured": Mark("unread", "question", pgettext_lazy("scan", "Not measured")),
    "improve": Mark("good", "plus", pgettext_lazy("verdict", "Better")),
    "no_change": Mark("info", "equal", pgettext_lazy("verdict", "No different")),
    "regress": Mark("critical", "minus", pgettext_lazy("verdict", "Worse")),
    "inconclusive": Mark("unread", "question", pgettext_lazy("verdict", "Too little to tell")),
    "example_wrong": Mark("critical", "cross", pgettext_lazy("verdict", "The rule does not keep its example")),
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

_TRACE = {
    "trace_error": Mark("critical", "cross", pgettext_lazy("trace", "Failed")),
    "trace_unset": Mark("info", "dash", pgettext_lazy("trace", "No failure told")),
}

_SYSTEM = {
    "adjusted": Mark("good", "plus", pgettext_lazy("template", "Confirmed with changes")),
    "discarded": Mark("info", "cross", pgettext_lazy("graph", "Discarded")),
}

_REVIEW = {
    "review_failed": Mark("critical", "cross", pgettext_lazy("review", "Could not be measured")),
    "cycle_on": Mark("good", "dot", pgettext_lazy("review cycle", "Goes on")),
    "cycle_paused": Mark("info", "ring", pgettext_lazy("review cycle", "Is paused")),
    "turn_preparing": Mark("active", "half", pgettext_lazy("review cycle", "Is being prepared")),
    "turn_unprepared": Mark("critical", "cross", pgettext_lazy("review cycle", "Could not be prepared")),
    "turn_waiting": Mark("medium", "ring", pgettext_lazy("review cycle", "Waits to be published")),
    "turn_released": Mark("good", "dot", pgettext_lazy("review", "Published")),
    "turn_overtaken": Mark("info", "dash", pgettext_lazy("review cycle", "Taken on by a later date")),
    "turn_put_away": Mark("info", "cross", pgettext_lazy("review", "Put away")),
    "review_draft": Mark("info", "ring", pgettext_lazy("review", "Draft")),
    "review_ready": Mark("active", "half", pgettext_lazy("review", "Ready to be published")),
    "review_published": Mark("good", "dot", pgettext_lazy("review", "Published")),
    "review_superseded": Mark("info", "dash", pgettext_lazy("review", "Superseded by a newer one")),
    "review_archived": Mark("info", "cross", pgettext_lazy("review", "Put away")),
    "evidence_complete": Mark("good", "check", COMPLETENESS["complete"]),
    "evidence_partial": Mark("medium", "half", COMPLETENESS["partial"]),
    "evidence_missing": Mark("unread", "question", COMPLETENESS["missing"]),
    "evidence_stale": Mark("high", "clock", COMPLETENESS["stale"]),
    "control_no_difference": Mark("good", "check", CONTROL_STATES["no_difference"]),
    "control_differs": Mark("high", "unequal", CONTROL_STATES["differs"]),
    "control_not_measured": Mark("unread", "question", CONTROL_STATES["not_measured"]),
}

STATES: dict[str, Mark] = {
    **_REVIEW,
    **_SYSTEM,
    **_TRACE,
    **_DELIVERY,
    **_DECISION,
    **_RULE,
    **_COVERAGE,
    **_COMPARISON,
    **_RUN,
    **_FINDING,
    **_RESULT,
    **_WORK,
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

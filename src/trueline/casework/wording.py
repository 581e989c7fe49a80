"""What lanes and items are called where there is room for a line only. In the language that is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trueline.casework.rules import Item, Lane, Source

LANES = {
    Lane.NEEDS_TRIAGE: gettext_lazy("Needs triage"),
    Lane.REQUIRES_DECISION: gettext_lazy("Requires decision"),
    Lane.EVIDENCE_REQUIRED: gettext_lazy("Evidence required"),
    Lane.RISK_REVIEW: gettext_lazy("Accepted risk"),
    Lane.BLOCKED: gettext_lazy("Blocked runs, connections and messages"),
}


def short_title(item: Item, named: str) -> str:
    """An item in a few words.

    Args:
        item: The item.
        named: What its finding is called, and of everything else its environment.
    """
    said = {
        Source.FINDING: "%(name)s",
        Source.MINE: "%(name)s",
        Source.EXCEPTION: _("%(name)s: the acceptance of the risk needs a decision"),
        Source.RUN: _("%(name)s: a run stands still or has failed"),
        Source.COVERAGE: _("%(name)s: a part of it can no longer be read"),
        Source.DELIVERY: _("%(name)s: messages were not delivered"),
        Source.REVIEW: _("%(name)s: letters about a review did not arrive")
        if item.kind == "undelivered"
        else _("%(name)s: a review waits"),
        Source.CONNECTION: _("%(name)s: its connection is off"),
        Source.ENVIRONMENT: _("%(name)s: held to no standard")
        if item.kind == "no_standard"
        else _("%(name)s: never captured"),
    }[item.source]
    return said % {"name": named}

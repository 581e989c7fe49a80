"""What a rendered review says, in the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from trueline.evaluations.judging import pinned_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

COMPLETENESS: dict[str, StrOrPromise] = {
    "complete": pgettext_lazy("evidence", "Complete"),
    "partial": pgettext_lazy("evidence", "Measured in part"),
    "missing": pgettext_lazy("evidence", "Not measured"),
    "stale": pgettext_lazy("evidence", "Out of date"),
}
DIMENSIONS: dict[str, StrOrPromise] = {
    "findings": _("Findings"),
    "accepted_risk": _("Accepted risk"),
    "baseline": _("Standard and drift"),
    "coverage": _("Coverage"),
    "permissions": _("Permissions"),
    "operations": _("Operations"),
    "scan": _("Scan of traces"),
    "world_model": _("World model"),
    "score": _("Score"),
}
REASONS: dict[str, StrOrPromise] = {
    "never_captured": _("the environment was never captured"),
    "capture_partial": _("the newest capture could not read everything"),
    "no_standard": _("the environment is held to no standard"),
    "not_in_an_export": _("an export does not show with which permissions it was made"),
    "no_runs": _("nothing ran in this time"),
    "never_scanned": _("what its agents do was never scanned"),
    "no_traces": _("the newest scan found no trace"),
    "scan_partial": _("the newest scan could not read every trace"),
    "no_world_model": _("the newest scan was judged by no world model"),
    "rules_undecided": _("some rules came to no verdict"),
    "nothing_scored": _("no run could be scored"),
    "too_few_runs": _("fewer runs were scored than a score needs"),
    "not_all_scored": _("some runs could not be scored"),
}
CONTROL_STATES: dict[str, StrOrPromise] = {
    "no_difference": _("No difference from the standard"),
    "differs": _("Differs"),
    "not_measured": _("Not measured"),
}
SAFETY: dict[str, StrOrPromise] = {
    "kept": _("No hard rule was broken"),
    "breached": _("A hard rule was broken"),
    "not_measured": pgettext_lazy("hard rules", "Not measured"),
}
KINDS: dict[str, StrOrPromise] = {
    "missing": _("Missing, although the standard has it"),
    "extra": _("Not part of the standard"),
    "added": _("Set, and the standard does not set it"),
    "removed": _("No longer set"),
    "modified": _("Another value"),
    "changed": _("Another value"),
    "conflict": _("Set several times, to different values"),
    "not_met": pgettext_lazy("assertion", "Not met"),
    "met_partly": pgettext_lazy("assertion", "Met in part"),
    "conflicting": pgettext_lazy("assertion", "Conflicting"),
    "failing": _("Agents fail in this way"),
    "broken": _("Agents break a rule"),
}
DECISIONS: dict[str, StrOrPromise] = {
    "findings:exception:approve": _("risk accepted"),
    "findings:exception:reject": _("acceptance refused"),
    "findings:exception:revoke": _("acceptance taken back"),
}
NONE = "\u2013"
"""Shown where there is nothing to show."""
_LONGEST_VALUE = 160


def said(words: Mapping[str, StrOrPromise], key: str) -> str:
    """The word for a code; the code in words when this release does not know it."""
    return str(words.get(key, key.replace("_", " ")))


def value(found: Any) -> str:
    """A value on one line, cut where it is long; a dash for none."""
    if found is None:
        return NONE
    rate = pinned_rate(found)
    if rate is not None:
        return gettext("%(hit)s of %(of)s runs") % {"hit": rate.hit, "of": rate.of}
    if isinstance(found, dict) and set(found) == {"rule"}:  # what a world model asks for, by its key
        return str(found["rule"])
    if isinstance(found, bool):
        return gettext("yes") if found else gettext("no")
    text = found if isinstance(found, str) else orjson.dumps(found).decode()
    if isinstance(found, list) and all(isinstance(part, str | int | float) for part in found):
        text = ", ".join(map(str, found))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"

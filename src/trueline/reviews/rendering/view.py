"""A review's document in words: the one value that the HTML and the PDF both show. Pure, given the active language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from trueline.findings import wording
from trueline.findings.rules import Severity
from trueline.reviews.controls import title_of
from trueline.reviews.document import is_of_system
from trueline.reviews.rendering import words
from trueline.reviews.rendering.labels import LABELS
from trueline.reviews.rendering.systems import system, unseen
from trueline.reviews.rendering.words import said
from trueline.reviews.rules import Audience

Json = Any
_DIGITS = 12
_WHOLE = ("missing", "extra", "failing", "broken")
"""Kinds that say of the whole object what is the matter, where others name the setting that differs."""


def view(document: Mapping[str, Json]) -> dict[str, Json]:
    """All that is shown of a document, in the order in which it is shown. Times are UTC, and say so."""
    review = document["review"]
    return {
        "language": (get_language() or "en")[:2],
        "title": review["title"],
        "environment": document["environment"]["name"],
        "workspace": document["workspace"]["name"],
        "published": _day(review["published_at"]),
        "published_at": review["published_at"],
        "published_by": _who(review["published_by"], review["published_by_role"]),
        "review_id": review["id"],
        "edition": _edition(document),
        "summary": [part for part in re.split(r"\n\s*\n", review["summary"].strip()) if part],
        "status": status(document),
        "blind_spots": [_blind_spot(spot) for spot in document["blind_spots"]],
        "counts": _counts(document),
        "trend": _trend(document["trend"]),
        "findings": [_finding(row) for row in document["findings"]["open"]],
        "accepted": [_accepted(row) for row in document["accepted_risks"]],
        "tenant": None if is_of_system(document) else _tenant(document),
        "system": system(document) if is_of_system(document) else None,
        "operations": _pairs(document["operations"]["by_outcome"], wording.RUN_OUTCOMES),
        "operations_days": document["operations"]["days"],
        "evidence": [_dimension(one) for one in document["evidence"]["dimensions"]],
        "fingerprint": document["evidence"]["fingerprint"],
        "decisions": [_decision(one) for one in document["decisions"]],
        "verified_cleared": document["findings"]["verified_cleared"],
        "labels": {name: str(label) for name, label in LABELS.items()},
    }


def _tenant(document: Mapping[str, Json]) -> dict[str, Json]:
    """What is shown of a tenant alone."""
    return {
        "controls": [_control(one) for one in document["controls"]],
        "standards": [_standard(one) for one in document["baseline"]["standards"]],
        "kinds": _pairs(document["baseline"]["open_by_kind"], words.KINDS),
        "areas": [_area(row) for row in document["coverage"]["areas"]],
        "denied": [wording.area(key) for key in document["permissions"]["denied"]],
    }


def status(document: Mapping[str, Json]) -> str:
    """The state of the environment in one sentence; what was not measured is part of it."""
    numbers = document["findings"]["by_severity"]
    total, urgent = sum(numbers.values()), numbers.get("critical", 0) + numbers.get("high", 0)
    said_open = ngettext("%(n)s finding is open", "%(n)s findings are open", total) % {"n": total}
    if urgent:
        said_open = gettext("%(open)s, %(urgent)s of them critical or high") % {"open": said_open, "urgent": urgent}
    if not total:
        said_open = gettext("No finding is open")
    risks = len(document["accepted_risks"])
    if risks:
        accepted = ngettext("%(n)s risk is accepted", "%(n)s risks are accepted", risks) % {"n": risks}
        said_open = gettext("%(open)s; %(accepted)s") % {"open": said_open, "accepted": accepted}
    if document["blind_spots"]:
        return gettext("%(open)s. Not everything was measured: see the blind spots.") % {"open": said_open}
    return f"{said_open}."


def ending_risks(document: Mapping[str, Json], until: datetime) -> list[dict[str, Json]]:
    """Accepted risks whose acceptance ends before a moment, or has ended since, the first to end first."""
    soon = [one for one in document["accepted_risks"] if datetime.fromisoformat(one["expires_at"]) < until]
    return [_accepted(one) for one in sorted(soon, key=lambda one: str(one["expires_at"]))]


def _edition(document: Mapping[str, Json]) -> str:
    if document["audience"] == Audience.CUSTOMER:
        return gettext("For the customer; people are named by role, addresses by pseudonyms")
    if document["audience"] == Audience.NAMED:
        return gettext("For the customer; holds names and addresses, because somebody who may publish has decided so")
    return gettext("Internal; holds names and addresses")


def _counts(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    now, before = document["findings"]["by_severity"], document["trend"]["before"]
    return [
        {
            "severity": str(one),
            "word": said(wording.SEVERITIES, one),
            "number": now.get(one, 0),
            "before": None if before is None else before.get(one, 0),
        }
        for one in Severity
        if one is not Severity.INFO or now.get(one)
    ]


def _trend(trend: Mapping[str, Json]) -> str:
    if trend["before"] is None:
        return gettext("This is the first review of this environment, so there is nothing to compare it with.")
    change = sum(trend["by_severity"].values()) - sum(trend["before"].values())
    day = _day(trend["published_at"])
    if not change:
        return gettext("As many findings are open as in the review of %(day)s.") % {"day": day}
    if change > 0:
        text = ngettext(
            "%(n)s more is open than in the review of %(day)s.",
            "%(n)s more are open than in the review of %(day)s.",
            change,
        )
        return text % {"n": change, "day": day}
    text = ngettext(
        "%(n)s fewer is open than in the review of %(day)s.",
        "%(n)s fewer are open than in the review of %(day)s.",
        -change,
    )
    return text % {"n": -change, "day": day}


def _blind_spot(spot: Mapping[str, Json]) -> str:
    if spot["kind"] == "dimension":
        parts = {"name": said(words.DIMENSIONS, spot["dimension"]), "state": said(words.COMPLETENESS, spot["state"])}
        reason = said(words.REASONS, spot["reason"]) if spot["reason"] else ""
        told = gettext("%(name)s: %(state)s") % parts
        return gettext("%(told)s, because %(reason)s") % {"told": told, "reason": reason} if reason else told
    if spot["kind"] == "area":
        parts = {"name": wording.area(spot["area"]), "state": said(wording.COVERAGE, spot["state"])}
        return gettext("%(name)s: %(state)s") % parts
    if spot["kind"] != "unread":
        return unseen(spot["kind"], spot["number"])
    parts = {"n": spot["number"], "why": said(wording.GAPS, spot["reason"])}
    return (
        ngettext("%(n)s file could not be read: %(why)s", "%(n)s files could not be read: %(why)s", spot["number"])
        % parts
    )


def _control(one: Mapping[str, Json]) -> dict[str, Json]:
    frameworks = [f"{name} {', '.join(numbers)}" for name, numbers in one["frameworks"].items()]
    state = said(words.CONTROL_STATES, one["state"])
    number = len(one["findings"])
    if number:
        state = ngettext("%(n)s finding", "%(n)s findings", number) % {"n": number}
    return {
        "title": gettext(title_of(one["control"])),
        "state": one["state"],
        "word": state,
        "frameworks": "; ".join(frameworks),
        "not_read": ", ".join(wording.area(key) for key in one["areas_not_read"]),
    }


def _finding(row: Mapping[str, Json]) -> dict[str, Json]:
    what = row["setting"] or _end_of(row["path"]) or said(wording.FACETS, row["facet"])
    if row["kind"] in _WHOLE:
        what = said(words.KINDS, row["kind"])
    return {
        "severity": row["severity"],
        "severity_word": said(wording.SEVERITIES, row["severity"]),
        "subject": row["subject"] or words.NONE,
        "area": wording.area(row["area"]),
        "what": what,
        "expected": words.value(row["expected"]),
        "observed": words.value(row["observed"]),
        "since": _day(row["first_seen_at"]),
        "due": _day(row["due_at"]),
    }


def _end_of(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1].rsplit("~", 1)[-1] if path else ""


def _accepted(row: Mapping[str, Json]) -> dict[str, Json]:
    return {
        **_finding(row["finding"]),
        "reason": row["reason"],
        "measure": row["compensating_control"] or words.NONE,
        "decided_by": _who(row.get("decided_by", ""), row["decided_by_role"]),
        "owner": _who(row.get("owner", ""), row["owner_role"]),
        "decided": _day(row["decided_at"]),
        "until": _day(row["expires_at"]),
    }


def _who(label: str, role: str) -> str:
    """A person by name where the edition has names, else by role."""
    if label:
        return label
    return said(wording.ROLES, role) if role else gettext("Trueline itself")


def _standard(one: Mapping[str, Json]) -> str:
    return gettext("%(name)s, version %(number)s") % {"name": one["name"], "number": one["version"]}


def _area(row: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "name": wording.area(row["area"]),
        "state": row["state"],
        "word": said(wording.COVERAGE, row["state"]),
        "objects": row["objects"],
    }


def _dimension(one: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "name": said(words.DIMENSIONS, one["dimension"]),
        "state": one["state"],
        "word": said(words.COMPLETENESS, one["state"]),
        "measured": _moment(one["measured_at"]),
        "fresh_until": _moment(one["fresh_until"]),
    }


def _decision(one: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "sequence": one["sequence"],
        "what": said(words.DECISIONS, one["action"]),
        "when": _moment(one["recorded_at"]),
        "digest": one["digest"][:_DIGITS],
    }


def _pairs(numbers: Mapping[str, int], known: Mapping[str, Any]) -> list[dict[str, Json]]:
    return [{"word": said(known, key), "number": number} for key, number in numbers.items()]


def _day(text: str | None) -> str:
    return date_format(_utc(text), pgettext("date format", "j M Y")) if text else words.NONE


def _moment(text: str | None) -> str:
    return date_format(_utc(text), pgettext("date format", "j M Y, H:i")) if text else words.NONE


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

"""Sample content of the style guide. Everything in it is invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trueline.web.charts import Chart, trend
from trueline.web.marks import SEVERITIES, STATES, mark_of


class SampleForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("As people will read it in lists and reports.")
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        required=False,
        choices=[("", gettext_lazy("Any")), *((code, mark.word) for code, mark in SEVERITIES.items())],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    notify = forms.BooleanField(label=gettext_lazy("Tell the owner"), required=False)


class SampleUpload(forms.Form):
    export = forms.FileField(
        label=gettext_lazy("Export"),
        help_text=gettext_lazy("A zip file of exported policies, up to 1 GB. Nothing is sent anywhere else."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.json"}),
    )


def styleguide_context() -> dict[str, Any]:
    """Make the context of `web/styleguide.html`, in the reader's language.

    Returns:
        `page_title` and `sample`; the frame (nav, crumbs, workspace) is the view's.
    """
    return {
        "page_title": _("Style guide"),
        "sample": {
            **_heat(),
            **_lists(),
            **_work(),
            "severities": list(SEVERITIES),
            "states": list(STATES),
            "coverage": _coverage(),
            "form": SampleForm({"name": ""}),
            "filter": SampleForm(auto_id="filter_%s"),
            "upload": SampleUpload(),
        },
    }


def _work() -> dict[str, Any]:
    """Working on one thing, and on several at once."""
    first = {"label": _("Everything"), "url": "#lists", "current": True}
    return {
        "case": _case(),
        "chart": _chart(),
        "steps": [("take", _("Take them")), ("remediate", _("Mark as remediated"))],
        "new_view": {
            "tabs": [first, {"label": _("Critical, mine"), "url": "#lists"}],
            "filters": "severity=critical",
            "place": "findings",
            "save_url": "#lists",
        },
        "own_view": {"own": {"pk": UUID(int=0), "is_default": False}},
    }


def _case() -> dict[str, Any]:
    """One thing that stands still; the shape of a `ResolutionCase`."""
    return {
        "key": "sample",
        "severity": "high",
        "title": _("The capture of Kettler Logistik could not begin"),
        "reason": _("The permission to read sign-in policies has run out."),
        "impact": _("What happened there since 18 November is not known."),
        "primary_action": {"label": _("Renew the permission"), "url": "#lists"},
        "secondary_actions": [{"label": _("Look at the environment"), "url": "#lists"}],
        "technical_details": {"code": "sample.permission_expired"},
        "source_refs": ["run:sample"],
    }


def _chart() -> Chart:
    """Thirty days, of which the first ten were not measured."""
    last = date(2026, 11, 20)
    changes = {(last - timedelta(days=ago), ago % 5): 1 - ago % 3 for ago in range(20)}
    found = trend({0: 2, 1: 7, 2: 12, 3: 8}, changes, last, last - timedelta(days=19))
    assert found is not None
    return found


def _coverage() -> list[tuple[str, object, int]]:
    counts = {"complete": 94, "partial": 6, "denied": 11, "unread": 4}
    return [(STATES[code].tone, STATES[code].word, count) for code, count in counts.items()]


def _heat() -> dict[str, Any]:
    columns = [_("Sign-in"), _("Admin roles"), _("Devices"), _("Updates"), _("Sharing")]
    table = {
        "Kettler Logistik": "critical:2 good high:5 good medium:3",
        "Praxis am Markt": "good unread medium:4 good good",
        "Stadtwerke Ahlen": "high:1 good good low:2 good",
        "Brandt & Söhne": "good good medium:2 unread info:1",
    }
    rows = [{"label": name, "cells": _cells(columns, marks.split())} for name, marks in table.items()]
    return {"columns": columns, "rows": rows}


def _cells(columns: list[str], marks: list[str]) -> list[dict[str, object]]:
    return [_cell(column, *mark.split(":")) for column, mark in zip(columns, marks, strict=True)]


def _cell(column: str, tone: str, count: str = "") -> dict[str, object]:
    word = {"good": _("meets the standard"), "unread": _("not read")}.get(tone) or mark_of(tone, SEVERITIES).word
    return {"column": column, "tone": tone, "text": count, "label": f"{column}: {count} {word}", "url": ""}


def _lists() -> dict[str, Any]:
    return {
        "tabs": [
            {"label": _("Differences"), "url": "#", "current": True, "count": 12},
            {"label": _("Coverage"), "url": "#", "count": None},
            {"label": _("Captures"), "url": "#", "count": 3},
        ],
        "filters": [{"label": _("Severity: high"), "url": "#"}, {"label": _("Only open"), "url": "#"}],
        "choices": [("captures", _("Captures")), ("findings", _("Findings"))],
        "places": [{"slug": "nordlicht", "name": "Nordlicht IT"}],
        "pairs": [(_("Owner"), _("Service desk lead")), (_("Working"), None), (_("Due"), _("in 2 days"))],
        "decided_note": _("Accepted on 3 September, until 2 December"),
        "observed_note": _("Observed on 20 November at 07:12, capture complete"),
        "events": [
            {
                "title": _("Reopened: the accepted value changed"),
                "note": _("20 November, by observation"),
                "tone": "high",
            },
            {"title": _("Risk accepted for 90 days"), "note": _("3 September, approved by a second person")},
            {"title": _("Found first"), "note": _("1 September"), "tone": "active"},
        ],
        "findings": _findings(),
    }


def _findings() -> list[dict[str, object]]:
    rows = [
        ("critical", _("Legacy sign-in is allowed again"), "CA003", "Kettler Logistik", "reopened", 3),
        ("high", _("Disk encryption is no longer required"), "WIN-12", "Stadtwerke Ahlen", "new", 1),
        ("medium", _("Updates wait 14 days instead of 7"), "UPD-02", "Brandt & Söhne", "risk_accepted", 41),
        ("low", _("Description was changed"), "CA007", "Praxis am Markt", "verified_cleared", 2),
    ]
    keys = ("severity", "title", "note", "environment", "state", "seen")
    return [dict(zip(keys, row, strict=True)) for row in rows]

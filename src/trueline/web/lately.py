"""What runs have changed, as sentences, newest first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trueline.operations.models import OperationRun


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that has happened, ready for a list."""

    tone: str
    shape: str
    title: str
    where: str
    at: datetime
    url: str


_ENDINGS: dict[str, tuple[str, str]] = {
    "failed": ("critical", "cross"),
    "blocked": ("high", "lock"),
    "cancelled": ("info", "dash"),
    "partially_succeeded": ("medium", "half"),
    "succeeded": ("good", "check"),
}


def lately(runs: Iterable[OperationRun], url: Callable[[OperationRun], str]) -> list[Happened]:
    """Completed runs that changed something or went wrong; one that found nothing new is left out."""
    return [said for run in runs if run.completed_at and (said := _said(run, run.completed_at, url(run)))]


def _said(run: OperationRun, at: datetime, url: str) -> Happened | None:
    tone, shape = _ENDINGS.get(run.outcome, ("unread", "question"))
    if run.outcome in ("failed", "blocked"):
        title = (
            _("A capture did not come to its end") if "objects" in run.counts else _("A run did not come to its end")
        )
        return Happened(tone, shape, title, run.environment_label, at, url)
    if "objects" in run.counts:
        return Happened(tone, shape, _captured(run.counts), run.environment_label, at, url)
    title = _detected(run.counts)
    if not title:
        return None
    is_worse = run.counts.get("opened", 0) + run.counts.get("reopened", 0) > 0
    return Happened(*(("high", "triangle") if is_worse else ("good", "check")), title, run.environment_label, at, url)


def _captured(counts: Mapping[str, int]) -> str:
    said = ngettext("%(number)s object captured", "%(number)s objects captured", counts["objects"])
    title = said % {"number": counts["objects"]}
    if counts.get("unread"):
        missed = ngettext("%(number)s could not be read", "%(number)s could not be read", counts["unread"])
        title = f"{title}, {missed % {'number': counts['unread']}}"
    return title


def _detected(counts: Mapping[str, int]) -> str:
    said = (
        ("opened", ngettext("%(number)s new finding", "%(number)s new findings", counts.get("opened", 0))),
        (
            "reopened",
            ngettext("%(number)s finding came back", "%(number)s findings came back", counts.get("reopened", 0)),
        ),
        ("cleared", ngettext("%(number)s verified cleared", "%(number)s verified cleared", counts.get("cleared", 0))),
    )
    return ", ".join(text % {"number": counts[key]} for key, text in said if counts.get(key))

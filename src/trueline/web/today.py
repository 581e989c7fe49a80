"""What the first page says: one sentence, what it does not know, and the one thing to do next. Pure.

An area that was not read is named and never counted as good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.findings.rules import RANK, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

SEVERITY_OF = {rank: str(severity) for severity, rank in RANK.items()}
_NAMED = 3
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class AreaState:
    """One area of one environment: how far its newest capture read it, and what is open in it."""

    coverage: str
    reason: str = ""
    open: int = 0
    worst_rank: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """One environment as it stands.

    Attributes:
        captured_at: When its newest capture, or scan of agents, shows it; None while nothing was looked at.
        is_held: Whether it is held to a standard, or judged by a world model.
        severities: Open findings by severity.
        areas: By area; empty while nothing was captured, and where it is not looked at so closely.
        is_partial: Whether its newest capture left something unread, whatever is known of its areas.
        is_system: Whether it is a system of agents.
        has_sent: Whether a system of agents has sent something of late.
    """

    name: str
    slug: str
    captured_at: datetime | None
    is_held: bool
    severities: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, AreaState] = field(default_factory=dict)
    is_partial: bool = False
    is_system: bool = False
    has_sent: bool = False

    @property
    def is_blind(self) -> bool:
        """Whether something of it was not read."""
        return self.is_partial or bool(self.unread)

    @property
    def open(self) -> int:
        """Open findings."""
        return sum(self.severities.values())

    @property
    def worst_rank(self) -> int:
        """Rank of the worst open finding, one past the last when nothing is open."""
        return min((RANK[Severity(key)] for key, number in self.severities.items() if number), default=len(RANK) + 1)

    @property
    def unread(self) -> tuple[str, ...]:
        """Areas that were not read completely."""
        return tuple(key for key, state in self.areas.items() if state.coverage != COMPLETE)


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next.

    Attributes:
        code: `environment`, `upload`, `finding`, `standard`, `hold`, `coverage`, `again`, and of systems of agents
            `send`, `scan` or `scan_again`; the view knows its address.
        slug: Of the environment it is about, empty for none.
    """

    code: str
    label: str
    slug: str = ""


def headline(situations: Sequence[Situation]) -> str:
    """The state of everything in reach, in one sentence."""
    captured = [one for one in situations if one.captured_at]
    are_systems = bool(situations) and all(one.is_system for one in situations)
    if not captured:
        return _("Nothing was scanned yet.") if are_systems else _("Nothing was captured yet.")
    total = sum(one.open for one in captured)
    if total:
        return _headline_open(captured, total)
    if all(one.is_system for one in captured):
        return _("No failure and no broken rule is open.")
    if not any(one.is_held for one in captured):
        return _("There is no standard to compare with yet.")
    if any(one.is_blind for one in captured) or len(captured) < len(situations):
        return _("Nothing that was read differs from its standard.")
    return _("Everything was read, and it meets its standard.")


def _headline_open(captured: Sequence[Situation], total: int) -> str:
    worst = min(one.worst_rank for one in captured)
    urgent = sum(one.severities.get(SEVERITY_OF[worst], 0) for one in captured)
    touched = sum(1 for one in captured if one.open)
    if worst == RANK[Severity.CRITICAL]:
        said = ngettext("%(number)s critical finding is open.", "%(number)s critical findings are open.", urgent)
        return said % {"number": urgent}
    if worst == RANK[Severity.HIGH]:
        said = ngettext(
            "%(number)s finding of high severity is open.", "%(number)s findings of high severity are open.", urgent
        )
        return said % {"number": urgent}
    where = next(one.name for one in captured if one.open)
    said = ngettext(
        "%(number)s finding is open; it is not urgent.", "%(number)s findings are open, none of them urgent.", total
    )
    if touched == 1:
        said = ngettext(
            "%(number)s finding is open in %(where)s; it is not urgent.",
            "%(number)s findings are open in %(where)s, none of them urgent.",
            total,
        )
    return said % {"number": total, "where": where}


def unknowns(
    situations: Sequence[Situation], lost: Mapping[str, Collection[str]], label: Mapping[str, str]
) -> list[str]:
    """What nobody can say, one sentence each; empty when everything was read.

    Args:
        situations: Every environment in reach.
        lost: Areas that some newest capture did not read completely, with how far they were read.
        label: Areas in the order to name them, with their names.
    """
    captured = [one for one in situations if one.captured_at]
    refused = {key for key, coverages in lost.items() if set(coverages) - {"unread"}}
    said = []
    if lost:
        ordered = sorted(lost, key=lambda key: (key not in refused, list(label).index(key) if key in label else 99))
        said.append(_unread([label.get(key, key) for key in ordered]))
    never = [one.name for one in situations if not one.captured_at]
    if never and captured:
        said.append(_("Nothing was captured yet of %(names)s.") % {"names": some(never)})
    return said


def _unread(names: Sequence[str]) -> str:
    return _("Not read, or only in part: %(names)s. What was not read is not counted as good.") % {"names": some(names)}


def some(names: Sequence[str]) -> str:
    """The first few of some names and how many more there are."""
    named, more = list(names[:_NAMED]), len(names) - _NAMED
    if more > 0:
        return _("%(names)s and %(number)s more") % {"names": ", ".join(named), "number": more}
    if len(named) > 1:
        return _("%(names)s and %(last)s") % {"names": ", ".join(named[:-1]), "last": named[-1]}
    return named[0]


def since_yesterday(looks: int, opened: int, reopened: int, cleared: int) -> str:
    """What changed within a day, in one sentence.

    Args:
        looks: How many captures were judged.
        opened: New findings.
        reopened: Findings that came back.
        cleared: Findings that a complete capture no longer shows.
    """
    if not looks:
        return _("Nothing was captured since yesterday.")
    parts = [
        ngettext("%(number)s new finding", "%(number)s new findings", opened) % {"number": opened} if opened else "",
        ngettext("%(number)s came back", "%(number)s came back", reopened) % {"number": reopened} if reopened else "",
        ngettext("%(number)s verified cleared", "%(number)s verified cleared", cleared) % {"number": cleared}
        if cleared
        else "",
    ]
    told = [part for part in parts if part]
    if not told:
        return _("Captures since yesterday have changed nothing.")
    return _("Since yesterday: %(changes)s.") % {"changes": ", ".join(told)}


def next_step(situations: Sequence[Situation], *, has_standards: bool) -> Step:
    """The one thing that helps most now."""
    captured = [one for one in situations if one.captured_at]
    if not situations:
        return Step("environment", _("Add an environment"))
    if not captured:
        return _first_look(situations[0])
    if any(one.open for one in captured):
        return Step("finding", _("Look at the worst finding"))
    tenants = [one for one in captured if not one.is_system]
    if not tenants:
        return Step("scan_again", _("Scan again"), captured[0].slug)
    return _undecided(tenants, has_standards=has_standards) or _unseen(tenants)


def _first_look(one: Situation) -> Step:
    if not one.is_system:
        return Step("upload", _("Upload an export"), one.slug)
    return Step("scan", _("Start a scan"), one.slug) if one.has_sent else Step("send", _("Open the receiver"), one.slug)


def _undecided(captured: Sequence[Situation], *, has_standards: bool) -> Step | None:
    if not has_standards:
        return Step("standard", _("Make a capture the standard"), captured[0].slug)
    if not any(one.is_held for one in captured):
        return Step("hold", _("Choose what to hold to it"))
    return None


def _unseen(captured: Sequence[Situation]) -> Step:
    blind = next((one for one in captured if one.is_blind), None)
    if blind is not None:
        return Step("coverage", _("See what was not read"), blind.slug)
    return Step("again", _("Upload a newer export"), captured[0].slug)

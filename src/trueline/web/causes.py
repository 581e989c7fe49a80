"""A cause of failures as pages show it: how often, since when, and its severities as a scale."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trueline.engine.diagnosis.rates import Rate, has_fallen, has_risen
from trueline.evaluations import queries as evaluations
from trueline.evaluations.scanning import ClusterSource
from trueline.traces import queries as traces
from trueline.web import words
from trueline.web.pages import url
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trueline.evaluations.models import ClusterSighting, FailureCluster
    from trueline.web.asked import Asked

_MEMBERS = 10
_LOOKS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """One severity of a cause on its scale.

    Attributes:
        width_percent: Of its bar, text with a point, as SVG wants it in every language.
    """

    label: str
    number: int
    width_percent: str


@dataclass(frozen=True, slots=True)
class Member:
    """A run that a cause hit.

    Attributes:
        number: How often in this run.
        url: Of its trace, and when it began; nothing where the trace is not kept here or not the reader's to see.
    """

    trace_id: str
    number: int
    url: str = ""
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a cause took in one scan.

    Attributes:
        seconds: How long the runs took that it hit, as far as they are named; None when no span tells.
        cost: US dollars of those runs, the same way.
    """

    sighting: ClusterSighting
    rate: Rate
    seconds: float | None
    cost: float | None


def impacts(sightings: Sequence[ClusterSighting], work: Sequence[dict[str, Any]]) -> list[Impact]:
    """Causes by what they took: broken hard rules first, then those whose runs took most time, or were most."""
    by_trace = {one["trace_id"]: one for one in work}
    found = []
    for one in sightings:
        told = [by_trace[trace_id] for trace_id in {member[0] for member in one.members} if trace_id in by_trace]
        seconds = [run["seconds"] for run in told if run["seconds"] is not None]
        costs = [run["cost"] for run in told if run["cost"] is not None]
        rate = Rate(one.hit_count, one.trace_count)
        found.append(Impact(one, rate, sum(seconds) if seconds else None, sum(costs) if costs else None))
    return sorted(found, key=lambda one: (not one.sighting.cluster.is_hard, -(one.seconds or 0), -one.rate.hit))


def cause_shown(asked: Asked, found: FailureCluster) -> dict[str, Any]:
    """All that a card says of a cause."""
    looks = list(evaluations.sightings_of(asked.scope, found.pk)[:_LOOKS])
    newest = looks[0] if looks else None
    rate = Rate(found.hit_count, found.trace_count)
    low, high = rate.interval
    return {
        "cluster": found,
        "is_rule": found.source == ClusterSource.RULE,
        "share": percent(rate.share),
        "interval": f"{percent(low)} … {percent(high)}",
        "scale": _scale(newest.variants) if newest else [],
        "agents": newest.agents if newest else [],
        "occurrences": newest.occurrences if newest else None,
        "members": _members(asked, found, newest) if newest else [],
        "looks": [_look(one) for one in looks],
        "trend": _trend(looks),
        "silence": _silence(found),
        "url": url(asked, "cause", found.pk),
    }


def _members(asked: Asked, found: FailureCluster, newest: ClusterSighting) -> list[Member]:
    """Runs with such a failure and how many each has."""
    counted = Counter(one[0] for one in newest.members).most_common(_MEMBERS)
    if not asked.scope.may(Capability.TRACES_VIEW, found.environment_id):
        return [Member(trace_id, number) for trace_id, number in counted]
    place = access.environment_by_id(asked.scope, found.environment_id)
    kept = traces.traces(asked.scope, place.pk).filter(trace_id__in=[trace_id for trace_id, _number in counted])
    known = {one.trace_id: (url(asked, "trace", place.slug, one.pk), one.started_at) for one in kept}
    return [Member(trace_id, number, *known.get(trace_id, ())) for trace_id, number in counted]


def percent(share: float) -> str:
    """A share in percent, as short as it can be without calling something nothing."""
    value = 100 * share
    return f"{words.decimal(value, 0 if value >= 10 or value == 0 else 1)} %"


def _scale(variants: Sequence[dict[str, Any]]) -> list[Mark]:
    """Severities from small to large; one alone is no scale."""
    told = [one for one in variants if one["quantity"] is not None]
    most = max((one["number"] for one in told), default=0)
    if len(told) < 2:
        return []
    return [Mark(_quantity(one), one["number"], f"{100 * one['number'] / most:.1f}%") for one in told]


def _quantity(one: dict[str, Any]) -> str:
    """A severity with its unit; a bare number has none."""
    number = f"{one['quantity']:,.10g}"
    return number if one["unit"] in {None, "count"} else f"{number} {one['unit']}"


def _look(one: ClusterSighting) -> dict[str, Any]:
    rate = Rate(one.hit_count, one.trace_count)
    return {
        "scan": one.scan,
        "rate": percent(rate.share),
        "hit": rate.hit,
        "of": rate.of,
        "width": f"{100 * rate.share:.1f}%",
    }


def _trend(looks: Sequence[ClusterSighting]) -> str:
    """Whether it hits runs more or less often than the look before, beyond chance."""
    if len(looks) < 2:
        return _("Seen in one scan so far, so nothing can be said of a trend.")
    now, before = (Rate(one.hit_count, one.trace_count) for one in looks[:2])
    if has_risen(before, now):
        return _("It hits more runs than in the scan before, beyond chance.")
    if has_fallen(before, now):
        return _("It hits fewer runs than in the scan before, beyond chance.")
    return _("No more and no fewer than in the scan before, as far as that many runs can tell.")


def _silence(found: FailureCluster) -> str:
    if not found.unseen_count:
        return ""
    said = ngettext(
        "%(number)s run since did not show it.", "%(number)s runs since did not show it.", found.unseen_count
    )
    said %= {"number": found.unseen_count}
    is_gone = has_fallen(Rate(found.hit_count, found.trace_count), Rate(0, found.unseen_count))
    more = _("That is enough to call it gone.") if is_gone else _("That is too few to call it gone.")
    return f"{said} {more}"

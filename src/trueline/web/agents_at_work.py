"""Systems of agents in one line each: what they did of late, how well, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trueline.evaluations import queries as evaluations
from trueline.findings import queries as findings
from trueline.traces.queries import activities
from trueline.web import words
from trueline.web.causes import percent
from trueline.web.today import Situation
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trueline.evaluations.models import Scan
    from trueline.traces.queries import Activity
    from trueline.web.asked import Asked
    from trueline.workspaces.models import Environment


@dataclass(frozen=True, slots=True)
class AtWork:
    """One system of agents.

    Attributes:
        activity: Of the last days; None when it sent nothing, or the reader may not see traces.
        scan: The newest one, None for none.
        situation: The same for the first page.
    """

    activity: Activity | None
    scan: Scan | None
    situation: Situation

    @property
    def failing(self) -> str:
        """The share of its traces with a failure, as people say it."""
        return percent(self.activity.failed / self.activity.traces) if self.activity else ""

    @property
    def score(self) -> str:
        """The score of the newest scan; empty when it was not measured, which is no zero."""
        return words.decimal(self.scan.blended, 2) if self.scan and self.scan.blended is not None else ""


def systems_at_work(asked: Asked, environments: Sequence[Environment]) -> list[AtWork]:
    """Each of these systems, in three statements whatever their number; none where there is no system."""
    if not environments:
        return []
    ids = [one.pk for one in environments]
    activity = activities(asked.scope, [key for key in ids if asked.scope.may(Capability.TRACES_VIEW, key)])
    scans = evaluations.newest_scans(asked.scope, ids)
    counts = findings.open_counts(asked.scope, ids)
    return [
        AtWork(
            activity.get(one.pk),
            scans.get(one.pk),
            Situation(
                one.name,
                one.slug,
                scans[one.pk].observed_at if one.pk in scans else None,
                one.pk in scans and scans[one.pk].version_id is not None,
                words.by_severity(counts.get(one.pk, {})),
                is_system=True,
                has_sent=one.pk in activity,
            ),
        )
        for one in environments
    ]

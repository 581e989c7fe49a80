"""Whom the assignments of an Intune policy reach."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueline.connections.contract import Json, Reach

_EVERYBODY = re.compile(r"^assignments\[(?:allDevices|allLicensedUsers)\]$", re.IGNORECASE)
_EXCLUSION = re.compile(r"^assignments\[exclusionGroup", re.IGNORECASE)
_FILTERED = re.compile(r"^assignments\[.*\]\.deviceAndAppManagementAssignmentFilter", re.IGNORECASE)


def reach_of_assignments(facet: Mapping[str, Json]) -> Reach:
    """Everybody when all users or all devices are named, nobody is left out and no filter is set; else a part.

    Only exclusions, or nothing at all, reach nobody.
    """
    named = [path for path in facet if not _EXCLUSION.match(path)]
    if not named:
        return Reach.NOBODY
    is_whole = any(_EVERYBODY.match(path) for path in named)
    is_limited = len(named) < len(facet) or any(_FILTERED.match(path) for path in facet)
    return Reach.ALL if is_whole and not is_limited else Reach.PART

"""Writes assignments and scope tags as Graph shows them.

An assignment is written as `Group name`, `!Group name` for an exclusion, `*devices` or `*users`, each followed by
` | +Filter` or ` | -Filter` where a filter narrows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trueline.providers.microsoft365.demo.identity import DEFAULT_TAG, Names

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

_EVERYONE = {"*devices": ("allDevices", "adadadad-808e-44e2-905a-0b7873a8a531"),
             "*users": ("allLicensedUsers", "acacacac-9df4-4c7d-9d50-4ef0226f57a9")}  # fmt: skip
"""How Graph names the two built-in targets, and the fixed ids that it puts into the assignment's own id."""


def assignments_of(written: Sequence[str], owner_id: str, names: Names) -> list[Json]:
    """The `assignments` list of an object."""
    return [assignment_of(item, owner_id, names) for item in written]


def assignment_of(written: str, owner_id: str, names: Names) -> Json:
    """One assignment with its target."""
    who, _, narrowed = written.partition(" | ")
    target, target_id = _target(who, names)
    target.update(_filter(narrowed, names))
    return {"id": f"{owner_id}_{target_id}", "source": "direct", "sourceId": owner_id, "target": target}


def tags_of(written: Sequence[str], names: Names) -> list[str]:
    """The `roleScopeTagIds` of an object; without any it carries the default tag."""
    return [names.tag(tag) for tag in written or (DEFAULT_TAG,)]


def _target(who: str, names: Names) -> tuple[Json, str]:
    if who in _EVERYONE:
        word, fixed_id = _EVERYONE[who]
        return {"@odata.type": f"#microsoft.graph.{word}AssignmentTarget"}, fixed_id
    word = "exclusionGroup" if who.startswith("!") else "group"
    group_id = names.group(who.removeprefix("!"))
    return {"@odata.type": f"#microsoft.graph.{word}AssignmentTarget", "groupId": group_id}, group_id


def _filter(narrowed: str, names: Names) -> Json:
    kind = {"+": "include", "-": "exclude"}.get(narrowed[:1], "none")
    identifier = names.filter(narrowed[1:]) if narrowed else None
    return {
        "deviceAndAppManagementAssignmentFilterId": identifier,
        "deviceAndAppManagementAssignmentFilterType": kind,
    }

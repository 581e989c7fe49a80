"""Makes a tenant differ from the standard as `content/drift.toml` plans it.

Each kind of change (`do`) is one small function. It takes the objects, changes them and says what it changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trueline.connections.contract import Coverage, Facet
from trueline.providers.microsoft365.demo.assignments import assignment_of, tags_of
from trueline.providers.microsoft365.demo.blueprints import CATALOG_SHAPE, blueprint_of
from trueline.providers.microsoft365.demo.objects import Exported, encoded, object_of, resolved
from trueline.providers.microsoft365.demo.plan import ChangeKind, PlannedChange
from trueline.providers.microsoft365.demo.settings import change_value, definition_id, instances

if TYPE_CHECKING:
    from datetime import datetime

    from trueline.providers.microsoft365.demo.identity import Names

Entry = Mapping[str, Any]
Objects = list[Exported]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one planned entry did to one day's objects."""

    kind: ChangeKind
    item: Exported | None
    facet: Facet | None = None
    path: str = ""
    before: Any = None
    after: Any = None
    coverage: Coverage = Coverage.COMPLETE


def drifted(objects: Sequence[Exported], entries: Sequence[Entry], names: Names, days: Sequence[datetime]) -> Objects:
    """The objects of one tenant on the last of the given days: copies, changed and put right again as planned.

    Args:
        objects: The objects as they follow the standard.
        entries: Every planned entry of the tenant, of whatever day.
        names: The tenant's ids and times.
        days: The tenant's days up to the one that is wanted; day 1 is the first.
    """
    changed = _copies(objects, {entry.get("name", "") for entry in entries})
    today = len(days)
    for entry in entries:
        earlier = [day for day in entry["days"] if day < today]
        if earlier and today not in entry["days"]:
            _put_right(entry, changed, names, days[max(earlier)])
    for entry in entries:
        if today in entry["days"]:
            _apply(entry, changed, names, days[-1])
    return changed


def described(entry: Entry, objects: Sequence[Exported], names: Names, day: datetime) -> PlannedChange:
    """What one entry changes in objects that follow the standard, as the answer sheet records it."""
    effect = _apply(entry, _copies(objects, {entry.get("name", "")}), names, day)
    item = effect.item
    return PlannedChange(
        tenant=entry["tenant"],
        days=tuple(f"day{number}" for number in entry["days"]),
        kind=effect.kind,
        severity=entry["severity"],
        area=str(item.kind.area if item else entry["area"]),
        object_type=item.kind.object_type if item else "",
        name=item.name if item else "",
        standard_name=item.standard_name if item and effect.kind is not ChangeKind.EXTRA else "",
        external_id=item.external_id if item and effect.kind is not ChangeKind.MISSING else "",
        facet=effect.facet,
        path=effect.path,
        before=effect.before,
        after=effect.after,
        coverage=effect.coverage,
        why=entry["why"],
    )


def _copies(objects: Sequence[Exported], named: set[str]) -> Objects:
    """The objects in a new list, with own content where an entry names them; the others are never changed."""
    return [item.own_copy() if item.standard_name in named else item for item in objects]


def unread_areas(entries: Sequence[Entry]) -> dict[str, dict[str, str]]:
    """The areas that an export says it could not read, in the form of `trueline-coverage.json`."""
    silent = [entry for entry in entries if entry["do"] in _NOT_READ]
    return {entry["area"]: {"coverage": entry["do"], "reason": entry["why"]} for entry in silent}


def _put_right(entry: Entry, objects: Objects, names: Names, day: datetime) -> None:
    """What a repair leaves behind: a later date, and a new id for an object that had to be made again."""
    if entry["do"] in _WITHOUT_TRACE:
        return
    position = _find(entry, objects)
    if entry["do"] == "missing":
        item = objects[position]
        text = json.dumps(item.raw).replace(item.external_id, names.id_of("made again", entry["name"]))
        objects[position] = replace(item, raw=json.loads(text))
    _touch(objects[position], names, day)


def _apply(entry: Entry, objects: Objects, names: Names, day: datetime) -> Effect:
    effect = _CHANGES[entry["do"]](entry, objects, names)
    if effect.facet and effect.item:
        _touch(effect.item, names, day)
    return effect


def _touch(item: Exported, names: Names, day: datetime) -> None:
    field = "lastModifiedDateTime" if "lastModifiedDateTime" in item.raw else "modifiedDateTime"
    item.raw[field] = names.modified_on(f"{item.kind.shape}/{item.standard_name}", day)


def _find(entry: Entry, objects: Objects) -> int:
    shape = entry.get("shape", CATALOG_SHAPE)
    for position, item in enumerate(objects):
        if item.kind.shape == shape and item.standard_name == entry["name"]:
            return position
    raise LookupError(f"The planned drift names {entry['name']!r}, which the standard does not have.")


def _setting(entry: Entry, objects: Objects, _: Names) -> Effect:
    item = objects[_find(entry, objects)]
    path, before, after = _set_setting(item, entry["setting"], entry["to"])
    return Effect(ChangeKind.CHANGED, item, Facet.SETTINGS, path, before, after)


def _set_setting(item: Exported, written: str, value: Any) -> tuple[str, Any, Any]:
    wanted = definition_id(written)
    instance = next(one for one in instances(item.raw["settings"]) if one["settingDefinitionId"] == wanted)
    before, after = change_value(instance, value)
    return wanted, before, after


def _set(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    holder, last = _holder(item.raw, entry["path"])
    before, after = holder[last], resolved(entry["to"], names)
    holder[last] = after
    if "valueJson" in holder:
        holder["valueJson"] = json.dumps(after)
    return Effect(ChangeKind.CHANGED, item, Facet.SETTINGS, entry["path"], before, after)


def _add(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    holder, last = _holder(item.raw, entry["path"])
    before = list(holder[last])
    holder[last] = [*before, resolved(entry["to"], names)]
    return Effect(ChangeKind.CHANGED, item, Facet.SETTINGS, entry["path"], before, holder[last])


def _holder(raw: Any, path: str) -> tuple[Any, Any]:
    *way, last = path.split(".")
    for step in way:
        raw = _step(raw, step)
    return raw, last


def _step(raw: Any, step: str) -> Any:
    if isinstance(raw, dict):
        return raw[step]
    return raw[int(step)] if step.isdigit() else next(item for item in raw if item["id"] == step)


def _script(entry: Entry, objects: Objects, _: Names) -> Effect:
    item = objects[_find(entry, objects)]
    before, after = item.raw["scriptContent"], encoded(entry["script"])
    item.raw["scriptContent"] = after
    return Effect(ChangeKind.CHANGED, item, Facet.SETTINGS, "scriptContent", before, after)


def _assign(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    added = assignment_of(entry["target"], item.raw["id"], names)
    return _assigned(item, [*item.raw["assignments"], added])


def _unassign(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    taken = assignment_of(entry["target"], item.raw["id"], names)
    return _assigned(item, [one for one in item.raw["assignments"] if one["target"] != taken["target"]])


def _refilter(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    old, new = (assignment_of(entry[key], item.raw["id"], names) for key in ("target", "to"))
    kept = [new if one["target"] == old["target"] else one for one in item.raw["assignments"]]
    return _assigned(item, kept)


def _assigned(item: Exported, assignments: list[dict[str, Any]]) -> Effect:
    before = item.raw["assignments"]
    item.raw["assignments"] = assignments
    return Effect(ChangeKind.CHANGED, item, Facet.ASSIGNMENTS, "assignments", before, assignments)


def _tags(entry: Entry, objects: Objects, names: Names) -> Effect:
    item = objects[_find(entry, objects)]
    before, after = item.raw["roleScopeTagIds"], tags_of(entry["tags"], names)
    item.raw["roleScopeTagIds"] = after
    return Effect(ChangeKind.CHANGED, item, Facet.SCOPE_TAGS, "roleScopeTagIds", before, after)


def _missing(entry: Entry, objects: Objects, _: Names) -> Effect:
    return Effect(ChangeKind.MISSING, objects.pop(_find(entry, objects)))


def _extra(entry: Entry, objects: Objects, names: Names) -> Effect:
    objects.append(object_of(blueprint_of(entry), names))
    return Effect(ChangeKind.EXTRA, objects[-1])


def _rename(entry: Entry, objects: Objects, _: Names) -> Effect:
    position = _find(entry, objects)
    item = replace(objects[position], name=entry["to"])
    item.raw[item.kind.name_field] = entry["to"]
    objects[position] = item
    path = item.kind.name_field
    return Effect(ChangeKind.RENAMED, item, Facet.IDENTITY, path, entry["name"], entry["to"])


def _copy_name(entry: Entry, objects: Objects, names: Names) -> Effect:
    twin = _twin(entry, objects)
    twin.raw["id"] = names.id_of("copy", entry["name"])
    path, before, after = _set_setting(twin, entry["setting"], entry["to"])
    return Effect(ChangeKind.DUPLICATE_NAME, twin, None, path, before, after)


def _copy_id(entry: Entry, objects: Objects, _: Names) -> Effect:
    return Effect(ChangeKind.DUPLICATE_ID, _twin(entry, objects))


def _twin(entry: Entry, objects: Objects) -> Exported:
    position = _find(entry, objects)
    twin = replace(objects[position].own_copy(), copy_number=1)
    objects.insert(position + 1, twin)
    return twin


def _truncated(entry: Entry, objects: Objects, _: Names) -> Effect:
    item = objects[_find(entry, objects)]
    del item.raw["settings"][entry["keep"] :]
    return Effect(ChangeKind.TRUNCATED, item, path="settings", coverage=Coverage.PARTIAL)


def _unreadable(entry: Entry, objects: Objects, _: Names) -> Effect:
    position = _find(entry, objects)
    objects[position] = replace(objects[position], is_cut=True)
    return Effect(ChangeKind.UNREADABLE, objects[position], coverage=Coverage.PARTIAL)


def _not_read(entry: Entry, objects: Objects, _: Names) -> Effect:
    objects[:] = [item for item in objects if item.kind.area != entry["area"]]
    return Effect(ChangeKind.NOT_READ, None, coverage=Coverage(entry["do"]))


_NOT_READ = frozenset({Coverage.DENIED, Coverage.NOT_LICENSED})
_WITHOUT_TRACE = frozenset({*_NOT_READ, "extra", "copy_name", "copy_id", "truncated", "unreadable"})

_CHANGES: Mapping[str, Callable[[Entry, Objects, Names], Effect]] = {
    "setting": _setting,
    "set": _set,
    "add": _add,
    "script": _script,
    "assign": _assign,
    "unassign": _unassign,
    "refilter": _refilter,
    "tags": _tags,
    "missing": _missing,
    "extra": _extra,
    "rename": _rename,
    "copy_name": _copy_name,
    "copy_id": _copy_id,
    "truncated": _truncated,
    "unreadable": _unreadable,
    **dict.fromkeys(_NOT_READ, _not_read),
}

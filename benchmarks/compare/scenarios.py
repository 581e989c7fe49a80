"""Pairs of objects with a known answer, made from real files."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueline.connections.contract import Reading, Record, gather
from trueline.providers.microsoft365.provider import MICROSOFT365

Json = Any

VOLATILE = {
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "version",
    "settingCount",
    "isAssigned",
    "supportsScopeTags",
    "creationSource",
    "priorityMetaData",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Pairs and, where it is known, how many of them truly differ."""

    name: str
    pairs: tuple[tuple[Json, Json], ...]
    truth: int | None


def reading(folder: Path) -> Reading:
    return gather(MICROSOFT365.open_export(folder, b"0" * 32))


def scenarios(data: Path) -> list[Scenario]:
    old, new = (reading(data / f"OpenIntuneBaseline/windows-{release}") for release in ("v3.4", "v3.6"))
    originals = [clean(record.raw) for record in new.records]
    rng = random.Random(7)
    shuffled = [(one, shuffle(one, rng)) for one in originals]
    planted = [
        (one, shuffle(changed, rng))
        for one in originals
        if one.get("settings")
        for changed in (plant(one, rng),)
        if changed != one
    ]
    return [
        Scenario("shuffled", tuple(shuffled), 0),
        Scenario("planted", tuple(planted), len(planted)),
        Scenario("v3.4 > v3.6", tuple(by_id(old, new)), None),
    ]


def by_id(old: Reading, new: Reading) -> Iterator[tuple[Json, Json]]:
    theirs: dict[str, Record] = {}
    for record in new.records:
        theirs.setdefault(record.external_id, record)
    for record in old.records:
        if record.external_id in theirs:
            yield clean(record.raw), clean(theirs[record.external_id].raw)


def clean(value: Json) -> Json:
    """Without what the vendor writes itself, for everyone alike; the index of an entry in a settings list is such."""
    kept = {name: member for name, member in value.items() if name not in VOLATILE and "@odata" not in name[1:]}
    if isinstance(kept.get("settings"), list):
        kept["settings"] = [{name: x for name, x in entry.items() if name != "id"} for entry in kept["settings"]]
    return kept


def shuffle(value: Json, rng: random.Random) -> Json:
    """A deep copy with every list of settings in another order."""
    if isinstance(value, dict):
        return {name: shuffle(member, rng) for name, member in value.items()}
    if isinstance(value, list):
        return rng.sample([shuffle(one, rng) for one in value], len(value))
    return value


def plant(value: Json, rng: random.Random) -> Json:
    """A copy with one change: a value somewhere in the tree, or a setting more or less."""
    changed = copy.deepcopy(value)
    kind = rng.choice(["value", "value", "removed", "added"])
    if kind == "removed" and len(changed["settings"]) > 1:
        changed["settings"].pop(rng.randrange(len(changed["settings"])))
        return changed
    if kind == "added":
        extra = copy.deepcopy(changed["settings"][0])
        extra["settingInstance"]["settingDefinitionId"] += "_planted"
        changed["settings"].append(extra)
        return changed
    rng.choice(list(_values(changed["settings"])))["value"] = "planted"
    return changed


def _values(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        if isinstance(value.get("value"), str):
            yield value
        for member in value.values():
            yield from _values(member)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)

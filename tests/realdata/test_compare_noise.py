"""Noise that must give no change, and single planted changes that must give exactly one, on real policies."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from trueline.connections.contract import gather
from trueline.inventory.readings import compare_readings
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trueline.inventory.document import ComparisonDocument

pytestmark = pytest.mark.realdata

SETS = ["OpenIntuneBaseline/windows-v3.6", "j0eyv-ConditionalAccess/2026-03-27"]
UNORDERED = (
    "include",
    "exclude",
    "clientAppTypes",
    "builtInControls",
    "settings",
    "children",
    "CollectionValue",
    "Tag",
)

Json = Any


@pytest.fixture(params=SETS)
def folder(request, shared_data: Path) -> Path:
    return shared_data / "m365" / request.param


def compared(left: Path, right: Path) -> ComparisonDocument:
    return compare_readings(*(gather(MICROSOFT365.open_export(one, b"0" * 32)) for one in (left, right)))


def load(path: Path) -> Json:
    return json.loads(path.read_bytes().decode("utf-8-sig"))


def rewritten(folder: Path, target: Path, change: Callable[[Json], Json], encoding: str = "utf-8") -> Path:
    """A copy of a folder of exports with every object changed in the same way."""
    for path in folder.rglob("*.json"):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(json.dumps(change(load(path))).encode(encoding))
    return target


def shuffled(value: Json, rng: random.Random, name: str = "") -> Json:
    if isinstance(value, dict):
        members = rng.sample(list(value.items()), len(value))
        return {key: shuffled(member, rng, key) for key, member in members}
    if isinstance(value, list):
        inner = [shuffled(one, rng) for one in value]
        return rng.sample(inner, len(inner)) if any(word in name for word in UNORDERED) else inner
    return value


def with_nulls(value: Json) -> Json:
    return {**value, "agents": None, "somethingNew": None} if isinstance(value, dict) else value


def without_odata(value: Json) -> Json:
    """The shape of a native portal export."""
    return {key: member for key, member in value.items() if "@odata" not in key} if isinstance(value, dict) else value


def with_upper_case_ids(value: Json, name: str = "") -> Json:
    if isinstance(value, dict):
        return {key: with_upper_case_ids(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [with_upper_case_ids(one, name) for one in value]
    return value.upper() if name in {"settingDefinitionId", "id"} and isinstance(value, str) else value


@pytest.mark.parametrize("seed", [1, 2])
def test_another_order_is_no_change(folder, tmp_path, seed):
    rng = random.Random(seed)
    assert_nothing_differs(compared(folder, rewritten(folder, tmp_path, lambda value: shuffled(value, rng))))


@pytest.mark.parametrize("change", [with_nulls, without_odata, with_upper_case_ids])
def test_another_shape_is_no_change(folder, tmp_path, change):
    assert_nothing_differs(compared(folder, rewritten(folder, tmp_path, change)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_another_encoding_is_no_change(folder, tmp_path, encoding):
    assert_nothing_differs(compared(folder, rewritten(folder, tmp_path, lambda value: value, encoding)))


def assert_nothing_differs(document: ComparisonDocument) -> None:
    changed = [(match.left.name, match.changes[:2]) for match in document.matches if match.state != "equal"]
    assert not changed
    assert (document.only_left, document.only_right, document.not_comparable) == ((), (), ())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["value", "added", "removed"])
def test_one_planted_change_at_any_depth_is_found_and_nothing_else(shared_data, tmp_path, kind, seed):
    rng = random.Random(f"{kind}{seed}")
    folder = shared_data / "m365" / SETS[0]
    catalogue = [path for path in sorted(folder.rglob("*.json")) if _is_catalogue(load(path))]
    path = rng.choice(catalogue)
    original = load(path)
    changed = _planted(original, kind, rng)
    for side, value in (("left", original), ("right", shuffled(changed, rng))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "policy.json").write_text(json.dumps(value))
    (match,) = compared(tmp_path / "left", tmp_path / "right").matches
    expected = {"value": "modified"}.get(kind, kind)
    assert [change.kind for change in match.changes] == [expected]


def _is_catalogue(value: Json) -> bool:
    # Two settings at least, so that one can be taken away; the simple ones, so that one removal is one change.
    return isinstance(value, dict) and len(list(_leaves(value))) > 1


def _leaves(value: Json) -> Iterator[dict[str, Json]]:
    """Top-level settings that hold one choice and no children."""
    for entry in value.get("settings") or ():
        instance = entry.get("settingInstance", {}) if isinstance(entry, dict) else {}
        if isinstance(instance.get("choiceSettingValue"), dict) and not instance["choiceSettingValue"].get("children"):
            yield entry


def _planted(original: Json, kind: str, rng: random.Random) -> Json:
    changed = copy.deepcopy(original)
    leaf = rng.choice(list(_leaves(changed)))
    if kind == "removed":
        changed["settings"].remove(leaf)
    elif kind == "added":
        extra = copy.deepcopy(leaf)
        extra["settingInstance"]["settingDefinitionId"] += "_planted"
        changed["settings"].append(extra)
    else:
        rng.choice(list(_values(changed["settings"])))["value"] = "planted"
    changed["settingCount"] = len(changed["settings"])
    return changed


def _values(value: Json) -> Iterator[dict[str, Json]]:
    """Every node of the tree that carries a text, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("value"), str) and "SettingValue" in str(value.get("@odata.type", "")):
            yield value
        for member in value.values():
            yield from _values(member)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)

"""A large portfolio, today against yesterday."""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from benchmarks.compare.scenarios import Scenario
from trueline.connections.contract import AreaReport, Coverage, Facet, Record
from trueline.inventory.compare import Outcome, compare_snapshots
from trueline.inventory.rules import facet_digests, raw_digest
from trueline.providers.microsoft365.normalise import record_of
from trueline.providers.microsoft365.ruleset import rule_of

AREAS = (AreaReport("settings_catalog", Coverage.COMPLETE, 1),)
SETTINGS = 20
ROUNDS = 3


class LazyItem:
    """An object whose canonical bytes are hashed at once and whose facets are made only when they are asked for."""

    object_type = "configurationPolicies"
    area = "settings_catalog"
    platform = "windows10"
    source_path = ""
    fixed_key = ""
    is_truncated = False

    def __init__(self, body: bytes) -> None:
        raw = orjson.loads(body)
        self.external_id: str = raw["id"]
        self.name: str = raw["name"]
        self.raw_digest = raw_digest(raw)
        self._body = body

    @cached_property
    def record(self) -> Record:
        return record_of(orjson.loads(self._body), rule_of(self.object_type), "")

    @property
    def facet_digests(self) -> Mapping[Facet, str]:
        return facet_digests(self.record)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one comparison, what plain reading and hashing of the same bytes takes, and what was found."""

    objects: int
    changed: int
    seconds: float
    reference: float
    found: int
    peak_mb: float


def bodies(count: int, changed_every: int = 0) -> list[bytes]:
    return [orjson.dumps(_policy(number, changed_every)) for number in range(count)]


def sample(count: int) -> Scenario:
    """Pairs of the portfolio for contenders that take two objects."""
    pairs = zip(bodies(count), bodies(count, 100), strict=True)
    return Scenario("portfolio", tuple((orjson.loads(left), orjson.loads(right)) for left, right in pairs), None)


def _policy(number: int, changed_every: int) -> dict[str, Any]:
    is_changed = bool(changed_every) and number % changed_every == 0
    return {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationPolicy",
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"Policy {number}",
        "description": "Made for measuring.",
        "platforms": "windows10",
        "technologies": "mdm",
        "roleScopeTagIds": ["0"],
        "settingCount": SETTINGS,
        "settings": [_setting(number, place, is_changed=is_changed) for place in range(SETTINGS)],
    }


def _setting(number: int, place: int, *, is_changed: bool) -> dict[str, Any]:
    definition = f"device_vendor_msft_policy_config_area{number % 90}_setting{place}"
    value = 2 if is_changed and place == 0 else 1
    return {
        "id": str(place),
        "settingInstance": {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
            "settingDefinitionId": definition,
            "choiceSettingValue": {"value": f"{definition}_{value}", "children": []},
        },
    }


def timings(counts: tuple[int, ...]) -> Iterator[Timing]:
    for count in counts:
        yesterday = [LazyItem(body) for body in bodies(count)]
        for every in (0, 100):
            yield _timing(yesterday, bodies(count, every), every)


def _timing(yesterday: list[LazyItem], today: list[bytes], every: int) -> Timing:
    """The best of several rounds for both, as other work on the machine only ever adds time."""
    rounds = [(_reference(today), *_compared(yesterday, today)) for _ in range(ROUNDS)]
    reference, seconds = min(one[0] for one in rounds), min(one[1] for one in rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Timing(len(today), len(today) // every if every else 0, seconds, reference, rounds[0][2], peak)


def _compared(yesterday: list[LazyItem], today: list[bytes]) -> tuple[float, int]:
    start = time.process_time()
    comparison = compare_snapshots(
        yesterday,
        [LazyItem(body) for body in today],
        left_areas=AREAS,
        right_areas=AREAS,
        load=lambda asked: [item.record for item in asked],
    )
    return time.process_time() - start, len(comparison.of(Outcome.CHANGED))


def _reference(today: list[bytes]) -> float:
    start = time.process_time()
    for body in today:
        orjson.loads(body)
        hashlib.sha256(body).hexdigest()
    return time.process_time() - start

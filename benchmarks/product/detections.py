"""Findings of an environment brought to what a new look shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.child import measure
from benchmarks.results import Table

TITLE = "Detection and re-detection"
STEPS = ("first", "identical", "10 % changed", "10 % gone", "10 % back")
DEFECTDOJO = "Published figure of the well-known importer for 13,000 identical findings: 25.8 s, on another machine."


def tables(is_quick: bool) -> Iterator[Table]:
    counts = (1_300, 13_000) if is_quick else (13_000, 100_000)
    found = {count: measure(f"{__name__}:recorded", count) for count in counts}
    rows = [
        [
            f"{count:,}",
            *(f"{one.value[step]:.2f}" for step in STEPS),
            f"{one.value['plain']:.2f}",
            f"{one.peak_mb:,.0f}",
        ]
        for count, one in found.items()
    ]
    growth = found[counts[1]].value["identical"] / found[counts[0]].value["identical"]
    intro = (
        "Seconds of `record_detections`, from detections in memory to the commit, under row security. Targets: "
        "identical 13,000 in less than 2 s, 100,000 in less than 20 s. The other side is a plain UPDATE of the "
        f"same rows, one statement, with nothing decided. {DEFECTDOJO} Growth of `identical` for "
        f"x{counts[1] / counts[0]:.1f} findings: x{growth:.1f}."
    )
    yield Table(intro, ["findings", *STEPS, "plain update", "peak MB"], rows)


def recorded(count: int) -> dict[str, float]:
    from benchmarks.product.installation import opened, scope  # noqa: PLC0415 - only in the child

    with opened(), scope() as inside:
        return _steps(inside, count)


def _steps(inside: Any, count: int) -> dict[str, float]:
    from django.db import connection, transaction  # noqa: PLC0415 - Django must be ready first

    from benchmarks.product.worlds import environment  # noqa: PLC0415 - the same

    place, tenth = environment(inside, "Detections"), count // 10
    shown = {
        "first": [(number, 0) for number in range(count)],
        "identical": [(number, 0) for number in range(count)],
        "10 % changed": [(number, int(number < tenth)) for number in range(count)],
        "10 % gone": [(number, 0) for number in range(tenth, count)],
        "10 % back": [(number, 0) for number in range(count)],
    }
    took = {step: _look(inside, place, day, pairs) for day, (step, pairs) in enumerate(shown.items())}
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update findings_finding set times_seen = times_seen + 1, last_seen_at = now()")
    return took | {"plain": time.perf_counter() - begun}


def _look(inside: Any, place: Any, day: int, pairs: list[tuple[int, int]]) -> float:
    from benchmarks.product.worlds import MOMENT, capture_of  # noqa: PLC0415 - Django must be ready first
    from trueline.findings.actions.detections import Sighting, record_detections  # noqa: PLC0415 - the same
    from trueline.findings.rules import Detected  # noqa: PLC0415 - the same
    from trueline.inventory.actions import keep_snapshot  # noqa: PLC0415 - the same
    from trueline.inventory.manifest import Manifest  # noqa: PLC0415 - the same

    capture = capture_of(place, day)
    snapshot = keep_snapshot(inside, capture, Manifest(), actor=inside.actor, hold=lambda: None)
    detected = Detected("drift", "standard", frozenset({"area"}), tuple(_detection(*pair) for pair in pairs))
    sighting = Sighting(place, snapshot.pk, MOMENT + timedelta(days=day))
    begun = time.perf_counter()
    record_detections(inside, sighting, [detected], actor=inside.actor, hold=lambda: None)
    return time.perf_counter() - begun


def _detection(number: int, value: int) -> Any:
    from trueline.findings.rules import Detection, Severity  # noqa: PLC0415 - only in the child

    return Detection(
        detector="drift",
        standard_id="standard",
        area="area",
        object_type="configurationPolicies",
        subject_key=f"configurationPolicies:00000000-0000-4000-8000-{number // 8:012d}",
        subject_name=f"Policy {number // 8}",
        facet="settings",
        path=f"device_vendor_msft_policy_config_area_setting{number % 8}",
        kind="modified",
        severity=Severity.MEDIUM,
        expected={"value": f"area_setting_{number % 8}_1"},
        observed={"value": f"area_setting_{number % 8}_{value}"},
    )

"""Comparison on real baselines: matches through renames, no noise, coverage as an independent oracle counts it."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from trueline.connections.contract import Facet, Reading, gather
from trueline.inventory.readings import compare_readings
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

    from trueline.connections.contract import Record
    from trueline.inventory.document import ComparisonDocument

pytestmark = pytest.mark.realdata

OIB = "OpenIntuneBaseline/windows-"
CA = "j0eyv-ConditionalAccess/"
INTUNE = [f"{OIB}v3.3", f"{OIB}v3.6", "IntuneAdmin/011f805-2025-11-13", "NCSC/v1.1.0-2021", "NCSC/head-2026-03-04"]


@cache
def read(folder: Path) -> Reading:
    return gather(MICROSOFT365.open_export(folder, b"0" * 32))


@pytest.fixture
def m365(shared_data: Path) -> Path:
    return shared_data / "m365"


def compared(m365: Path, left: str, right: str, **options) -> ComparisonDocument:
    return compare_readings(read(m365 / left), read(m365 / right), **options)


@pytest.mark.parametrize(("left", "right"), [("v3.3", "v3.4"), ("v3.4", "v3.6"), ("v3.3", "v3.6")])
def test_every_surviving_policy_is_matched_without_ids_and_none_wrongly(m365, left, right):
    document = compared(m365, OIB + left, OIB + right, ignore_ids=True)
    mine = {record.external_id for record in read(m365 / (OIB + left)).records}
    surviving = mine & {record.external_id for record in read(m365 / (OIB + right)).records}
    auto = [match for match in document.matches if match.auto]
    found = {match.left.id for match in auto if match.left.id == match.right.id}
    assert len(found) >= 0.99 * len(surviving)
    assert not [
        match for match in auto if match.left.id != match.right.id and {match.left.id, match.right.id} & surviving
    ]


@pytest.mark.parametrize(("left", "right"), [("2025-03-17", "2025-11-05"), ("2025-11-05", "2026-03-27")])
def test_conditional_access_is_matched_without_ids_and_never_wrongly(m365, left, right):
    document = compared(m365, CA + left, CA + right, ignore_ids=True)
    lefts = {record.external_id for record in read(m365 / (CA + left)).records}
    surviving = lefts & {record.external_id for record in read(m365 / (CA + right)).records}
    wrong = [
        one
        for one in document.matches
        if one.auto and one.left.id != one.right.id and {one.left.id, one.right.id} & surviving
    ]
    assert not wrong
    assert len({one.left.id for one in document.matches if one.left.id == one.right.id}) >= 0.99 * len(surviving)


def test_a_property_that_the_vendor_added_to_every_policy_is_no_change(m365):
    document = compared(m365, f"{CA}2025-11-05", f"{CA}2026-03-27")
    policies = [match for match in document.matches if match.left.type == "conditionalAccessPolicies"]
    assert len(policies) == 29
    assert sum(match.state == "changed" for match in policies) == 8
    assert not [change for match in policies for change in match.changes if "agents" in change.path]


def test_between_the_older_two_dates_nine_objects_changed(m365):
    document = compared(m365, f"{CA}2025-03-17", f"{CA}2025-11-05")
    assert sum(match.state == "changed" for match in document.matches) == 9


def test_two_baselines_of_different_authors_get_no_automatic_link(m365):
    document = compared(m365, f"{OIB}v3.6", "IntuneAdmin/011f805-2025-11-13", ignore_ids=True)
    assert not [match for match in document.matches if match.auto]


def test_a_legacy_profile_and_its_successor_are_proposed(m365):
    document = compared(m365, "NCSC/v1.1.0-2021", "NCSC/head-2026-03-04", ignore_ids=True)
    proposed = {(one.left.name, one.right.name) for one in document.matches if one.method == "cross_type"}
    assert ("NCSC - BitLocker", "2025-NCSC-BitLocker") in proposed
    assert not [one for one in document.matches if one.method == "cross_type" and one.auto]


@pytest.mark.parametrize(("left", "right"), list(itertools.permutations(INTUNE, 2)))
def test_coverage_by_settings_counts_as_the_independent_oracle_does(m365, left, right):
    oracle = m365.parent.parent / "oracles" / "settings_coverage.py"
    told = subprocess.run([sys.executable, oracle, m365 / left, m365 / right], capture_output=True, check=True)
    settings = compared(m365, left, right, ignore_ids=True).settings
    assert json.loads(told.stdout) == {
        "a": settings.left,
        "b": settings.right,
        "shared": settings.shared,
        "equal": settings.equal,
        "conflict": settings.conflict,
    }
    assert sum(item.state in {"equal", "conflict"} for item in settings.items) == settings.shared


def test_two_policies_of_one_id_are_a_warning_and_both_are_kept(m365):
    document = compared(m365, f"{OIB}v3.4", f"{OIB}v3.6")
    assert "duplicate_id" in {warning.kind for warning in document.right.warnings}
    assert document.right.objects == 94
    assert len(document.matches) + len(document.only_right) + len(document.not_comparable) == 94


@pytest.mark.parametrize("seed", [1, 2])
def test_the_result_is_the_same_whatever_the_order_of_files(m365, seed):
    left, right = read(m365 / f"{OIB}v3.3"), read(m365 / f"{OIB}v3.6")
    shuffle = random.Random(seed).sample
    again = compare_readings(_shuffled(left, shuffle), _shuffled(right, shuffle), ignore_ids=True)
    assert again == compare_readings(left, right, ignore_ids=True)


def _shuffled(reading: Reading, shuffle) -> Reading:
    return replace(reading, records=shuffle(reading.records, len(reading.records)))


@pytest.mark.parametrize("folder", [f"{OIB}v3.6", f"{CA}2026-03-27", "NCSC/head-2026-03-04"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_renamed_edited_and_dropped_policies_give_no_wrong_automatic_link(m365, folder, seed):
    rng = random.Random(seed)
    reading = _one_of_each_id(read(m365 / folder))
    left = replace(reading, records=[one for one in reading.records if rng.random() > 0.15])
    right = replace(reading, records=[_disturbed(one, rng) for one in reading.records if rng.random() > 0.15])
    auto = [match for match in compare_readings(left, right, ignore_ids=True).matches if match.auto]
    assert not [(match.left.name, match.right.name) for match in auto if match.left.id != match.right.id]


def _one_of_each_id(reading: Reading) -> Reading:
    return replace(reading, records=list({one.external_id: one for one in reading.records}.values()))


def _disturbed(record: Record, rng: random.Random) -> Record:
    name = rng.choice([record.name, f"{record.name} - v9.1", f"ACME - {record.name}", f"Policy {rng.randint(1, 99)}"])
    settings = record.settings if rng.random() < 0.5 else tuple(one for one in record.settings if rng.random() > 0.15)
    gone = {one.id for one in record.settings} - {one.id for one in settings}
    flat = {
        path: value for path, value in record.facets.get(Facet.SETTINGS, {}).items() if path.split("/")[-1] not in gone
    }
    facets = {**record.facets, Facet.SETTINGS: flat, Facet.IDENTITY: {"name": name}}
    return replace(record, name=name, settings=settings, facets=facets, raw={**record.raw, "mark": rng.random()})

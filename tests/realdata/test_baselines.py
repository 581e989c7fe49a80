"""Baselines on real tenants: each meets what was made of it, and falls short of another exactly as the oracle says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import orjson
import pytest

from trueline.connections.contract import Contents, Reading, gather
from trueline.inventory.assertions.evaluation import environment, evaluate
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.lint import lint_reading, lint_text
from trueline.inventory.assertions.making import Head, make_baseline
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.assertions.writing import baseline_text
from trueline.inventory.definitions import read_definitions
from trueline.providers.microsoft365.provider import MICROSOFT365

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata

OIB, NCSC = "OpenIntuneBaseline/windows-", "NCSC/head-2026-03-04"
CA = "j0eyv-ConditionalAccess/2026-03-27"
FOLDERS = [f"{OIB}v3.3", f"{OIB}v3.4", f"{OIB}v3.6", NCSC, "IntuneAdmin/011f805-2025-11-13"]


@cache
def read(folder: Path) -> Reading:
    return gather(MICROSOFT365.open_export(folder, b"0" * 32))


@cache
def made(folder: Path):
    whole = make_baseline(read(folder).records, Head("b", "1", "B"), weigh=MICROSOFT365.weigh, with_templates=True)
    return whole.baseline


def checked(baseline, folder: Path):
    reading = read(folder)
    where = environment(reading.records, reading.areas, questions=MICROSOFT365.questions, reach=MICROSOFT365.reach)
    return evaluate(effective([baseline]), where)


def oracle(shared_data: Path, left: str, right: str) -> dict[str, int]:
    script = shared_data.parent / "oracles" / "settings_coverage.py"
    folders = [str(shared_data / "m365" / name) for name in (left, right)]
    done = subprocess.run([sys.executable, str(script), *folders], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_tenant_meets_everything_that_was_made_of_it(shared_data, folder):
    path = shared_data / "m365" / folder
    assert {str(one.state) for one in checked(made(path), path)} == {"met"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_made_baseline_is_written_and_read_as_the_same_bytes(shared_data, folder):
    text = baseline_text(made(shared_data / "m365" / folder))
    assert baseline_text(parse_baseline(text)) == text


@pytest.mark.parametrize(("left", "right"), [(f"{OIB}v3.4", f"{OIB}v3.6"), (f"{OIB}v3.3", f"{OIB}v3.4"),
                                             (NCSC, f"{OIB}v3.6"), (f"{OIB}v3.6", NCSC)])  # fmt: skip
def test_what_is_not_met_is_exactly_what_the_oracle_counts(shared_data, left, right):
    told = oracle(shared_data, left, right)
    results = checked(made(shared_data / "m365" / right), shared_data / "m365" / left)
    catalogue = [
        one for one in results if getattr(one.entry.demand, "setting", "") and ":" not in one.entry.demand.setting
    ]
    counts = Counter(str(one.state) for one in catalogue)
    assert len(catalogue) == told["b"]
    assert counts["not_met"] == told["b"] - told["shared"] + told["conflict"]
    assert counts["met"] + counts["conflicting"] == told["equal"]


def test_lint_finds_the_duplicate_id_and_the_conflicts_of_a_published_baseline(shared_data):
    kinds = Counter(one.kind for one in lint_reading(read(shared_data / "m365" / f"{OIB}v3.6")))
    assert kinds["duplicate_id"] == 1
    assert kinds["conflict"] > 0
    broken = lint_reading(read(shared_data / "m365" / "OpenIntuneBaseline" / "raw-encoding-samples"))
    assert [one.kind for one in broken].count("broken_file") == 1


def test_the_shipped_windows_baseline_names_only_settings_and_values_that_exist(shared_data):
    path = shared_data / "m365" / "catalogues" / "intune-settings" / "intune-setting-definitions.subset.json"
    definitions = read_definitions(orjson.loads(path.read_bytes()))
    text = MICROSOFT365.baselines()["windows-essentials"]
    assert lint_text(text, "windows-essentials", MICROSOFT365.questions, definitions) == ()


def asked(folder: Path, question: str, **parameters):
    reading = read(folder)
    coverage = {area.area: area.coverage for area in reading.areas}
    answer = MICROSOFT365.questions[f"conditional_access.{question}"].answer
    return answer(Contents(tuple(reading.records), coverage, parameters))


def test_a_real_set_of_policies_asks_for_mfa_except_where_it_says_so(shared_data):
    answer = asked(shared_data / "m365" / CA, "mfa_for_all_users")
    assert answer.state == "met_partly"
    assert [proof.name[:5] for proof in answer.proofs] == ["CA000"]
    assert ("group", True) in {(one.kind, bool(one.name)) for one in answer.excluded}


def test_a_legacy_block_is_met_when_its_two_exclusions_are_accepted(shared_data):
    answer = asked(shared_data / "m365" / CA, "legacy_authentication_blocked")
    names = [one.name for one in answer.excluded]
    assert (answer.state, len(names)) == ("met_partly", 2)
    assert asked(shared_data / "m365" / CA, "legacy_authentication_blocked", accept_excluded=names).state == "met"


def test_policies_that_only_report_meet_nothing(shared_data):
    sets = shared_data / "m365" / "AlexFilipin-ConditionalAccess" / "head-2025-02-28" / "PolicySets" / "Bare minimum"
    for question in MICROSOFT365.questions.values():
        reading = read(sets)
        coverage = {area.area: area.coverage for area in reading.areas}
        assert question.answer(Contents(tuple(reading.records), coverage)).state in {"not_met", "not_measured"}


def test_a_strength_and_a_block_of_a_real_tenant_count(shared_data):
    folder = shared_data / "m365" / "ScubaGear"
    assert asked(folder, "mfa_for_all_users").state == "met"
    assert asked(folder, "legacy_authentication_blocked").state == "met"
    assert asked(folder, "unmanaged_devices").state == "not_met"

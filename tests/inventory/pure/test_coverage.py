"""Coverage by settings and conflicts within one side."""

from __future__ import annotations

from dataclasses import replace

from tests.inventory.pure.records import record
from trueline.connections.contract import Setting
from trueline.inventory.coverage import SettingState, configured_settings, setting_conflicts, settings_coverage


def test_policies_of_other_names_still_cover_each_other():
    coverage = settings_coverage(
        [record("A", settings={"x": "1", "y": "1"})], [record("B", settings={"x": "1", "z": "1"})]
    )
    assert {one.id: one.state for one in coverage.settings} == {
        "x": SettingState.EQUAL,
        "y": SettingState.ONLY_LEFT,
        "z": SettingState.ONLY_RIGHT,
    }
    assert (coverage.left, coverage.right, coverage.shared) == (2, 2, 1)


def test_one_policy_with_the_same_value_makes_a_setting_equal():
    left = [record("A", settings={"x": "1"}), record("B", settings={"x": "2"})]
    assert settings_coverage(left, [record("C", settings={"x": "2"})]).settings[0].state is SettingState.EQUAL


def test_values_that_no_policy_shares_are_a_conflict():
    coverage = settings_coverage([record(settings={"x": ["1", "2"]})], [record(settings={"x": "1"})])
    assert coverage.settings[0].state is SettingState.CONFLICT


def test_a_setting_without_a_value_is_not_configured():
    parent = replace(record(), settings=(Setting("group", ()),))
    assert not settings_coverage([parent], [parent]).settings


def test_settings_of_another_kind_are_left_out():
    oma = record("A", settings={"oma:./device/x": "1", "x": "1"})
    assert [one.id for one in settings_coverage([oma], []).settings] == ["x"]


def test_policies_of_one_side_that_disagree_are_a_conflict_and_those_that_agree_are_none():
    side = [
        record("A", settings={"x": "1", "y": "1"}),
        record("B", settings={"x": "2", "y": "1"}),
    ]
    (conflict,) = setting_conflicts(configured_settings(side))
    assert conflict.id == "x"
    assert [one.policy for one in conflict.configured] == ["A", "B"]

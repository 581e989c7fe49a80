"""Comparison of two sets of records."""

from __future__ import annotations

import random

import pytest

from tests.inventory.pure.records import areas, record
from trueline.connections.contract import Coverage, Facet, Record
from trueline.inventory.compare import Comparison, Outcome, compare_snapshots
from trueline.inventory.differences import ChangeKind, flat_changes
from trueline.inventory.matching.evidence import Method
from trueline.inventory.matching.links import Link
from trueline.inventory.rules import RecordItem, record_contents, record_items


def compare(left: list[Record], right: list[Record], **options) -> Comparison[RecordItem]:
    defaults = {"left_areas": areas(), "right_areas": areas(), "load": record_contents}
    return compare_snapshots(record_items(left), record_items(right), **(defaults | options))


def test_a_reading_compared_with_itself_is_equal():
    records = [record("A"), record("B", settings={"x": "1"})]
    assert compare(records, records).is_equal


def test_content_is_never_loaded_when_digests_agree():
    def load(items):
        pytest.fail("content was loaded")

    assert compare([record()], [record()], load=load).is_equal


def test_a_changed_value_is_one_change_with_both_values():
    (entry,) = compare([record(settings={"a": "1", "b": "2"})], [record(settings={"a": "1", "b": "3"})]).entries
    assert entry.outcome is Outcome.CHANGED
    (change,) = entry.changes
    assert (change.facet, change.path, change.kind) == (Facet.SETTINGS, "b", ChangeKind.MODIFIED)
    assert (change.left, change.right) == ("2", "3")


def test_a_rename_is_a_change_of_identity_and_not_two_objects():
    (entry,) = compare([record("A", external_id="1")], [record("B", external_id="1")]).entries
    assert entry.evidence.method is Method.ID
    assert [change.facet for change in entry.changes] == [Facet.IDENTITY]


def test_absence_in_a_complete_area_is_only_on_one_side():
    comparison = compare([record("A"), record("B")], [record("B"), record("C")])
    assert [entry.left.name for entry in comparison.of(Outcome.ONLY_LEFT)] == ["A"]
    assert [entry.right.name for entry in comparison.of(Outcome.ONLY_RIGHT)] == ["C"]


@pytest.mark.parametrize("coverage", [state for state in Coverage if state is not Coverage.COMPLETE])
def test_absence_in_an_area_that_was_not_complete_is_not_comparable(coverage):
    comparison = compare([record("A"), record("B")], [record("B")], right_areas=areas(coverage))
    (entry,) = comparison.of(Outcome.NOT_COMPARABLE)
    assert entry.left.name == "A"
    assert coverage.value.replace("_", " ") in entry.reason
    assert not comparison.of(Outcome.ONLY_LEFT)


def test_an_area_that_no_report_names_counts_as_unread():
    comparison = compare([record("A")], [], right_areas=())
    assert [entry.outcome for entry in comparison.entries] == [Outcome.NOT_COMPARABLE]


def test_settings_missing_on_a_truncated_side_are_not_called_removed():
    full = record(settings={"a": "1", "b": "2"})
    cut = record(settings={"a": "1"}, expected_settings=2)
    (entry,) = compare([full], [cut]).entries
    assert entry.outcome is Outcome.NOT_COMPARABLE
    assert "only in part" in entry.reason


def test_a_truncated_side_still_shows_a_changed_value():
    full = record(settings={"a": "1", "b": "2"})
    cut = record(settings={"a": "9"}, expected_settings=2)
    (entry,) = compare([full], [cut]).entries
    assert [change.path for change in entry.changes] == ["a"]


def test_two_objects_with_one_id_are_both_kept_and_told_apart_by_name():
    twins = [record("A", external_id="1"), record("B", external_id="1")]
    comparison = compare(twins, list(reversed(twins)))
    assert sorted(entry.left.name for entry in comparison.of(Outcome.EQUAL)) == ["A", "B"]


def test_an_id_differing_in_letter_case_is_the_same_id():
    assert compare([record("A", external_id="AB-1")], [record("A", external_id="ab-1")]).is_equal


def test_ignoring_ids_pairs_by_name_and_type():
    (entry,) = compare([record("A", external_id="1")], [record("a", external_id="2")], ignore_ids=True).entries
    assert entry.evidence.method is Method.NAME


def test_ignoring_ids_does_not_pair_by_id():
    left = [record("A", external_id="1", settings={"x": "1"})]
    right = [record("Z", external_id="1", settings={"q": "1"}, platform="macOS")]
    assert not compare(left, right, ignore_ids=True).of(Outcome.CHANGED)


def test_a_confirmed_link_is_stronger_than_a_name():
    left = [record("A", external_id="1")]
    right = [record("A", external_id="2"), record("B", external_id="3", settings={"other": "1"})]
    link = Link("configurationPolicies:1", "configurationPolicies:3")
    comparison = compare(left, right, links=[link])
    (entry,) = comparison.of(Outcome.CHANGED)
    assert (entry.evidence.method, entry.right.name) == (Method.LINK, "B")


def test_a_refused_link_is_never_a_pair_again():
    link = Link("configurationPolicies:1", "configurationPolicies:2", is_confirmed=False)
    comparison = compare([record("A", external_id="1")], [record("A", external_id="2")], links=[link])
    assert [entry.outcome for entry in comparison.entries] == [Outcome.ONLY_LEFT, Outcome.ONLY_RIGHT]


def test_each_object_is_in_exactly_one_entry_whatever_the_order():
    left = [record(f"P{n}", external_id=str(n % 7), settings={"s": str(n)}) for n in range(20)]
    right = [record(f"P{n}", external_id=str(n % 5), settings={"s": str(n % 3)}) for n in range(5, 30)]
    expected = compare(left, right)
    assert sum(entry.left is not None for entry in expected.entries) == len(left)
    assert sum(entry.right is not None for entry in expected.entries) == len(right)
    for seed in range(5):
        shuffle = random.Random(seed).sample
        assert compare(shuffle(left, len(left)), shuffle(right, len(right))) == expected


def test_true_is_not_one_and_one_is_one_point_zero():
    changes = flat_changes(Facet.SETTINGS, {"a": True, "b": 1, "c": [1]}, {"a": 1, "b": 1.0, "c": [True]})
    assert [change.path for change in changes] == ["a", "c"]


def test_a_letter_is_one_however_it_is_encoded_and_another_letter_is_another():
    one, two = "Pr\u00fcfung", "Pru\u0308fung"
    assert not flat_changes(Facet.SETTINGS, {"a": one, "b": [one]}, {"a": two, "b": [two]})
    assert len(flat_changes(Facet.SETTINGS, {"a": one, "b": "\u017f"}, {"a": "Prufung", "b": "s"})) == 2


def test_a_member_of_the_identity_that_only_one_shape_of_export_states_is_no_change():
    full = record(facets={Facet.IDENTITY: {"name": "Browser", "type": "policy"}}, raw={"shape": "full"})
    native = record(facets={Facet.IDENTITY: {"name": "Browser"}}, raw={"shape": "native"})
    assert compare([full], [native]).is_equal


def test_objects_that_share_an_id_and_nothing_else_are_still_paired_and_none_is_lost():
    left = [record("A", external_id="1", settings={"x": "1"})]
    right = [record("B", external_id="1", settings={"x": "2"}), record("C", external_id="1", settings={"x": "3"})]
    comparison = compare(left, right)
    (entry,) = comparison.of(Outcome.CHANGED)
    assert "several objects share" in entry.evidence.reason
    assert entry.evidence.confidence < 1
    assert len(comparison.of(Outcome.ONLY_RIGHT)) == 1

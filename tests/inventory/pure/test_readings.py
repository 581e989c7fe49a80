"""The document that a comparison of two readings gives."""

from __future__ import annotations

import json

import pytest

from tests.inventory.pure.records import areas, record
from trueline.connections.contract import Coverage, Reading, Unread, Warn
from trueline.inventory.definitions import read_definitions
from trueline.inventory.errors import UnknownDefinitions
from trueline.inventory.readings import compare_readings

GRAPH = [{"id": "Home", "displayName": "Home page", "options": [{"itemId": "home_on", "displayName": "On"}]}]
CATALOGUE = {
    "home": {"displayName": "Home page", "categoryName": "Edge", "options": [{"id": "HOME_on", "displayName": "On"}]}
}
SHORT = {"home": ["Home page", "Edge", {"home_on": "On"}]}


def reading(*records, **parts) -> Reading:
    return Reading(records=list(records), **({"areas": list(areas())} | parts))


def as_json(left: Reading, right: Reading, **options):
    return json.loads(compare_readings(left, right, **options).to_json())


def test_the_document_has_exactly_the_promised_shape():
    left = reading(
        record("A", settings={"x": "1"}),
        record("B"),
        unread=[Unread("bad.json", "corrupt", "Not JSON.")],
        warnings=[Warn("duplicate_id", ("a", "b"))],
    )
    document = as_json(left, reading(record("A", settings={"x": "2"}), record("C")))
    assert document["left"]["objects"] == 2
    assert document["left"]["unread"] == [{"path": "bad.json", "reason": "corrupt", "detail": "Not JSON."}]
    assert document["left"]["warnings"] == [{"kind": "duplicate_id", "subjects": ["a", "b"]}]
    (match,) = document["matches"]
    assert list(match) == ["left", "right", "method", "confidence", "auto", "reason", "state", "changes"]
    assert match["left"] == {"path": "A.json", "id": "a", "type": "configurationPolicies", "name": "A"}
    assert (match["method"], match["confidence"], match["auto"], match["state"]) == ("id", 1.0, True, "changed")
    (change,) = match["changes"]
    assert {key: change[key] for key in ("facet", "path", "kind", "left", "right")} == {
        "facet": "settings",
        "path": "x",
        "kind": "modified",
        "left": "1",
        "right": "2",
    }
    assert [one["name"] for one in document["only_left"]] == ["B"]
    assert [one["name"] for one in document["only_right"]] == ["C"]
    settings = document["settings"]
    assert {key: settings[key] for key in ("left", "right", "shared", "equal", "conflict")} == {
        "left": 2,
        "right": 2,
        "shared": 2,
        "equal": 1,
        "conflict": 1,
    }
    (conflict,) = [item for item in settings["items"] if item["state"] == "conflict"]
    assert (conflict["id"], conflict["left"][0]["value"], conflict["left"][0]["policy"]) == ("x", "1", "A")


def test_an_object_missing_where_nobody_looked_is_neither_left_nor_right():
    document = as_json(reading(record("A")), reading(areas=list(areas(Coverage.DENIED))))
    assert document["only_left"] == []
    (line,) = document["not_comparable"]
    assert (line["side"], line["name"]) == ("left", "A")
    assert "denied" in line["reason"]


def test_policies_of_one_side_that_disagree_are_a_warning_with_the_setting_and_its_policies():
    document = as_json(reading(record("A", settings={"x": "1"}), record("B", settings={"x": "2"})), reading())
    assert document["left"]["warnings"] == [{"kind": "setting_conflict", "subjects": ["x", "A", "B"]}]


def test_the_document_is_the_same_whatever_the_order_of_records():
    one, two, three = record("A"), record("B", settings={"x": "1"}), record("C", external_id="b")
    assert as_json(reading(one, two, three), reading(two, one)) == as_json(reading(three, two, one), reading(one, two))


@pytest.mark.parametrize("document", [GRAPH, {"value": GRAPH}, CATALOGUE, SHORT])
def test_definitions_put_settings_and_values_into_words(document):
    left, right = reading(record("A", settings={"home": "home_on"})), reading(record("A", settings={"home": "else"}))
    result = as_json(left, right, definitions=read_definitions(document))
    (change,) = result["matches"][0]["changes"]
    assert (change["setting"], change["left_label"], change["right_label"]) == ("Home page", "On", "else")
    assert result["settings"]["items"][0]["name"] == "Home page"


def test_without_definitions_a_name_is_read_off_the_id_and_says_so():
    sides = [reading(record("A", settings={"com.apple.safari_homepage": value})) for value in "12"]
    (item,) = as_json(*sides)["settings"]["items"]
    assert (item["id"], item["name"], item["named_by"]) == ("com.apple.safari_homepage", "Safari: Home page", "id")


@pytest.mark.parametrize("document", [[], {}, "text", [{"name": "x"}], {"x": 3}])
def test_definitions_of_another_shape_are_refused(document):
    with pytest.raises(UnknownDefinitions, match="definitions file"):
        read_definitions(document)

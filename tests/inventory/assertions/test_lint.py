"""What lint finds, in exports and in baseline files."""

from __future__ import annotations

import pytest

from tests.inventory.assertions.samples import record
from trueline.connections.contract import Facet, Reading, Unread
from trueline.inventory.assertions.lint import lint_reading, lint_text
from trueline.inventory.assertions.making import Head, make_baseline
from trueline.inventory.definitions import Definition, Definitions

KNOWN = Definitions({"home": Definition("Home", "", {"on": "On", "off": "Off"})})


@pytest.mark.parametrize(
    ("records", "kinds"),
    [
        ([record()], []),
        ([record("A"), record("B", settings={"home": "off"})], ["conflict"]),
        ([record("A", external_id="1"), record("B", external_id="1")], ["duplicate_id"]),
        ([record("A"), record("a", external_id="2")], ["duplicate_name"]),
        ([record(settings={}, facets={Facet.SETTINGS: {}})], ["empty_policy"]),
        ([record(settings={"strange": "1"})], ["unknown_setting"]),
        ([record(expected_settings=9, raw={"settings": []})], ["broken_file"]),
    ],
)
def test_what_is_wrong_with_exports(records, kinds):
    assert [one.kind for one in lint_reading(Reading(records=records), KNOWN)] == kinds


def test_a_file_that_could_not_be_read_is_a_finding():
    reading = Reading(unread=[Unread("x.json", "corrupt", "It is broken.")])
    assert [(one.kind, one.where) for one in lint_reading(reading)] == [("broken_file", "x.json")]


def test_without_definitions_no_setting_is_called_unknown():
    assert lint_reading(Reading(records=[record(settings={"strange": "1"})])) == ()


HEAD = "baseline: {id: b, version: '1', title: B, area: x}\nassertions:\n"
ONE = "- {{id: {id}, title: T, severity: low, setting: {setting}, operator: {operator}{more}}}\n"


def entry(name="a", setting="home", operator="equals", more=", value: on"):
    return ONE.format(id=name, setting=setting, operator=operator, more=more)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (HEAD + entry(), []),
        (HEAD + entry() + entry(), ["duplicate_id"]),
        (HEAD + entry() + entry("b", more=", value: off"), ["conflict"]),
        (HEAD + entry() + entry("b", operator="absent", more=""), ["conflict"]),
        (HEAD + entry() + entry("b", operator="any", more=""), []),
        (HEAD + entry(operator="at_least", more=", value: 5") + entry("b", operator="at_most", more=", value: 4"),
         ["conflict"]),
        (HEAD + entry(setting="strange"), ["unknown_setting"]),
        (HEAD + entry(more=", value: purple"), ["unknown_setting"]),
        (HEAD + "- {id: q, title: Q, severity: low, question: unheard}\n", ["unknown_question"]),
        (HEAD + entry(operator="like"), ["invalid"]),
        ("baseline: {id: b, version: '1', title: B}\n", ["empty_policy"]),
        ("baseline: [", ["broken_file"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_baseline_file(text, kinds):
    assert [one.kind for one in lint_text(text, "b.yaml", {}, KNOWN)] == kinds


def test_a_baseline_that_was_made_asks_for_every_value_and_is_the_same_in_any_order():
    records = [record("A"), record("B", settings={"home": "off", "x": ["2", "1"]}), record("C", settings={})]
    made = make_baseline(records, Head("b", "1", "B"), weigh=lambda *_: "low", definitions=KNOWN)
    assert made == make_baseline(records[::-1], Head("b", "1", "B"), weigh=lambda *_: "low", definitions=KNOWN)
    assert [(one.title, one.operator, one.value) for one in made.baseline.assertions] == [
        ("Home", "one_of", ["off", "on"]),
        ("X", "equals", ["1", "2"]),
    ]

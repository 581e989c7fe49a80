"""What an assertion comes to in an environment."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inventory.assertions.samples import AREA, areas, asks, assigned, baseline, one_result, reach, record, where
from trueline.connections.contract import (
    Answer,
    AnswerState,
    AreaReport,
    Coverage,
    Excluded,
    Facet,
    Proof,
    Question,
    phrase,
)
from trueline.inventory.assertions.evaluation import ResultState, environment, evaluate
from trueline.inventory.assertions.keeping import kept_results, results_document
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.model import Assertion, Baseline, Template


@pytest.mark.parametrize(
    ("operator", "value", "observed", "state"),
    [
        ("equals", "on", "on", "met"),
        ("equals", "ON", "on", "met"),
        ("equals", "on", "off", "not_met"),
        ("equals", 14, "14", "met"),
        ("equals", True, "true", "met"),
        ("equals", 1.0, "1", "met"),
        ("equals", ["b", "a"], ["a", "b"], "met"),
        ("equals", ["a"], ["a", "b"], "not_met"),
        ("one_of", ["on", "off"], "off", "met"),
        ("one_of", ["on", ["a", "b"]], ["b", "a"], "met"),
        ("one_of", ["on"], "off", "not_met"),
        ("at_least", 14, "14", "met"),
        ("at_least", 14, "13", "not_met"),
        ("at_least", 14, ["20", "13"], "not_met"),
        ("at_least", 14, "many", "not_met"),
        ("at_least", 9, "10", "met"),
        ("at_most", 900, "600", "met"),
        ("at_most", 900, "901", "not_met"),
        ("at_most", 900, "nan", "not_met"),
        ("contains", "a", ["a", "b"], "met"),
        ("contains", ["a", "c"], ["a", "b"], "not_met"),
        ("any", None, "whatever", "met"),
        ("absent", None, "whatever", "not_met"),
    ],
)
def test_an_operator_holds_a_value(operator, value, observed, state):
    result = one_result(asks("s", operator, value), where(record(settings={"s": observed})))
    assert (result.state, len(result.observed)) == (state, 1)


def test_any_policy_meets_it_whatever_its_name():
    for name in ("Browser", "Something else"):
        result = one_result(asks(), where(record(name), record("Other", settings={"x": "1"})))
        assert (result.state, [one.policy for one in result.observed]) == ("met", [name])


def test_policies_that_disagree_are_a_conflict_that_names_both():
    result = one_result(asks(), where(record("A"), record("B", settings={"home": "off"})))
    assert result.state is ResultState.CONFLICTING
    assert [(one.policy, one.value, one.is_accepted) for one in result.observed] == [
        ("A", "on", True),
        ("B", "off", False),
    ]


@pytest.mark.parametrize(
    ("coverage", "state"),
    [
        (Coverage.COMPLETE, "not_met"),
        (Coverage.PARTIAL, "not_measured"),
        (Coverage.UNREAD, "not_measured"),
        (Coverage.DENIED, "not_measured"),
        (Coverage.NOT_LICENSED, "not_licensed"),
    ],
)
@pytest.mark.parametrize("operator", ["equals", "absent"])
def test_absence_counts_only_where_the_area_was_read_whole(coverage, state, operator):
    result = one_result(asks("s", operator, "on" if operator == "equals" else None), where(coverage=coverage))
    assert result.state == ("met" if operator == "absent" and coverage is Coverage.COMPLETE else state)


def test_a_policy_that_shows_a_part_of_itself_hides_what_is_absent():
    truncated = record(expected_settings=9, raw={"settings": [1, 2]})
    assert one_result(asks("s"), where(truncated)).state is ResultState.NOT_MEASURED


def test_an_area_that_nobody_reported_is_not_measured():
    place = environment([], [AreaReport("other", Coverage.COMPLETE, 0)], questions={}, reach=reach)
    assert one_result(asks(), place).state is ResultState.NOT_MEASURED


@pytest.mark.parametrize(
    ("policies", "state"),
    [
        ([("A", "on", ["all"])], "met"),
        ([("A", "on", ["group"])], "met_partly"),
        ([("A", "on", []), ("Z", "x", ["all"])], "met_partly"),
        ([("A", "on", ["group"]), ("B", "on", ["all"])], "met"),
        ([("A", "on", ["all"]), ("B", "off", ["group"])], "conflicting"),
        ([("A", "on", ["all"]), ("B", "off", [])], "met"),
        ([("A", "on", []), ("B", "off", ["all"])], "not_met"),
        ([("A", "off", []), ("Z", "x", ["all"])], "not_met"),
    ],
)
def test_who_a_policy_reaches_decides_when_assignments_are_known(policies, state):
    records = [
        record(name, settings={"home" if value in ("on", "off") else "z": value}, **assigned(*groups))
        for name, value, groups in policies
    ]
    assert one_result(asks(), where(*records)).state == state


def test_an_export_without_assignments_is_not_taken_for_one_where_nothing_is_assigned():
    result = one_result(asks(), where(record()))
    assert (result.state, result.observed[0].reach) == ("met", "unknown")
    assert "does not tell whom" in result.sentence


def test_a_platform_narrows_which_policies_count():
    result = one_result(asks(platform="macos"), where(record(), record("Mac", platform="macos,ios")))
    assert [one.policy for one in result.observed] == ["Mac"]


def test_a_path_of_a_type_is_asked_in_its_settings():
    passcode = record("P", object_type="iosCompliance", settings={}, facets={Facet.SETTINGS: {"Need.code": True}})
    met = asks("Need.code", value=True, type="iosCompliance")
    assert one_result(met, where(passcode)).state == "met"
    assert one_result(replace(met, value=False), where(passcode)).state == "not_met"
    assert one_result(replace(met, type="other"), where(passcode)).state == "not_met"


TEMPLATE = Template("t", "T", "configurationPolicies", AREA, {"home": "on", "x": [1, 2]})


@pytest.mark.parametrize(
    ("settings", "state", "gaps"),
    [
        ({"home": "on", "x": [1, 2], "more": "y"}, "met", ()),
        ({"home": "on", "x": [1]}, "not_met", ("x",)),
        ({}, "not_met", ("home", "x")),
    ],
)
def test_a_template_is_met_by_any_policy_that_has_all_of_it(settings, state, gaps):
    policy = record("Other name", settings={}, facets={Facet.SETTINGS: settings or {"z": 1}})
    (result,) = evaluate(effective([Baseline("b", "1", "B", templates=(TEMPLATE,))]), where(policy))
    assert (result.state, result.gaps) == (state, gaps)


def test_a_template_of_an_area_that_was_not_read_is_not_measured():
    (result,) = evaluate(effective([Baseline("b", "1", "B", templates=(TEMPLATE,))]), where(coverage=Coverage.PARTIAL))
    assert result.state is ResultState.NOT_MEASURED


def asked(answer: Answer) -> dict[str, Question]:
    return {"q": Question("q", "Is it?", "So.", (AREA,), {"known": "A parameter."}, lambda _contents: answer)}


def test_a_question_brings_its_answer_with_proofs_and_exclusions():
    answer = Answer(
        AnswerState.MET_PARTLY,
        phrase("Not %(much)s.", much=phrase("quite")),
        (Proof("P", "p.json", "1", phrase("does it")),),
        (Excluded("g", "1", "G", ()),),
        (phrase("all but %(these)s", these=("a", phrase("b"))),),
    )
    result = one_result(Assertion("q", "Q", question="q"), where(questions=asked(answer)))
    assert (result.state, result.sentence, result.proofs, result.excluded) == (
        "met_partly",
        "Not quite.",
        answer.proofs,
        answer.excluded,
    )
    kept = kept_results(json.loads(json.dumps(results_document([result]))))["q"]
    assert (kept.said, kept.gaps, kept.proofs[0].says) == (result.said, answer.gaps, answer.proofs[0].says)
    assert str(kept.gaps[0]) == "all but a, b"


def test_a_result_kept_before_providers_spoke_in_phrases_stands_as_it_is():
    old = {"state": "met", "code": "answered", "values": {"sentence": "Yes."}, "gaps": ["some"]}
    lines = {"observed": [[], 0], "excluded": [[], 0], "proofs": [[["P", "p", "1", "does it", None, True, "all"]], 1]}
    kept = kept_results({"q": {**old, **lines}})["q"]
    assert (str(kept.said), kept.gaps, kept.proofs[0].says) == ("Yes.", ("some",), "does it")


@pytest.mark.parametrize(("question", "parameters"), [("unheard", {}), ("q", {"foreign": 1})])
def test_a_question_that_nobody_understands_is_not_measured(question, parameters):
    asking = Assertion("q", "Q", question=question, parameters=parameters)
    result = one_result(asking, where(questions=asked(Answer(AnswerState.MET, "Yes."))))
    assert result.state is ResultState.NOT_MEASURED


SETTINGS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3"]), max_size=3)
ASKED = st.sampled_from([("equals", "1"), ("one_of", ["1", "2"]), ("at_least", 2), ("absent", None), ("any", None)])


@given(st.lists(SETTINGS, max_size=4), ASKED, st.randoms())
def test_the_order_of_objects_changes_nothing(policies, ask, chance):
    records = [record(f"P{number}", settings=one) for number, one in enumerate(policies)]
    shuffled = chance.sample(records, len(records))
    assertion = asks("a", *ask)
    assert one_result(assertion, where(*records)) == one_result(assertion, where(*shuffled))


@given(st.lists(SETTINGS, max_size=4), ASKED, st.sampled_from(list(Coverage)))
def test_reading_less_never_makes_an_assertion_met(policies, ask, coverage):
    records = [record(f"P{number}", settings=one) for number, one in enumerate(policies)]
    whole = one_result(asks("a", *ask), where(*records))
    less = one_result(asks("a", *ask), where(*records, coverage=coverage))
    assert less.state == whole.state or less.state in {"not_measured", "not_licensed"}


def test_results_come_in_the_order_of_the_baseline():
    results = evaluate(effective([baseline(asks("b"), asks("a"))]), where(record()))
    assert [one.entry.demand.id for one in results] == ["b", "a"]


def test_areas_are_those_of_the_report():
    assert [area.area for area in areas()] == [AREA]

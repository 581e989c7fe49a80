"""Findings, values and areas in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from trueline.audit.registry import EVENTS
from trueline.evaluations.judging import AREA
from trueline.findings import wording
from trueline.findings.models import Finding
from trueline.reviews.rendering import words as review_words
from trueline.web import words


def finding(kind="modified", facet="settings", path="grantControls/state", expected=None, observed=None):
    return Finding(
        kind=kind, facet=facet, path=path, expected=expected, observed=observed, subject_name="CA003 Block legacy"
    )


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (finding("missing", "", ""), "CA003 Block legacy is missing"),
        (finding("extra", "", ""), "CA003 Block legacy is not part of the standard"),
        (finding("added"), "State is set, and the standard does not set it"),
        (finding("removed"), "State is no longer set"),
        (finding(expected="enabled", observed="disabled"), "State is disabled instead of enabled"),
        (finding(expected=True, observed=False), "State is false instead of true"),
        (finding(expected=["a"], observed=["b"]), "State has another value"),
        (finding(expected="a" * 40, observed="b"), "State has another value"),
        (finding("added", "assignments", "assignments[g1]"), "Assignments of CA003 Block legacy differ"),
    ],
)
def test_a_finding_is_told_in_one_sentence(found, title):
    assert words.finding_title(found) == title


def test_on_its_own_page_a_finding_names_its_object():
    assert words.finding_sentence(finding("removed")) == "CA003 Block legacy: State is no longer set"
    assert words.finding_sentence(finding("missing", "", "")) == "CA003 Block legacy is missing"


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("conditions.users.excludeGroups", "conditions.users.excludeGroups"),
        ("device_vendor_msft_policy_config_lanmanserver_maxsmb2dialect", "maxsmb2dialect"),
        ("a/device_vendor_msft_policy_config_kerberos_pkinithashalgorithmsha384", "pkinithashalgorithmsha384"),
        ("device_vendor_msft_policy_config_something_long_0", "long_0"),
    ],
)
def test_of_a_long_path_the_telling_end_is_shown(path, short):
    assert words.short_path(path) == short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (["b", 2], "b\n2"),
        (False, "false"),
        (3, "3"),
        ({"a": None}, '{\n  "a": null\n}'),
        ([{"a": 1}], None),
    ],
)
def test_a_value_is_shown_as_people_read_it(value, text):
    assert words.value_text(value) == text if text is not None else '"a": 1' in words.value_text(value)


def test_every_event_has_its_own_words_in_german():
    with translation.override("de"):
        said = {action: words.event(action) for action in EVENTS}
    assert all(text != EVENTS[action] for action, text in said.items())


def test_what_nobody_named_is_shown_by_its_code():
    assert wording.area("quantum_policies") == "quantum policies"
    assert wording.gap("half_melted") == "half melted"
    assert words.event("room:thing:done") == "room:thing:done"


def test_a_review_calls_what_agents_do_by_the_words_of_the_pages():
    observed = {"hit": 3, "of": 12, "occurrences": 5, "pinned": {"hit": 3, "of": 12}}
    assert wording.area(AREA) == "Agents"
    assert review_words.value(observed) == words.pinned_value(observed) == "3 of 12 runs"
    assert {"failing", "broken"} <= set(review_words.KINDS)

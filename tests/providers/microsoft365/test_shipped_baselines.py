"""The baselines that come with the provider are whole, in their final form, and ask only what can be answered."""

from __future__ import annotations

import pytest

from trueline.inventory.assertions.lint import lint_text
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.assertions.writing import baseline_text
from trueline.providers.microsoft365.areas import AREA_KEYS
from trueline.providers.microsoft365.provider import MICROSOFT365

SHIPPED = MICROSOFT365.baselines()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_baseline_is_written_as_trueline_writes_it(name):
    baseline = parse_baseline(SHIPPED[name])
    assert (baseline.id, baseline.provider) == (name, MICROSOFT365.key)
    assert baseline_text(baseline) == SHIPPED[name]


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_is_wrong_with_a_shipped_baseline(name):
    assert lint_text(SHIPPED[name], name, MICROSOFT365.questions) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_assertion_says_why_and_stands_in_a_known_area(name):
    for one in parse_baseline(SHIPPED[name]).assertions:
        assert one.rationale.endswith(".")
        assert one.references
        assert bool(one.question) != (one.area in AREA_KEYS)


def test_there_are_two():
    assert sorted(SHIPPED) == ["conditional-access-essentials", "windows-essentials"]

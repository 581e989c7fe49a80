"""Each rule is held by its samples: a bad one is caught by exactly its rule, a good one passes all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tools.lint.registry import RULES
from tools.lint.runner import SAMPLES, reports_of_file

if TYPE_CHECKING:
    from pathlib import Path

BAD = sorted(SAMPLES.glob("TL*/bad_*.py"))
GOOD = sorted(SAMPLES.glob("TL*/good_*.py"))


def label(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("sample", BAD, ids=label)
def test_a_bad_sample_is_caught_by_exactly_its_rule(sample):
    assert {report.code for report in reports_of_file(sample)} == {sample.parent.name}


@pytest.mark.parametrize("sample", GOOD, ids=label)
def test_a_good_sample_passes_every_rule(sample):
    assert [str(report) for report in reports_of_file(sample)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_has_samples_of_both_kinds_a_sentence_and_a_story(rule):
    assert list((SAMPLES / rule.code).glob("bad_*.py")), "no bad sample"
    assert list((SAMPLES / rule.code).glob("good_*.py")), "no good sample"
    assert rule.sentence.endswith(".")
    assert len(rule.story.split()) > 10


def test_codes_are_one_row_without_a_gap():
    assert [rule.code for rule in RULES] == [f"TL{number:03}" for number in range(1, len(RULES) + 1)]


def test_every_folder_of_samples_belongs_to_a_rule():
    known = {"TL000", *(rule.code for rule in RULES)}
    assert {folder.name for folder in SAMPLES.iterdir() if folder.is_dir()} == known


def test_a_breach_is_told_with_its_place_code_and_message():
    lines = [str(report) for report in reports_of_file(SAMPLES / "TL014" / "bad_marks.py")]
    assert re.fullmatch(r"tools/lint/samples/TL014/bad_marks\.py:4: TL014 TODO puts work off; .+", lines[0])
    assert len(lines) == 2

"""Names freed from what does not name."""

from __future__ import annotations

import pytest

from trueline.inventory.matching.names import Contrast, base_tokens, contrast, house_prefix, name_tokens, normal_name


def test_dashes_blanks_and_case_do_not_make_a_name_another():
    assert normal_name("Win \u2013  Edge\u00a0Security") == normal_name("win - edge security")


@pytest.mark.parametrize(
    "name", ["Edge - v3.4", "Edge - 2.10.1", "2025-Edge", "Edge (Deprecated)", "Win - OIB - SC - Edge"]
)
def test_version_year_and_status_are_no_part_of_a_base_name(name):
    assert base_tokens(name_tokens(name)) == ("edge",)


def test_a_name_of_nothing_but_a_version_keeps_it():
    assert name_tokens("v1.0") == ("v1.0",)


def test_a_word_that_leads_most_names_is_a_house_prefix():
    names = [name_tokens(f"Contoso {subject}") for subject in ("A", "B", "C", "D", "E")]
    assert house_prefix(names) == {"contoso"}
    assert house_prefix(names[:4]) == frozenset()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Rules Audit", "Rules Block", Contrast.OPPOSED),
        ("ASR Audit Block macros", "ASR Block Block macros", Contrast.OPPOSED),
        ("Ring 1", "Ring 2", Contrast.OPPOSED),
        ("Edge User", "Edge Device", Contrast.OPPOSED),
        ("Edge", "Edge (24H2+)", Contrast.ONE_SIDED),
        ("Edge Security", "Edge Hardening", Contrast.NONE),
    ],
)
def test_words_that_tell_sisters_apart_are_seen(left, right, expected):
    assert contrast(name_tokens(left), name_tokens(right)) is expected
    assert contrast(name_tokens(right), name_tokens(left)) is expected

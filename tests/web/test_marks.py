"""Severities and states: by shape and word, never by colour alone; and bars that add up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from trueline.web.marks import SEVERITIES, STATES, mark_of, shares_of

WEB = Path(__file__).parents[2] / "src" / "trueline" / "web"
ICONS = (WEB / "templates" / "ui" / "icon.html").read_text(encoding="utf-8")
TONES = set(
    re.findall(r"^\.tone-(\w+) \{", (WEB / "static" / "css" / "parts.css").read_text(encoding="utf-8"), re.MULTILINE)
)

counts = st.lists(st.tuples(st.just("good"), st.just("Complete"), st.integers(0, 10**6)), max_size=8)


def test_each_severity_has_its_own_shape_and_its_own_tone():
    assert len({mark.shape for mark in SEVERITIES.values()}) == len(SEVERITIES) == 5
    assert len({mark.tone for mark in SEVERITIES.values()}) == len(SEVERITIES)


@pytest.mark.parametrize(("code", "mark"), [*SEVERITIES.items(), *STATES.items()])
def test_each_mark_is_drawn_and_coloured(code, mark):
    assert f'name == "{mark.shape}"' in ICONS
    assert mark.tone in TONES


def test_no_state_that_was_not_read_looks_good():
    unread = ("denied", "not_licensed", "unread", "not_comparable")
    assert {STATES[code].tone for code in unread} == {"unread"}


def test_states_of_one_tone_that_stand_side_by_side_differ_in_shape():
    coverage = [STATES[code] for code in ("complete", "partial", "denied", "not_licensed", "unread")]
    comparison = [STATES[code] for code in ("equal", "changed", "only_left", "only_right", "not_comparable")]
    for family in (coverage, comparison):
        assert len({mark.shape for mark in family}) == len(family)


def test_a_state_nobody_drew_is_shown_as_not_known_and_not_as_good():
    mark = mark_of("half_melted", STATES)
    assert (mark.tone, mark.shape, mark.word) == ("unread", "question", "half melted")


@given(counts)
def test_the_shares_of_a_bar_fill_it_without_gaps(parts):
    shares = shares_of(parts)
    assert [share.count for share in shares] == [count for _tone, _label, count in parts if count]
    if shares:
        widths = [float(share.width_percent.rstrip("%")) for share in shares]
        assert sum(widths) == pytest.approx(100, abs=0.01)
        assert float(shares[0].offset_percent.rstrip("%")) == 0


def test_nothing_to_share_out_is_no_bar():
    assert shares_of([("good", "Complete", 0)]) == []


def test_what_is_drawn_once_is_not_taken_for_the_same_text_that_nobody_trusts() -> None:
    shown = engines["django"].from_string('{% load ui %}{% state "partial" label=word %}')
    assert "<i>seen</i>" in shown.render({"word": SafeString("<i>seen</i>")})
    assert "&lt;i&gt;seen&lt;/i&gt;" in shown.render({"word": "<i>seen</i>"})

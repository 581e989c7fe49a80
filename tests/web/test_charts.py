"""Pictures of numbers over time: known numbers exactly, unknown ones as unknown."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.samples import TAKEN_AT, Captured
from trueline.kit import clock
from trueline.web.charts import TREND_DAYS, Judged, drift, trend

TODAY = date(2026, 11, 27)
SHOWN = [TODAY - timedelta(days=ago) for ago in range(TREND_DAYS - 1, -1, -1)]


def values(chart, at=0):
    return chart.data["series"][at]["values"]


def test_nothing_measured_is_no_picture():
    assert trend({}, {}, TODAY, None) is None
    assert drift([]) is None


def test_before_the_first_capture_nothing_is_known_and_it_is_never_zero():
    chart = trend({1: 2, 3: 1}, {(TODAY, 1): 2, (TODAY, 3): 1}, TODAY, TODAY - timedelta(days=1))
    assert values(chart)[-3:] == [None, 0, 3]
    assert values(chart, 1)[-3:] == [None, 0, 2]
    assert chart.rows[0][1] == [3, 2]
    assert chart.rows[2][1] == [None, None]


@given(st.dictionaries(st.tuples(st.sampled_from(SHOWN), st.integers(1, 5)), st.integers(-5, 9)))
def test_the_line_is_the_running_sum_of_what_changed(changes):
    now = {rank: 100 + sum(n for (_, at), n in changes.items() if at == rank) for rank in range(1, 6)}
    chart = trend(now, changes, TODAY, SHOWN[0])
    for index, day in enumerate(SHOWN):
        until = [(rank, n) for (at, rank), n in changes.items() if at <= day]
        assert values(chart)[index] == 500 + sum(n for _, n in until)
        assert values(chart, 1)[index] == 200 + sum(n for rank, n in until if rank <= 2)


def test_each_capture_is_a_bar_that_leads_to_it():
    chart = drift([Judged("27 Nov", "27.", "/w/a/", 4, 1)])
    assert values(chart) == [4]
    assert values(chart, 1) == [-1]
    assert chart.data["urls"] == ["/w/a/"]
    assert chart.rows == [("27 Nov", [4, 1])]


def test_home_and_environment_draw_what_the_table_says(world, captured: Captured, signed_in):
    browser = signed_in(world.owner)
    # Some days after the captures: on the day on which they leave the picture, everything in it would be measured.
    with clock.settled(TAKEN_AT + timedelta(days=5)):
        home = browser.get("/w/acme/").content.decode()
    told = json.loads(re.search(r'<script id="trend" type="application/json">(.*?)</script>', home).group(1))
    assert told["series"][0]["values"][-1] == len(captured.findings)
    assert told["series"][0]["values"][0] is None
    assert "not measured" in home
    assert "Since yesterday:" in home
    place = (
        browser.get("/w/acme/environments/north/").content.decode()
        + browser.get("/w/acme/environments/south/").content.decode()
    )
    assert 'id="drift"' in place

"""When a review is due: by month, by quarter, by an interval of one's own, in the time zone of the cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.reviews.cycles import Dates, Interval, TurnState, turn_state

MONTHLY = Dates(Interval.MONTHLY, 1, 31, date(2026, 1, 15), 6, 3, "Europe/Berlin")
QUARTERLY = replace(MONTHLY, interval=Interval.QUARTERLY, day_of_month=1)
OWN = replace(MONTHLY, interval=Interval.EVERY_DAYS, every=10)


def series(dates: Dates, day: date, number: int) -> list[date]:
    found = [dates.due_on_or_after(day)]
    while len(found) < number:
        found.append(dates.due_after(found[-1]))
    return found


@pytest.mark.parametrize(
    ("dates", "day", "found"),
    [
        (MONTHLY, date(2026, 1, 1), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (replace(MONTHLY, day_of_month=10), date(2026, 1, 1), ["2026-02-10", "2026-03-10", "2026-04-10"]),
        (QUARTERLY, date(2026, 1, 20), ["2026-02-01", "2026-05-01", "2026-08-01"]),
        (QUARTERLY, date(2026, 11, 2), ["2027-02-01", "2027-05-01", "2027-08-01"]),
        (replace(MONTHLY, interval=Interval.EVERY_MONTHS, every=2), date(2026, 1, 1), ["2026-01-31", "2026-03-31"]),
        (OWN, date(2026, 1, 1), ["2026-01-15", "2026-01-25", "2026-02-04"]),
        (OWN, date(2026, 1, 26), ["2026-02-04", "2026-02-14"]),
    ],
)
def test_dates_follow_each_other(dates: Dates, day: date, found: list[str]) -> None:
    assert [one.isoformat() for one in series(dates, day, len(found))] == found


def test_a_review_is_prepared_before_it_is_due_by_the_clock_of_the_zone() -> None:
    assert MONTHLY.prepared_at(date(2026, 1, 31)) == datetime(2026, 1, 28, 5, tzinfo=UTC)
    assert MONTHLY.due_at(date(2026, 7, 31)) == datetime(2026, 7, 31, 4, tzinfo=UTC)
    in_the_gap = replace(MONTHLY, hour=2, lead_days=0)
    assert in_the_gap.prepared_at(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_of_dates_that_nobody_was_there_for_the_latest_counts() -> None:
    first = date(2026, 1, 31)
    assert MONTHLY.latest(first, datetime(2026, 1, 28, 5, tzinfo=UTC)) == (first, 0)
    assert MONTHLY.latest(first, datetime(2026, 4, 1, tzinfo=UTC)) == (date(2026, 3, 31), 2)


_ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Caracas"])


@given(
    st.builds(
        Dates,
        st.sampled_from(Interval),
        st.integers(7, 24),
        st.integers(1, 31),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(0, 23),
        st.integers(0, 7),
        _ZONES,
    ),
    st.dates(date(2019, 1, 1), date(2032, 1, 1)),
)
def test_no_date_comes_twice_or_too_early_and_none_is_left_out(dates: Dates, day: date) -> None:
    first = dates.due_on_or_after(day)
    second = dates.due_after(first)
    assert max(day, dates.starts_on) <= first < second
    assert all(dates.due_on_or_after(first - timedelta(days=ago)) <= first for ago in (0, 1, 5, 40))
    assert dates.due_on_or_after(second) == second
    assert dates.latest(first, dates.prepared_at(second)) == (second, 1)
    assert dates.latest(first, dates.prepared_at(second) - timedelta(seconds=1)) == (first, 0)


@pytest.mark.parametrize(
    ("review", "is_newest", "is_under_way", "state"),
    [
        ("", True, True, TurnState.PREPARING),
        ("", True, False, TurnState.UNPREPARED),
        ("failed", True, False, TurnState.UNPREPARED),
        ("draft", True, False, TurnState.WAITING),
        ("ready", False, False, TurnState.OVERTAKEN),
        ("superseded", True, False, TurnState.RELEASED),
        ("archived", True, False, TurnState.PUT_AWAY),
    ],
)
def test_what_became_of_a_date_follows_from_its_review(
    review: str, is_newest: bool, is_under_way: bool, state: TurnState
) -> None:
    assert turn_state(review, is_newest=is_newest, is_under_way=is_under_way) is state

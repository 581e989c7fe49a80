"""Quiet hours over the turns of the clock, back-off, periods of digests, signatures, lines of a mail's head."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.notices.rules import (
    BACK_OFF_MINUTES,
    MOST_ATTEMPTS,
    Quiet,
    after_quiet,
    digest_period,
    header_safe,
    is_severe_enough,
    next_attempt,
)
from trueline.notices.targets import Target, new_secret, signatures, unpacked

NIGHT = Quiet(time(22), time(6), "Europe/Berlin")
RANKS = {"critical": 1, "high": 2, "medium": 3, "low": 4, "info": 5}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-01-10T20:59", None),
        ("2026-01-10T21:00", "2026-01-11T05:00"),
        ("2026-01-11T04:59", "2026-01-11T05:00"),
        ("2026-01-11T05:00", None),
        ("2026-07-10T20:00", "2026-07-11T04:00"),
        # The night of 29 March 2026 has an hour less, that of 25 October an hour more.
        ("2026-03-28T21:30", "2026-03-29T04:00"),
        ("2026-03-29T03:59", "2026-03-29T04:00"),
        ("2026-10-24T20:30", "2026-10-25T05:00"),
        ("2026-10-25T04:30", "2026-10-25T05:00"),
        ("2026-10-25T05:00", None),
    ],
)
def test_a_night_in_berlin_ends_by_the_clock_on_the_wall(now, end):
    assert after_quiet(NIGHT, utc(now)) == (utc(end) if end else None)


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        # 02:30 does not exist on 29 March: what it would have been is 01:30 UTC.
        ((time(1), time(2, 30)), "2026-03-29T00:30", "2026-03-29T01:30"),
        # 02:30 exists twice on 25 October: in its second hour the first end has passed.
        ((time(1), time(2, 30)), "2026-10-25T00:10", "2026-10-25T00:30"),
        ((time(1), time(2, 30)), "2026-10-25T01:10", "2026-10-25T01:30"),
        ((time(12), time(13)), "2026-06-01T10:30", "2026-06-01T11:00"),
    ],
)
def test_an_end_that_the_clock_skips_or_shows_twice(quiet, now, end):
    assert after_quiet(Quiet(*quiet, "Europe/Berlin"), utc(now)) == utc(end)


@given(st.integers(0, 525_600), st.times(), st.times())
def test_what_is_deferred_is_deferred_into_the_future_and_less_than_a_day(minutes, start, end):
    quiet = Quiet(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0), "Europe/Berlin")
    now = utc("2026-01-01T00:00") + timedelta(minutes=minutes)
    if quiet.start != quiet.end and (after := after_quiet(quiet, now)) is not None:
        assert timedelta(0) < after - now <= timedelta(hours=25)


def test_attempts_come_further_apart_and_end():
    now = utc("2026-01-01T00:00")
    waits = [next_attempt(number, now) for number in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:-1] == [now + timedelta(minutes=minutes) for minutes in BACK_OFF_MINUTES]
    assert waits[-1] is None
    assert sorted(BACK_OFF_MINUTES) == list(BACK_OFF_MINUTES)


@pytest.mark.parametrize(
    ("severity", "least", "enough"),
    [
        ("critical", "high", True), ("high", "high", True), ("medium", "high", False), ("", "critical", True),
        ("odd", "high", True),
    ],
)  # fmt: skip
def test_what_has_no_known_severity_is_told(severity, least, enough):
    assert is_severe_enough(severity, least, RANKS) is enough


@pytest.mark.parametrize(
    ("rhythm", "local", "period"),
    [
        ("never", "2026-05-06T09:00", ""),
        ("daily", "2026-05-06T07:59", ""),
        ("daily", "2026-05-06T08:00", "2026-05-06"),
        ("daily", "2026-05-06T23:59", "2026-05-06"),
        ("weekly", "2026-05-05T23:00", ""),  # a Tuesday
        ("weekly", "2026-05-06T08:00", "2026-W19"),
        ("weekly", "2026-05-10T01:00", "2026-W19"),
        ("weekly", "2026-05-11T09:00", ""),
    ],
)
def test_a_digest_is_due_once_in_its_period(rhythm, local, period):
    assert digest_period(rhythm, 8, 2, datetime.fromisoformat(local)) == period


def test_a_signature_can_be_checked_with_a_few_lines():
    secret, body = new_secret(), b'{"a":1}'
    said = signatures((secret,), "some-id", 1_700_000_000, body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(key, b"some-id.1700000000." + body, hashlib.sha256).digest()
    assert said == "v1," + base64.b64encode(expected).decode()
    assert signatures((secret,), "some-id", 1_700_000_001, body) != said
    assert signatures((secret,), "other-id", 1_700_000_000, body) != said


def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone():
    now = utc("2026-01-01T00:00")
    before = Target("https://example.org/x", new_secret())
    after = before.rotated(now)
    assert after.secrets_at(now) == (after.secret, before.secret)
    assert after.secrets_at(now + timedelta(hours=24)) == (after.secret,)
    assert unpacked(after.packed()) == after
    assert before.secret not in repr(after)


@given(st.text())
def test_no_text_breaks_out_of_its_line_of_the_head(text):
    safe = header_safe(text)
    assert safe.isprintable()
    assert len(safe) <= 200


@pytest.mark.parametrize("text", ["a\r\nBcc: b@example.org", "a\nb", "a\u2028b", "a\u202eb", "a\x00b", "a\x85b"])
def test_line_breaks_and_turns_of_direction_are_gone(text):
    assert header_safe(text) in {"a Bcc: b@example.org", "a b"}

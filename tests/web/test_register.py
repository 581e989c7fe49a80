"""The register of decisions: who decided what, until when, on which proof; found by filters, taken along as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from tests.evaluations.runs import agents_of, day, runs, scanned
from tests.samples import Captured
from tests.worlds import World
from trueline.findings import queries
from trueline.findings.exceptions import Pin, Validity, validity
from trueline.findings.models import Finding, FindingException
from trueline.kit import clock

PLACE = "/w/acme/decisions/"


def decision(world: World, finding: Finding, status: str, **changes: object) -> FindingException:
    """A decision asked for by Operator, taken by Approver when it was; it ends in sixty days."""
    now = clock.now()
    taken = {} if status == "pending" else {"decided_by_label": "Approver", "decided_at": now, "effective_from": now}
    given = {
        "requested_by_label": "Operator",
        "owner": world.owner,
        "reason": f"Known: {status}",
        "expires_at": now + timedelta(days=60),
        "review_due_at": now + timedelta(days=30),
        "pinned_digest": finding.observed_digest,
        "pinned_rank": finding.severity_rank,
        "pinned_snapshot_id": finding.snapshot_id,
        **taken,
        **changes,
    }
    with world.inside():
        return FindingException.objects.create(
            workspace_id=world.workspace.pk, finding_id=finding.pk, status=status, **given
        )


@pytest.fixture
def three(world: World, captured: Captured) -> list[FindingException]:
    """One waits, one holds, one was refused."""
    first, second, third = captured.findings[:3]
    return [decision(world, first, "pending"), decision(world, second, "active"), decision(world, third, "rejected")]


def reasons(page: str) -> list[str]:
    return re.findall(r"Known: (\w+)", page)


def test_it_opens_with_what_waits_and_what_holds(world, captured, three, signed_in):
    page = signed_in(world.viewer).get(PLACE).content.decode()
    assert sorted(reasons(page)) == ["active", "pending"]
    assert "Operator · Approver" in page
    assert "Somebody else decides on it." in page
    assert f"/captures/{captured.snapshot.pk}" in page


def test_the_proof_is_the_look_that_showed_it_and_not_a_later_one(world, captured, signed_in):
    """A decision on what agents do has a scan for its proof; one of which nobody kept the look has none."""
    with world.inside():
        agents = agents_of(world)
    scan, _ = scanned(world, agents, day(1), runs(9, failing=6))
    with world.inside():
        failing = Finding.objects.get(environment_id=agents.pk)
    decision(world, failing, "active", pinned_snapshot_id=None, pinned_scan_id=scan.pk)
    decision(world, captured.findings[0], "active")
    decision(world, captured.findings[1], "pending", pinned_snapshot_id=None)
    scanned(world, agents, day(2), runs(9, failing=6))
    page = signed_in(world.viewer).get(PLACE).content.decode()
    assert f"/w/acme/scans/{scan.pk}" in page
    assert f"/captures/{captured.snapshot.pk}" in page
    assert page.count(">proof<") == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=all", ["active", "pending", "rejected"]),
        ("state=ended", ["rejected"]),
        ("state=pending", ["pending"]),
        ("state=valid", ["active"]),
        ("state=expired", []),
        ("state=all&who=approv", ["active", "rejected"]),
        ("state=all&who=olga", ["active", "pending", "rejected"]),
        ("state=all&who=nobody", []),
        ("state=all&environment=north", ["active", "pending", "rejected"]),
        ("state=all&environment=south", []),
        ("state=all&environment=never", []),
        ("state=all&until=2000-01-01", []),
        ("state=all&until=2999-01-01", ["active", "pending", "rejected"]),
        ("state=all&until=tomorrow", ["active", "pending", "rejected"]),
        ("state=nonsense", ["active", "pending"]),
    ],
)
def test_a_filter_lets_through_what_it_says(query, expected, world, three, signed_in):
    page = signed_in(world.viewer).get(f"{PLACE}?{query}").content.decode()
    assert sorted(reasons(page)) == expected


def test_the_kinds_share_all_decisions_out(world, three, signed_in):
    browser = signed_in(world.viewer)
    found = [
        reasons(browser.get(f"{PLACE}?state=all&kind={kind}").content.decode())
        for kind in ("missing", "extra", "value")
    ]
    assert sorted(reason for some in found for reason in some) == ["active", "pending", "rejected"]
    assert all(found)


def test_a_state_by_query_is_the_state_by_reading(world, captured):
    """Every way for a decision to be, at every edge: the filter and the pure rule agree, and each is in one state."""
    finding, now = captured.findings[0], clock.now()
    for number, (status, days, changes) in enumerate(
        (status, days, changes)
        for status in ("active", "rejected", "superseded")
        for days in (-1, 0, 14, 15)
        for changes in ({}, {"pinned_digest": "other"}, {"pinned_rank": 5}, {"lapsed_at": now})
    ):
        # One active decision for each finding: the others are made on copies of it.
        with world.inside():
            copy = Finding.objects.get(id=finding.pk)
            copy.pk, copy.fingerprint, copy._state.adding = None, f"copy {number}", True
            copy.id = Finding._meta.get_field("id").get_default()
            copy.save(force_insert=True)
        ends = now + timedelta(days=days)
        begun = {"effective_from": now - timedelta(days=9), "decided_at": now - timedelta(days=9)}
        decision(world, copy, status, expires_at=ends, **begun, **changes)
    with clock.settled(now), world.scope() as scope:
        by_query = {one.pk: worth for worth in Validity for one in queries.exceptions_worth(scope, [worth])}
        by_reading = {
            one.pk: validity(
                one.status,
                one.expires_at,
                Pin(one.pinned_digest, one.pinned_rank),
                Pin(one.finding.observed_digest, one.finding.severity_rank),
                now,
                has_lapsed=one.lapsed_at is not None,
            )
            for one in queries.exceptions(scope)
        }
        counted = sum(queries.exceptions_worth(scope, [worth]).count() for worth in Validity)
    assert by_query == by_reading
    assert counted == len(by_reading) == 48
    assert {Validity.VALID, Validity.EXPIRING, Validity.EXPIRED, Validity.STALE} <= set(by_reading.values())


def test_it_is_read_page_by_page(world, captured, signed_in, django_assert_max_num_queries):
    finding = captured.findings[0]
    with world.inside():
        FindingException.objects.bulk_create(
            [
                FindingException(
                    workspace_id=world.workspace.pk,
                    finding_id=finding.pk,
                    status="rejected",
                    requested_by_label="Operator",
                    requested_at=clock.now() - timedelta(minutes=number),
                    decided_at=clock.now(),
                    owner=world.owner,
                    reason=f"Known: {number}",
                    expires_at=clock.now() + timedelta(days=1),
                    review_due_at=clock.now(),
                    pinned_digest=finding.observed_digest,
                    pinned_rank=finding.severity_rank,
                )
                for number in range(60)
            ]
        )
    browser = signed_in(world.viewer)
    with django_assert_max_num_queries(19):
        first = browser.get(f"{PLACE}?state=all")
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    found = reasons(first.content.decode()) + reasons(browser.get(following).content.decode())
    assert [int(one) for one in found] == list(range(60))


def test_what_ended_says_by_what(world, captured, signed_in):
    now, (first, second, third) = clock.now(), captured.findings[:3]
    begun = {"effective_from": now - timedelta(days=9), "decided_at": now - timedelta(days=9)}
    decision(world, first, "active", expires_at=now - timedelta(hours=1), **begun)
    decision(world, second, "active", pinned_digest="other")
    decision(world, third, "active", expires_at=now - timedelta(days=31), **(begun | {"effective_from": None}))
    page = signed_in(world.viewer).get(f"{PLACE}?state=ended").content.decode()
    assert "Its date has passed." in page
    assert "another than the accepted one" in page
    assert len(reasons(page)) == 2


def test_the_file_holds_every_decision_of_the_filters(world, three, signed_in):
    browser = signed_in(world.viewer)
    answer = browser.get(f"{PLACE}export?state=all&format=json")
    found = answer.json()["decisions"]
    assert {one["reason"] for one in found} == {"Known: pending", "Known: active", "Known: rejected"}
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = browser.get(f"{PLACE}export?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet, newline="")))
    assert rows[0][0] == "Finding"
    assert sorted(row[5] for row in rows[1:]) == ["Known: active", "Known: pending"]
    assert browser.get(f"{PLACE}export?format=pdf").headers["Location"] == PLACE


def test_a_cell_of_the_file_is_no_formula(world, captured, signed_in):
    decision(world, captured.findings[0], "pending", reason="=HYPERLINK(1)")
    sheet = signed_in(world.viewer).get(f"{PLACE}export?format=csv").content.decode("utf-8-sig")
    assert '"\'=HYPERLINK(1)"' in sheet


def test_an_empty_register_says_how_a_risk_is_accepted(world, signed_in):
    browser = signed_in(world.viewer)
    assert "one person asks, another decides" in browser.get(PLACE).content.decode()
    assert "Remove a filter" in browser.get(f"{PLACE}?who=x").content.decode()


@pytest.mark.parametrize("address", [PLACE, f"{PLACE}export?format=json"])
def test_who_may_read_it(address, world, signed_in):
    assert signed_in(world.viewer).get(address).status_code == 200
    assert signed_in(world.customer).get(address).status_code == 403
    assert signed_in(world.stranger).get(address).status_code == 404
    assert signed_in(world.viewer).post(address).status_code == 405

"""Lists page by the key of a row: every row once, in order, forwards and backwards, whatever is added meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from tests.worlds import World
from trueline.findings import queries as findings
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.web.paging import listed

ORDER = ("severity_rank", "-last_seen_at", "id")
ROWS = 7


@pytest.fixture
def many(world: World, captured):
    """Twenty findings in few severities and moments, so that keys tie, and nothing else."""
    at = clock.now()
    with world.inside():
        Finding.objects.bulk_create(
            Finding(
                workspace_id=world.workspace.pk,
                environment_id=world.environment.pk,
                fingerprint=f"{number:064}",
                detector="drift",
                area="apps",
                object_type="t",
                subject_key="k",
                subject_name=f"n{number}",
                kind="missing",
                severity="low",
                severity_rank=1 + number % 3,
                observed_digest="0" * 64,
                first_seen_at=at,
                last_seen_at=at + timedelta(microseconds=number % 4),
                snapshot_id=captured.snapshot.pk,
                due_at=at,
            )
            for number in range(20)
        )
        yield


def page(scope, query=""):
    return listed(RequestFactory().get(f"/?{query}"), findings.findings(scope).filter(area="apps"), ORDER, rows=ROWS)


def walk(scope, start, step):
    seen, shown = [], start
    for _ in range(10):
        seen.append([row.pk for row in shown.rows])
        address = getattr(shown, step)
        if not address:
            return seen
        shown = page(scope, address.partition("?")[2])
    raise AssertionError("the list never ends")


def test_every_row_is_shown_once_in_order(world, many):
    with world.scope() as scope:
        pages = walk(scope, page(scope), "next_url")
        assert [key for rows in pages for key in rows] == list(
            findings.findings(scope).filter(area="apps").values_list("pk", flat=True)
        )
        assert [len(rows) for rows in pages] == [7, 7, 6]


def test_the_way_back_shows_the_same_pages(world, many):
    with world.scope() as scope:
        forwards = walk(scope, page(scope), "next_url")
        last = page(scope)
        while last.next_url:
            last = page(scope, last.next_url.partition("?")[2])
        assert list(reversed(walk(scope, last, "previous_url"))) == forwards


def test_the_first_page_has_no_way_back_and_the_last_no_way_on(world, many):
    with world.scope() as scope:
        assert page(scope).previous_url == ""
        assert walk(scope, page(scope), "next_url")[-1]


def test_a_filter_stays_in_the_addresses(world, many):
    with world.scope() as scope:
        query = QueryDict(page(scope, "area=apps&before=broken").next_url.partition("?")[2])
    assert query["area"] == "apps"
    assert set(query) == {"area", "after"}


@pytest.mark.parametrize(
    "broken", ["x", "AAAA", "W10", "WzEsMiwzXQ", "bnVsbA", "W251bGwsbnVsbCxudWxsXQ", "WzEsIlx1MDAwMCIsInoiXQ", "%FF"]
)
def test_a_broken_place_gives_the_first_page(broken, world, many):
    with world.scope() as scope:
        assert [row.pk for row in page(scope, f"after={broken}").rows] == [row.pk for row in page(scope).rows]

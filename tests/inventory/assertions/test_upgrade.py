"""From one release to the next: what the author changed, what the environment changed, what collides."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.inventory.assertions.samples import asks, baseline, record, where
from trueline.connections.contract import Coverage
from trueline.inventory.assertions.upgrade import plan_document, plan_upgrade

OLD, NEW = asks("s", value="1"), asks("s", value="2")


@pytest.mark.parametrize(
    ("old", "new", "observed", "author", "verdict"),
    [
        (OLD, NEW, "1", "changed", "change"),
        (OLD, NEW, "2", "changed", "adopt"),
        (OLD, NEW, "3", "changed", "collides"),
        (OLD, NEW, None, "changed", "collides"),
        (OLD, OLD, "3", "unchanged", "keep"),
        (OLD, replace(OLD, severity="low"), "1", "relabelled", "adopt"),
        (None, NEW, None, "added", "change"),
        (None, NEW, "3", "added", "collides"),
        (None, NEW, "2", "added", "adopt"),
        (OLD, None, "1", "removed", "release"),
        (asks("s", "at_least", 8), asks("s", "at_least", 14), "9", "narrowed", "change"),
        (OLD, replace(NEW, id="renamed"), "1", "changed", "change"),
    ],
)
def test_a_piece_of_the_plan(old, new, observed, author, verdict):
    place = where(*([record(settings={"s": observed})] if observed else []))
    plan = plan_upgrade(baseline(*filter(None, [old])), baseline(*filter(None, [new]), version="2"), place)
    (item,) = plan.items
    assert (item.author, item.verdict) == (author, verdict)
    assert (item.old, item.new) == (old, new)


def test_what_nobody_touched_is_counted_only():
    plan = plan_upgrade(baseline(OLD), baseline(OLD, version="2"), where(record(settings={"s": "1"})))
    assert (plan.items, plan.untouched) == ((), 1)


def test_where_too_little_was_read_nobody_can_tell():
    plan = plan_upgrade(baseline(OLD), baseline(NEW, version="2"), where(coverage=Coverage.PARTIAL))
    assert [item.verdict for item in plan.items] == ["unknown"]


def test_the_document_waits_for_a_person():
    document = plan_document(plan_upgrade(baseline(OLD), baseline(NEW, version="2"), where()))
    assert json.loads(json.dumps(document)) == document
    (item,) = document["items"]
    assert (item["accepted"], item["old"]["value"], item["new"]["value"]) == (None, "1", "2")
    assert document["counts"]["collides"] == 1

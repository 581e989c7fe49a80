"""From one release to the next: what the author changed, what the environment changed, what collides."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.inventory.assertions.samples import asks, assigned, baseline, record, where
from trueline.connections.contract import Coverage
from trueline.inventory.assertions.errors import LayersRefused
from trueline.inventory.assertions.merging import merged, pieces
from trueline.inventory.assertions.model import Level, Override
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


def test_what_is_followed_in_part_has_not_gone_another_way():
    some = record(settings={"s": "1"}, **assigned("pilot"))
    changed, kept = (
        plan_upgrade(baseline(OLD), baseline(one, version="2"), where(some)).items[0] for one in (NEW, OLD)
    )
    assert (changed.verdict, kept.verdict) == ("change", "keep")
    assert "follows it in part" in kept.sentence


LENGTH, LOCK = asks("length", "at_least", 8), asks("lock")
BASE = baseline(LENGTH, LOCK, asks("plain"))
LONGER = Override("length", "We want more.", {"value": 12})
NO_LOCK = Override("lock", "Kiosks stay open.", is_drop=True)


def layer(version, *overrides):
    fields = {"id": "ours", "level": Level.ENVIRONMENT, "extends": BASE.id}
    return baseline(version=version, overrides=overrides, **fields)


def test_what_a_layer_overrides_is_a_piece_of_the_plan():
    old, new = layer("1", LONGER), layer("2", replace(LONGER, changes={"value": 14}), NO_LOCK)
    place = where(record(settings={"length": "12", "lock": "on"}))
    plan = plan_upgrade(old, new, place, below=([BASE], [BASE]))
    assert [(one.id, one.author, one.verdict, one.subject.id) for one in plan.items] == [
        ("override:length", "narrowed", "change", "length"),
        ("override:lock", "removed", "release", "lock"),
    ]
    assert "at least 14" in plan.items[0].sentence
    assert json.loads(json.dumps(plan_document(plan)))["items"][1]["new"] is None
    with pytest.raises(LayersRefused):
        plan_upgrade(old, new, place)


@pytest.mark.parametrize(
    ("choices", "overrides"),
    [
        (("new", "new"), {"length": 14, "lock": None}),
        (("old", "new"), {"length": 12, "lock": None}),
        (("new", "old"), {"length": 14}),
    ],
)
def test_an_override_is_taken_or_kept_like_any_piece(choices, overrides):
    old, new = layer("1", LONGER), layer("2", replace(LONGER, changes={"value": 14}), NO_LOCK)
    decided = pieces(plan_upgrade(old, new, where(), below=([BASE], [BASE])))
    made = merged(new, decided, {item.id: choice for item, choice in zip(decided, choices, strict=True)})
    assert {one.assertion: one.changes.get("value") for one in made.overrides} == overrides
    assert made.version == ("2" if "old" not in choices else "2 (1 kept)")


def test_an_override_that_goes_or_only_gives_another_reason_is_told_as_such():
    old, new = layer("1", LONGER, NO_LOCK), layer("2", replace(LONGER, reason="The auditor does."))
    plan = plan_upgrade(old, new, where(), below=([BASE], [BASE]))
    assert [(one.id, one.author) for one in plan.items] == [
        ("override:length", "relabelled"),
        ("override:lock", "added"),
    ]
    assert plan_upgrade(old, replace(old, version="2"), where(), below=([BASE], [BASE])).untouched == 2


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

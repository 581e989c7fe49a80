"""Standards that ask for settings: what a version may be, what it stands on, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from tests.inventory.assertions.samples import asks, baseline
from tests.samples import captured_world
from trueline.inventory import queries_standards
from trueline.inventory.actions import add_baseline_version, make_baseline
from trueline.inventory.assertions.errors import InvalidBaseline, LayersRefused
from trueline.inventory.assertions.making import Head
from trueline.inventory.assertions.model import Baseline, Level, Override
from trueline.inventory.assertions.reading import parse_baseline
from trueline.inventory.assertions.writing import baseline_text
from trueline.inventory.definitions import Definitions
from trueline.inventory.errors import BaseMissing, KeyTaken, OtherKey
from trueline.inventory.models import BaselineVersion

SMALL = baseline(asks("home", value="on"), asks("lock", "at_most", 15, severity="high"))
LAYER = Baseline(
    "branch",
    "1",
    "Branch",
    level=Level.PROFILE,
    extends="small",
    overrides=(Override("lock", "Shared desks", {"value": 5}),),
)


def made(scope, wanted=SMALL, name=""):
    return make_baseline(scope, name or wanted.title, None, actor=scope.actor, asks=wanted)


def newest(scope, profile):
    found = queries_standards.version(scope, profile.pk)
    assert found is not None
    return found


def test_what_goes_in_comes_out_as_the_same_file(world):
    with world.scope() as scope:
        kept = queries_standards.layers(scope, newest(scope, made(scope)))
    assert kept == [SMALL]
    assert baseline_text(kept[0]) == baseline_text(parse_baseline(baseline_text(SMALL)))


def test_a_layer_stays_on_the_version_it_was_made_for(world):
    with world.scope() as scope:
        below = made(scope)
        above = made(scope, LAYER)
        add_baseline_version(scope, below.pk, None, actor=scope.actor, asks=baseline(asks("other"), version="2"))
        held = queries_standards.asked(scope, newest(scope, above))
    assert held is not None
    assert [(one.demand.id, one.demand.value) for one in held.holding] == [("home", "on"), ("lock", 5)]
    assert [layer.version for layer in held.layers] == ["1", "1"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (LAYER, BaseMissing),
        (replace(LAYER, extends="", overrides=()), InvalidBaseline),
        (baseline(asks(), version="9" * 61), InvalidBaseline),
        (replace(LAYER, extends="house", overrides=(Override("never", "None", {"value": 1}),)), LayersRefused),
    ],
)
def test_assertions_that_nothing_can_hold_are_refused_and_leave_nothing(wanted, error, world):
    with world.scope() as scope:
        made(scope, replace(SMALL, id="house"), "House")
        with pytest.raises(error):
            made(scope, wanted, "Refused")
        assert list(queries_standards.queries.baselines(scope).values_list("name", flat=True)) == ["House"]


def test_an_id_belongs_to_one_standard_and_stays_with_it(world):
    with world.scope() as scope:
        house = made(scope)
        with pytest.raises(KeyTaken):
            made(scope, SMALL, "Again")
        with pytest.raises(OtherKey):
            add_baseline_version(scope, house.pk, None, actor=scope.actor, asks=replace(SMALL, id="large"))


def test_a_version_of_nothing_is_refused_by_the_database(world):
    with world.scope() as scope:
        house = made(scope)
        with pytest.raises(IntegrityError), transaction.atomic():
            BaselineVersion.objects.create(workspace_id=scope.workspace_id, profile=house, number=9)


def test_a_capture_becomes_assertions_that_leave_nothing_out(world, tmp_path):
    captured = captured_world(world, tmp_path)
    with world.scope() as scope:
        whole = queries_standards.made_of(
            scope, captured.standard_snapshot.pk, Head("house", "1", "House", "microsoft365"), Definitions()
        )
    assert (len(whole.baseline.assertions), len(whole.baseline.templates), whole.left_out) == (0, 3, 0)

"""What the author of a base changed below a layer: each a piece of the layer's plan, taken or kept by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inventory.assertions.samples import asks, baseline, record, where
from trueline.inventory.assertions.evaluation import environment
from trueline.inventory.assertions.layers import effective
from trueline.inventory.assertions.merging import Choice, merged, pieces
from trueline.inventory.assertions.model import Level, Override, Reference
from trueline.inventory.assertions.reading import baseline_of
from trueline.inventory.assertions.upgrade import Author, Verdict, plan_upgrade
from trueline.inventory.assertions.writing import baseline_document

HOME, LOCK, PIN = asks("home"), asks("lock"), asks("pin", "at_least", 4)
BASE = baseline(HOME, LOCK, PIN)
NEXT = replace(BASE, version="2", assertions=(replace(HOME, value="off"), PIN, asks("added")))
"""Home asked for otherwise, lock taken out, added added."""
LAYER = baseline(asks("own"), id="layer", level=Level.PROFILE, extends="small")
NOWHERE = environment((), (), questions={})


def plan(layer=LAYER, later=None, before=BASE, after=NEXT, place=NOWHERE):
    return plan_upgrade(layer, later or replace(layer, version="2"), place, below=([before], [after]))


def carried(**given):
    """The pieces of a plan that come from below."""
    return [item for item in plan(**given).items if item.below]


def holds(layer, base=NEXT):
    """What holds in the end, by id: operator and value."""
    return {one.demand.id: (one.demand.operator, one.demand.value) for one in effective([base, layer]).holding}


def answered(found, answer, later):
    decided = pieces(found)
    return merged(later, decided, {item.id: answer for item in decided})


def test_each_change_below_is_a_piece_and_what_is_the_same_is_none():
    assert [(item.id, item.author) for item in carried()] == [
        ("below:home", Author.CHANGED),
        ("below:added", Author.ADDED),
        ("below:lock", Author.REMOVED),
    ]
    assert carried(after=BASE) == []


def test_a_piece_says_what_the_environment_does():
    (home, *_rest) = carried(place=where(record("A", settings={"home": "on"})))
    assert (home.verdict, str(home.was.state), str(home.becomes.state)) == (Verdict.CHANGE, "met", "not_met")


@pytest.mark.parametrize(
    ("answer", "like"), [(Choice.NEW, holds(LAYER, NEXT)), (Choice.OLD, holds(LAYER, BASE))], ids=["taken", "kept"]
)
def test_what_is_answered_is_what_holds(answer, like):
    made = answered(plan(), answer, replace(LAYER, version="2"))
    assert holds(made) == like
    assert baseline_of(baseline_document(made)) == made


def test_a_word_of_the_layer_collides_with_a_change_below_it():
    layer = replace(LAYER, overrides=(Override("pin", "ours", {"value": 8}),))
    later = replace(layer, version="2")
    after = replace(BASE, version="2", assertions=(HOME, LOCK, replace(PIN, value=6)))
    (item,) = carried(layer=layer, after=after)
    assert (item.verdict, item.old.value, item.new.value) == (Verdict.COLLIDES, 8, 6)
    kept, taken = (answered(plan(layer, after=after), one, later) for one in (Choice.OLD, Choice.NEW))
    assert (holds(kept, after)["pin"][1], holds(taken, after)["pin"][1]) == (8, 6)
    assert kept.overrides[0].reason == "ours"


def test_a_change_below_of_what_the_layer_drops_asks_whether_it_stays_dropped():
    layer = replace(LAYER, overrides=(Override("home", "not here", is_drop=True),))
    found = plan(layer)
    later = replace(layer, version="2")
    assert carried(layer=layer)[0].old is None
    assert "home" not in holds(answered(found, Choice.OLD, later))
    assert "home" in holds(answered(found, Choice.NEW, later))


def test_what_became_another_thing_under_its_id_is_kept_beside_it():
    after = replace(BASE, version="2", assertions=(replace(HOME, setting="house"), LOCK, PIN))
    made = answered(plan(after=after), Choice.OLD, replace(LAYER, version="2"))
    assert {one.demand.setting for one in effective([after, made]).holding} == {"home", "lock", "pin", "own"}


def test_what_an_override_says_otherwise_in_both_releases_is_told_once():
    layer = replace(LAYER, overrides=(Override("home", "ours", {"value": "x"}),))
    later = replace(layer, version="2", overrides=(Override("home", "ours", {"value": "y"}),))
    ids = [item.id for item in plan(layer, later).items]
    assert ids.count("override:home") == 1
    assert "below:home" not in ids


def test_a_base_that_came_to_say_what_the_layer_says_asks_nothing():
    layer = replace(LAYER, overrides=(Override("home", "ours", {"value": "off"}),))
    assert "below:home" not in [item.id for item in plan(layer).items]


SETTINGS = st.sampled_from(["a", "b", "c", "d"])
DEMAND = st.builds(
    asks,
    SETTINGS,
    st.just("equals"),
    st.sampled_from(["1", "2", False, 0]),
    severity=st.sampled_from(["low", "high"]),
    references=st.sampled_from([(), (Reference("F", "1"),)]),
    platform=st.sampled_from(["", "windows10"]),
)
BASES = st.lists(DEMAND, unique_by=lambda one: one.id, min_size=1).map(lambda found: baseline(*found))


@given(before=BASES, after=BASES, data=st.data())
def test_any_change_below_can_be_kept_or_taken(before, after, data):
    ids = data.draw(st.sets(st.sampled_from([one.id for one in before.assertions])))
    both = ids & {one.id for one in after.assertions}
    words = tuple(Override(one, "ours", {"value": "3"}) for one in sorted(both))
    layer = replace(LAYER, overrides=words)
    later = replace(layer, version="2")
    found = plan(layer, later, before, after)

    def said(made, base):
        return sorted(
            (one.demand.setting, one.demand.platform, str(one.demand.value), one.demand.severity, one.demand.references)
            for one in effective([base, made]).holding
        )

    assert said(answered(found, Choice.OLD, later), after) == said(layer, before)
    bare = replace(later, overrides=tuple(one for one in words if f"below:{one.assertion}" not in _ids(found)))
    assert said(answered(found, Choice.NEW, later), after) == said(bare, after)


def _ids(found):
    return {item.id for item in pieces(found)}

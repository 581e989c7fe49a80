"""Layers on top of each other: narrowing and overriding are explicit, and shown."""

from __future__ import annotations

import pytest

from tests.inventory.assertions.samples import asks, baseline, record, where
from trueline.inventory.assertions.errors import LayersRefused
from trueline.inventory.assertions.evaluation import evaluate
from trueline.inventory.assertions.layers import Effect, effective
from trueline.inventory.assertions.model import Level, Override

BASE = baseline(asks("length", "at_least", 8), asks("mode", "one_of", ["a", "b"]), asks("home"))


def layer(*overrides, assertions=(), **fields):
    defaults = {"id": "site", "level": Level.PROFILE, "extends": "small"}
    return baseline(*assertions, overrides=overrides, **(defaults | fields))


@pytest.mark.parametrize(
    ("about", "changes", "effect"),
    [
        ("length", {"value": 14}, Effect.NARROWED),
        ("length", {"value": 6}, Effect.OVERRIDDEN),
        ("length", {"operator": "equals", "value": 20}, Effect.NARROWED),
        ("length", {"operator": "any"}, Effect.OVERRIDDEN),
        ("mode", {"value": ["a"]}, Effect.NARROWED),
        ("mode", {"operator": "equals", "value": "b"}, Effect.NARROWED),
        ("mode", {"value": ["a", "c"]}, Effect.OVERRIDDEN),
        ("home", {"severity": "low"}, Effect.RELABELLED),
        ("home", {"operator": "absent"}, Effect.OVERRIDDEN),
    ],
)
def test_an_override_says_whether_it_narrows(about, changes, effect):
    result = effective([BASE, layer(Override(about, "It is so.", changes))])
    (entry,) = [one for one in result.entries if one.demand.id == about]
    assert (entry.origin.id, entry.history[0].layer.id, entry.history[0].effect) == ("small", "site", effect)
    assert (entry.history[0].reason, entry.history[0].fields) == ("It is so.", tuple(sorted(changes)))


def test_what_is_dropped_is_not_asked_and_still_shown():
    result = effective([BASE, layer(Override("home", "Not here.", is_drop=True))])
    assert [one.demand.id for one in result.holding] == ["length", "mode"]
    assert [one.demand.id for one in result.entries if one.is_dropped] == ["home"]


def test_three_levels_follow_each_other_and_each_adds_its_own():
    site = layer(assertions=(asks("extra"),))
    here = layer(Override("extra", "Here only.", {"value": "off"}), id="here", level=Level.ENVIRONMENT, extends="site")
    result = effective([BASE, site, here])
    assert [(one.demand.id, one.origin.level) for one in result.entries][-1] == ("extra", "profile")
    (met,) = [one for one in evaluate(result, where(record(settings={"extra": "off"}))) if one.state == "met"]
    assert met.entry.demand.id == "extra"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([], "no baseline"),
        ([layer()], "give that baseline before it"),
        ([BASE, layer(extends="other")], "does not extend small"),
        ([BASE, layer(level=Level.WORKSPACE)], "must stand below"),
        ([BASE, layer(Override("gone", "Why not.", is_drop=True))], "does not exist"),
        ([BASE, layer(Override("home", "Yes.", is_drop=True), Override("home", "Yes.", {"value": 1}))], "was dropped"),
        ([BASE, layer(Override("home", "Yes.", {"parameters": {}}))], "has no parameters"),
        ([BASE, layer(Override("home", "Yes.", {"operator": "at_least"}))], "needs a value"),
        ([BASE, layer(assertions=(asks("home"),))], "is taken"),
    ],
)
def test_layers_that_do_not_fit_are_refused_with_a_sentence(layers, said):
    with pytest.raises(LayersRefused, match=said):
        effective(layers)

"""Accepted paths, which a plan may not touch: those that hold now, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.findings.looks import day, look, seen
from tests.findings.test_accepted_risk import approved, asked, found
from tests.inventory.assertions.samples import asks
from trueline.connections.contract import Facet
from trueline.findings.actions.accepting import revoke_exception
from trueline.findings.detectors import DRIFT, UNMET
from trueline.findings.queries_accepted import AcceptedPath, accepted_paths
from trueline.inventory.assertions.model import Template
from trueline.kit import clock, ids

NOW = day(10)


@pytest.fixture
def accepted(world):
    look(world, world.environment, 9, [seen("a", observed="one")])
    with clock.settled(NOW):
        return approved(world, asked(world, found(world)))


def paths(world, *places, at=NOW, who=None):
    with clock.settled(at), world.scope(who) as scope:
        return accepted_paths(scope, [one.pk for one in places or (world.environment,)])


def test_an_accepted_path_says_where_it_is_and_until_when(world, accepted):
    (path,) = paths(world)
    one = found(world)
    assert (path.finding_id, path.path, path.environment_id) == (one.pk, one.path, world.environment.pk)
    assert path.expires_at == accepted.expires_at
    assert paths(world, world.other_environment) == []


def test_what_was_only_asked_for_is_not_accepted(world):
    look(world, world.environment, 9, [seen("a")])
    with clock.settled(NOW):
        asked(world, found(world))
    assert paths(world) == []


def test_at_its_date_it_is_accepted_no_more(world, accepted):
    assert paths(world, at=accepted.expires_at - timedelta(seconds=1))
    assert paths(world, at=accepted.expires_at) == []


@pytest.mark.parametrize("later", [{"observed": "two"}, {"observed": "one", "severity": "critical"}])
def test_another_value_or_a_higher_severity_ends_it(later, world, accepted):
    look(world, world.environment, 11, [seen("a", **later)])
    assert paths(world, at=day(11)) == []


def test_what_was_revoked_is_accepted_no_more(world, accepted):
    with clock.settled(NOW), world.scope(world.approver) as scope:
        revoke_exception(scope, accepted.pk, "no more", actor=scope.actor, approver=world.approver)
    assert paths(world) == []


def path(**fields):
    given = {
        "environment_id": ids.new(),
        "finding_id": ids.new(),
        "detector": DRIFT,
        "standard_id": "s",
        "object_type": "t",
        "subject_key": "policy",
        "facet": str(Facet.SETTINGS),
        "path": "group/x[1]",
        "expires_at": NOW,
    }
    return AcceptedPath(**given | fields)


TEMPLATE = Template("whole", "Whole", "t", "area", {"group/x[1]": "1"})


@pytest.mark.parametrize(
    ("one", "demand", "does"),
    [
        (path(), asks("x"), True),
        (path(path="group/y"), asks("x"), False),
        (path(facet="assignments"), asks("x"), False),
        (path(path="p/x"), asks("p/x", type="t"), True),
        (path(path="p/x"), asks("p/x", type="other"), False),
        (path(detector=UNMET, subject_key="x", path="", facet=""), asks("x"), True),
        (path(detector=UNMET, subject_key="x", path="", facet="", standard_id="other"), asks("x"), False),
        (path(detector=UNMET, subject_key="z", path="p/x", object_type="assertion"), asks("p/x", type="t"), True),
        (path(), TEMPLATE, True),
        (path(object_type="other"), TEMPLATE, False),
    ],
)
def test_a_demand_lies_on_a_path_when_doing_it_would_touch_the_value(one, demand, does):
    assert one.lies_on(demand, "s") is does

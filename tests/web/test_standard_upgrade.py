"""From one release to the next: each piece is taken or kept, and only then a version is made."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from tests.findings.looks import DAY_ZERO, look, seen
from tests.findings.test_accepted_risk import approved, asked
from tests.inventory.assertions.samples import asks, baseline
from tests.samples import TAKEN_AT, capture, compliance, write_export
from trueline.findings import queries as findings
from trueline.inventory import queries_standards
from trueline.inventory.actions import add_baseline_version, assign_baseline, make_baseline
from trueline.inventory.actions_upgrades import begin_upgrade, finish_upgrade
from trueline.inventory.assertions.writing import baseline_text
from trueline.inventory.errors import NothingToUpgrade, OtherKey, UpgradeOvertaken
from trueline.kit import clock

ABOUT = {"type": "deviceCompliancePolicies", "area": "compliance"}
LENGTH = asks("passwordMinimumLength", "at_least", 4, id="length", title="Long passwords", **ABOUT)
GONE = asks("x", id="gone", title="Gone")
SAME = asks("y", id="same", title="Same")
OLD = replace(baseline(LENGTH, GONE, SAME), provider="microsoft365")
NEW = replace(OLD, version="2", assertions=(replace(LENGTH, value=9), SAME, asks("z", id="added", title="Added")))


@pytest.fixture
def plan(world, tmp_path, signed_in):
    """A standard, north held to it and captured, and a plan that was begun through the page."""
    with world.scope() as scope:
        made = make_baseline(scope, "House", None, actor=scope.actor, asks=OLD)
        assign_baseline(scope, made.pk, world.environment, actor=scope.actor)
    capture(world, world.environment, write_export(tmp_path, [compliance(1, passwordMinimumLength=8)]), TAKEN_AT)
    file = SimpleUploadedFile("new.yaml", baseline_text(NEW).encode())
    answer = signed_in(world.owner).post(reverse("standard_version", args=["acme", made.pk]), {"file": file})
    assert answer.url == reverse("standard_upgrade", args=["acme", made.pk])
    return made


@pytest.fixture
def do(world, plan, signed_in):
    """Post answers, and read the page that follows."""

    def post(wish="", **answers):
        given = {f"piece-{key}": answer for key, answer in answers.items()} | {"do": wish}
        answer = signed_in(world.owner).post(reverse("standard_upgrade", args=["acme", plan.pk]), given, follow=True)
        return html.unescape(answer.content.decode())

    return post


def held(world, plan):
    with world.scope() as scope:
        version = queries_standards.version(scope, plan.pk)
        assert version is not None
        (layer,) = queries_standards.layers(scope, version)
    return version.release, {one.id: one.value for one in layer.assertions}


def test_the_plan_says_what_the_author_did_and_what_the_environment_does(plan, do):
    page = do("save")
    assert "3 changes" in page
    assert "1 assertion stays as it is." in page
    assert "As the author has it now: at least 9" in page
    assert "As it was: at least 4" in page
    assert "the environment has to be changed" in page
    assert "Compliance 1 sets it to 8; at least 9 is asked for." in page


def test_nothing_holds_before_every_piece_is_answered(world, plan, do):
    assert "2 pieces have no answer yet." in do("finish", length="new")
    assert held(world, plan) == ("1", {"length": 4, "gone": "on", "same": "on"})


@pytest.mark.parametrize(
    ("answers", "becomes"),
    [
        ({"length": "new", "gone": "new", "added": "new"}, ("2", {"length": 9, "same": "on", "added": "on"})),
        ({"length": "old", "gone": "old", "added": "old"}, ("2 (3 kept)", {"length": 4, "same": "on", "gone": "on"})),
        ({"length": "old", "gone": "new", "added": "new"}, ("2 (1 kept)", {"length": 4, "same": "on", "added": "on"})),
    ],
)
def test_the_version_is_what_was_answered(answers, becomes, world, plan, do):
    assert "Version 2 holds now. 1 environment is being judged by it." in do("finish", **answers)
    assert held(world, plan) == becomes


def test_answers_are_kept_between_visits_and_the_rest_is_taken_at_once(world, plan, do):
    assert "Your answers are kept." in do("save", length="old", never="new", gone="nonsense")
    assert "Every piece has its answer." in do("rest")
    do("finish")
    assert held(world, plan)[0] == "2 (1 kept)"


def test_a_plan_that_is_let_be_leaves_the_standard_as_it_is(world, plan, do):
    assert "The standard stays as it is." in do("discard")
    with world.scope() as scope:
        assert not queries_standards.has_upgrade(scope, plan.pk)


def test_a_plan_does_not_overwrite_a_version_made_meanwhile(world, plan):
    with world.scope() as scope:
        add_baseline_version(scope, plan.pk, None, actor=scope.actor, asks=replace(OLD, version="1.1"))
        with pytest.raises(UpgradeOvertaken):
            finish_upgrade(scope, plan.pk, actor=scope.actor)


def test_a_plan_begins_from_a_release_of_the_same(world, captured):
    with world.scope() as scope:
        with pytest.raises(NothingToUpgrade):
            begin_upgrade(scope, captured.standard.pk, NEW, actor=scope.actor)
        made = make_baseline(scope, "Asks", None, actor=scope.actor, asks=OLD)
        with pytest.raises(OtherKey):
            begin_upgrade(scope, made.pk, replace(NEW, id="other"), actor=scope.actor)


@pytest.fixture
def accepted(world, plan):
    """The risk that north's short passwords are accepted, although the old release asked for other ones."""
    drifted = replace(seen("Compliance 1"), path="passwordMinimumLength", object_type=ABOUT["type"])
    look(world, world.environment, (TAKEN_AT - DAY_ZERO).days + 1, [drifted])
    with world.scope() as scope:
        finding = findings.findings(scope).get(detector=drifted.detector)
    return approved(world, asked(world, finding))


def test_a_piece_on_an_accepted_risk_says_so_and_is_taken_by_name_only(world, plan, do, accepted):
    page = do("rest")
    assert "1 piece lies on an accepted risk and was not taken: answer it by itself." in page
    assert f"North until {date_format(localtime(accepted.expires_at))}: taking this touches an accepted risk." in page
    assert "1 piece has no answer yet." in page
    assert held(world, plan)[0] == "1"
    assert "Version 2 holds now." in do("finish", length="new")


def test_an_acceptance_that_ended_holds_nothing_back(plan, do, accepted):
    with clock.settled(accepted.expires_at):
        assert "Every piece has its answer." in do("rest")

"""What people answer about proposed pairs: it holds for every later capture, and only where it was given."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from tests.samples import TAKEN_AT, capture, perform_all, write_export
from trueline.audit import queries as audit
from trueline.findings import queries as findings
from trueline.findings.starting import judge_again
from trueline.inventory import queries as inventory
from trueline.inventory.actions import Proposed, answer_match, assign_baseline, make_baseline, withdraw_answer
from trueline.inventory.compare import Outcome
from trueline.inventory.matching.links import LinkAnswer
from trueline.inventory.models import IdentityLink
from trueline.kit.database.context import within
from trueline.kit.errors import Conflict, Refused
from trueline.kit.scope import NotAllowed, NotVisible
from trueline.workspaces import access

SETTINGS = {f"device_vendor_msft_policy_{name}": name for name in ("lock", "camera", "update", "edge", "vpn", "wifi")}


def catalogue(number: int, name: str, **settings: str) -> dict[str, object]:
    """A settings catalogue policy as Graph shows it, with an id of its own."""
    return {
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationPolicy",
        "id": f"11111111-0000-4000-8000-{number:012}",
        "displayName": name,
        "name": name,
        "platforms": "windows10",
        "technologies": "mdm",
        "settings": [
            {
                "settingInstance": {
                    "@odata.type": "#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",
                    "settingDefinitionId": key,
                    "simpleSettingValue": {
                        "@odata.type": "#microsoft.graph.deviceManagementConfigurationStringSettingValue",
                        "value": value,
                    },
                }
            }
            for key, value in settings.items()
        ],
    }


OTHERWISE = dict.fromkeys(list(SETTINGS)[:1], "otherwise")
LEFT = [catalogue(1, "Baseline devices", **SETTINGS), catalogue(2, "Common", shared="1")]
RIGHT = [
    catalogue(11, "Workplace hardening", **(SETTINGS | OTHERWISE | {"extra_one": "1"})),
    catalogue(12, "Common", shared="1"),
]


@pytest.fixture
def sides(world, tmp_path):
    """South and north: two policies that may be the same under other names, one surely the same."""
    south = capture(world, world.other_environment, write_export(tmp_path / "south", LEFT), TAKEN_AT)
    north = capture(world, world.environment, write_export(tmp_path / "north", RIGHT), TAKEN_AT + timedelta(days=1))
    return south, north


def proposed(scope, left, right):
    """The one pair that a person has to decide, None when there is none."""
    found = inventory.whole(scope, left.pk, right.pk).comparison.entries
    doubtful = [entry for entry in found if entry.evidence and not entry.evidence.auto]
    return doubtful[0] if doubtful else None


def pair_of(entry, left, right, profile_id=None):
    return Proposed(left, entry.left.id, right, entry.right.id, profile_id)


def again(world, folder, days, *, names=("Baseline devices", "Workplace hardening")):
    """Both environments captured again, with their policies called as told."""
    left = [LEFT[0] | {"name": names[0], "displayName": names[0]}, LEFT[1]]
    right = [RIGHT[0] | {"name": names[1], "displayName": names[1]}, RIGHT[1]]
    moment = TAKEN_AT + timedelta(days=days)
    return (
        capture(world, world.other_environment, write_export(folder / f"south{days}", left), moment),
        capture(world, world.environment, write_export(folder / f"north{days}", right), moment),
    )


def test_a_doubtful_pair_is_proposed_and_drift_does_not_suppose_it(world, sides):
    with world.scope() as scope:
        entry = proposed(scope, *sides)
        assert (entry.left.name, entry.right.name) == ("Baseline devices", "Workplace hardening")
        drift = inventory.compared(scope, sides[0].pk, sides[1].pk)
        assert [one.left.name for one in drift.of(Outcome.ONLY_LEFT)] == ["Baseline devices"]


def test_a_refused_pair_never_comes_back_after_the_next_capture(world, sides, tmp_path):
    with world.scope() as scope:
        answer_match(scope, pair_of(proposed(scope, *sides), *sides), LinkAnswer.REFUSED, actor=scope.actor)
    later = again(world, tmp_path, 5)
    with world.scope() as scope:
        assert proposed(scope, *later) is None
        assert proposed(scope, *reversed(later)) is None
        lone = inventory.whole(scope, later[0].pk, later[1].pk).comparison.of(Outcome.ONLY_LEFT)
        assert [one.left.name for one in lone] == ["Baseline devices"]


def test_a_confirmed_pair_survives_renames_and_stands_by_itself(world, sides, tmp_path):
    with world.scope() as scope:
        answer_match(scope, pair_of(proposed(scope, *sides), *sides), LinkAnswer.CONFIRMED, actor=scope.actor)
    later = again(world, tmp_path, 5, names=("Quite another name", "Nothing like it"))
    for left, right in (later, tuple(reversed(later))):
        with world.scope() as scope:
            for found in (
                inventory.whole(scope, left.pk, right.pk).comparison,
                inventory.compared(scope, left.pk, right.pk),
            ):
                linked = [one for one in found.entries if one.evidence and one.evidence.method == "link"]
                assert [(one.evidence.auto, one.evidence.confidence) for one in linked] == [(True, 1.0)]
                assert not found.of(Outcome.ONLY_LEFT)


def test_an_answer_about_a_standard_is_what_its_environments_are_judged_by_from_the_next_capture_on(
    world, sides, tmp_path
):
    with world.scope() as scope:
        standard = make_baseline(scope, "House", sides[0].pk, actor=scope.actor)
        assign_baseline(scope, standard.pk, world.environment, actor=scope.actor)
        judge_again(scope, world.environment, actor=scope.actor)
    perform_all(world)
    with world.scope() as scope:
        kinds = {one.kind for one in findings.open_findings(scope)}
        assert kinds == {"missing", "extra"}
        version = inventory.newest_versions(scope)[standard.pk]
        entry = next(
            one
            for one in inventory.whole_with_standard(scope, version, sides[1].pk).comparison.entries
            if one.evidence and not one.evidence.auto
        )
        answer_match(
            scope, pair_of(entry, version.snapshot, sides[1], standard.pk), LinkAnswer.CONFIRMED, actor=scope.actor
        )
    later = again(world, tmp_path, 5)
    with world.scope() as scope:
        kinds = {one.kind for one in findings.open_findings(scope)}
        assert kinds == {"added", "modified"}
        # The answer is about the standard; between the two environments as such nobody was asked.
        assert proposed(scope, *later) is not None


def test_an_answer_taken_back_proposes_the_pair_again_and_both_are_in_the_trail(world, sides):
    with world.scope() as scope:
        link = answer_match(scope, pair_of(proposed(scope, *sides), *sides), LinkAnswer.REFUSED, actor=scope.actor)
        withdraw_answer(scope, link.pk, actor=scope.actor)
        assert proposed(scope, *sides) is not None
        assert not inventory.identity_links(scope, world.environment.pk).exists()
        told = [(one.action, one.before, one.after) for one in audit.events(scope).filter(subject_type="pair")]
    names = {"left": told[-1][2]["left"], "right": told[-1][2]["right"]}
    assert told == [
        ("inventory:pair:withdraw", {"answer": "refused", **names}, {}),
        ("inventory:pair:answer", {}, {"answer": "refused", **names}),
    ]


def test_the_same_answer_again_changes_nothing_and_another_one_replaces_it(world, sides):
    with world.scope() as scope:
        pair = pair_of(proposed(scope, *sides), *sides)
        first = answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor)
        assert answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor).pk == first.pk
        answer_match(scope, pair, LinkAnswer.CONFIRMED, actor=scope.actor)
        assert [one.answer for one in inventory.identity_links(scope, world.environment.pk)] == ["confirmed"]
        assert audit.events(scope).filter(action="inventory:pair:answer").count() == 2


def test_an_object_is_confirmed_to_be_one_other_at_most(world, sides):
    with world.scope() as scope:
        entry = proposed(scope, *sides)
        answer_match(scope, pair_of(entry, *sides), LinkAnswer.CONFIRMED, actor=scope.actor)
        other = inventory.items(scope, sides[1].pk).get(name="Common")
        with pytest.raises(Conflict, match="already confirmed"):
            answer_match(
                scope, Proposed(sides[0], entry.left.id, sides[1], other.pk), LinkAnswer.CONFIRMED, actor=scope.actor
            )
        assert inventory.identity_links(scope, world.environment.pk).count() == 1


def test_two_captures_of_one_environment_need_no_answer(world, sides):
    with world.scope() as scope:
        one = inventory.items(scope, sides[1].pk)[0].pk
        with pytest.raises(Refused, match="by their ids"):
            answer_match(scope, Proposed(sides[1], one, sides[1], one), LinkAnswer.CONFIRMED, actor=scope.actor)


def test_an_object_of_another_capture_is_not_there(world, sides):
    with world.scope() as scope:
        entry = proposed(scope, *sides)
        for left, right in ((entry.right.id, entry.right.id), (entry.left.id, uuid4())):
            with pytest.raises(NotVisible):
                answer_match(scope, Proposed(sides[0], left, sides[1], right), LinkAnswer.REFUSED, actor=scope.actor)


@pytest.mark.parametrize(("person", "may"), [("operator", True), ("viewer", False), ("approver", False)])
def test_two_environments_are_told_apart_by_whoever_works_on_findings(person, may, world, sides):
    with world.scope() as scope:
        pair = pair_of(proposed(scope, *sides), *sides)
    with world.scope(getattr(world, person)) as scope:
        if may:
            assert answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor).answered_by_label == "Operator"
        else:
            with pytest.raises(NotAllowed):
                answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor)


def test_an_answer_about_a_standard_needs_who_manages_standards(world, sides):
    with world.scope() as scope:
        standard = make_baseline(scope, "House", sides[0].pk, actor=scope.actor)
        pair = pair_of(proposed(scope, *sides), *sides, standard.pk)
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor)


def test_who_does_not_manage_standards_cannot_take_an_answer_about_one_back(world, sides):
    with world.scope() as scope:
        standard = make_baseline(scope, "House", sides[0].pk, actor=scope.actor)
        pair = pair_of(proposed(scope, *sides), *sides, standard.pk)
        link = answer_match(scope, pair, LinkAnswer.REFUSED, actor=scope.actor)
    with world.scope(world.operator) as scope, pytest.raises(NotAllowed):
        withdraw_answer(scope, link.pk, actor=scope.actor)


def test_of_two_who_confirm_at_once_different_partners_one_is_told(committed, tmp_path):
    from tests.worlds import small_world  # noqa: PLC0415 - a world that is committed, unlike the fixture's

    world = small_world()
    south = capture(world, world.other_environment, write_export(tmp_path / "south", LEFT), TAKEN_AT)
    north = capture(world, world.environment, write_export(tmp_path / "north", RIGHT), TAKEN_AT)
    with world.scope() as scope:
        left = inventory.items(scope, south.pk)[0].pk
        partners = [item.pk for item in inventory.items(scope, north.pk)]
    outcomes, start = [], threading.Barrier(2)

    def confirm(partner):
        with within(world.workspace.pk):
            scope = access.enter(world.owner, world.workspace.pk)
            start.wait()
            try:
                answer_match(scope, Proposed(south, left, north, partner), LinkAnswer.CONFIRMED, actor=scope.actor)
                outcomes.append("kept")
            except Conflict:
                outcomes.append("told")
        connections.close_all()

    threads = [threading.Thread(target=confirm, args=[partner]) for partner in partners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "told"]
    with world.inside():
        assert IdentityLink.objects.filter(workspace_id=world.workspace.pk).count() == 1

"""What settings are called: the newest capture that told it, then the operator's file."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest

from tests.inventory.test_answers import catalogue
from tests.samples import TAKEN_AT, capture, write_export
from trueline.inventory import vocabulary
from trueline.inventory.definitions import Definition, Definitions


def named(name):
    return [
        {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingDefinition",
            "id": "Edge_Home",
            "displayName": name,
            "options": [{"itemId": "edge_home_1", "displayName": "Enabled"}],
        }
    ]


def export(folder, name, definitions=None):
    path = write_export(folder / name, [catalogue(1, "Browser", edge_home="edge_home_1")])
    if definitions:
        (path / "configurationSettings.json").write_text(json.dumps(definitions))
    return path


@pytest.fixture(autouse=True)
def fresh(settings):
    vocabulary._kept.clear()
    vocabulary._installed.cache_clear()
    settings.DEFINITIONS_PATH = None


def test_nothing_was_told_so_names_are_read_off_ids(world, tmp_path):
    capture(world, world.environment, export(tmp_path, "bare"), TAKEN_AT)
    with world.scope() as scope:
        known = vocabulary.definitions(scope)
        assert (known.name("edge_home"), known.named_by("edge_home")) == ("Edge: Home", "id")


def test_the_newest_capture_that_told_names_counts_for_the_workspace(world, tmp_path):
    capture(world, world.environment, export(tmp_path, "old", named("Old name")), TAKEN_AT)
    capture(world, world.environment, export(tmp_path, "new", named("Home page")), TAKEN_AT + timedelta(days=1))
    capture(world, world.environment, export(tmp_path, "bare"), TAKEN_AT + timedelta(days=2))
    with world.scope() as scope:
        found = vocabulary.definitions(scope)
    assert found.name("Edge_Home") == "Home page"
    assert found.label("edge_home", "edge_home_1") == "Enabled"


def test_definitions_are_no_objects_and_change_nothing_between_captures(world, tmp_path):
    from trueline.inventory import queries  # noqa: PLC0415 - one look-up

    one = capture(world, world.environment, export(tmp_path, "one", named("Home page")), TAKEN_AT)
    two = capture(world, world.environment, export(tmp_path, "two"), TAKEN_AT + timedelta(days=1))
    assert one.objects_count == two.objects_count == 1
    with world.scope() as scope:
        assert queries.compared(scope, one.pk, two.pk).is_equal


def test_the_installed_file_fills_what_captures_do_not_say(world, tmp_path, settings):
    path = tmp_path / "definitions.json.gz"
    path.write_bytes(
        gzip.compress(json.dumps({"edge_home": ["From file", "", {}], "other": ["Other", "", {}]}).encode())
    )
    settings.DEFINITIONS_PATH = path
    capture(world, world.environment, export(tmp_path, "told", named("Home page")), TAKEN_AT)
    with world.scope() as scope:
        found = vocabulary.definitions(scope)
    assert (found.name("edge_home"), found.name("other")) == ("Home page", "Other")


@pytest.mark.parametrize("content", [b"{", b"[1]", None])
def test_a_broken_file_is_told_in_the_log_once_and_pages_go_on(tmp_path, settings, caplog, content):
    path = tmp_path / "definitions.json"
    if content is not None:
        path.write_bytes(content)
    settings.DEFINITIONS_PATH = path
    assert [vocabulary.installed_definitions().name("a") for _ in range(2)] == ["A", "A"]
    assert len([line for line in caplog.records if line.levelname == "ERROR"]) == 1


def test_what_nobody_reaches_names_nothing_for_them(world, tmp_path):
    from trueline.workspaces.models import EnvironmentGrant, Membership  # noqa: PLC0415 - one narrowing

    capture(world, world.environment, export(tmp_path, "told", named("Home page")), TAKEN_AT)
    with world.inside():
        membership = Membership.objects.get(user=world.viewer)
        EnvironmentGrant.objects.create(
            workspace=world.workspace, membership=membership, environment=world.environment, effect="exclude"
        )
    with world.scope(world.viewer) as scope:
        assert vocabulary.definitions(scope).name("edge_home") == "Edge: Home"


def test_definitions_over_others_keep_both_apart():
    first, second = Definitions({"a": Definition("A")}), Definitions({"a": Definition("Z"), "b": Definition("B")})
    both = first.over(second)
    assert [both.name(key) for key in "abc"] == ["A", "B", "C"]
    assert [first.knows("a"), first.knows("b")] == [True, False]

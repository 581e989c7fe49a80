"""Captures through the run, as far as what is kept, what stays unknown and what is refused."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from tests.operations.drill import MOMENT, policy, write_export
from tests.worlds import World, small_world
from trueline.audit.models import AuditEvent
from trueline.evidence.actions import keep
from trueline.evidence.models import Document
from trueline.evidence.rules import pack
from trueline.findings.models import Finding
from trueline.inventory import actions as inventory
from trueline.inventory import queries
from trueline.inventory.models import Snapshot, SnapshotItem
from trueline.inventory.starting import capture_folder
from trueline.operations.actions.execution import execute
from trueline.operations.models import OperationRun
from trueline.operations.rules import RunOutcome, State
from trueline.workspaces.models import Environment


def capture(world: World, environment: Environment, path: Path, day: int = 0) -> OperationRun:
    """Capture and detect in this process; the capture's run as it ended."""
    with world.scope() as scope:
        at = MOMENT + timedelta(days=day)
        started = capture_folder(scope, environment, "microsoft365", path, actor=scope.actor, observed_at=at)
        execute(scope.workspace_id, started.run.pk)
        for following in OperationRun.objects.filter(state=State.QUEUED):
            execute(scope.workspace_id, following.pk)
        return OperationRun.objects.get(id=started.run.pk)


def hold_to(world: World, environment: Environment, path: Path) -> None:
    """Hold the environment to what that export shows, taken from the same tenant."""
    run = capture(world, environment, path)
    with world.scope() as scope:
        snapshot = Snapshot.objects.get(run_id=run.pk)
        profile = inventory.make_baseline(scope, "Agreed", snapshot.pk, actor=scope.actor)
        inventory.assign_baseline(scope, profile.pk, environment, actor=scope.actor)


def states(world: World) -> dict[str, str]:
    with world.inside():
        return dict(Finding.objects.values_list("subject_name", "state"))


def area_of(world: World, run: OperationRun) -> dict[str, str]:
    with world.scope() as scope:
        snapshot = Snapshot.objects.get(run_id=run.pk)
        return {row.area: row.coverage for row in queries.areas(scope, snapshot.pk)}


@pytest.fixture
def agreed(tmp_path: Path) -> Path:
    return write_export(tmp_path / "agreed", [policy(number) for number in range(3)])


@pytest.fixture
def drifted(tmp_path: Path) -> Path:
    return write_export(tmp_path / "drifted", [policy(0), policy(1, value="2"), policy(2)])


def test_the_same_capture_twice_stores_every_document_once(world: World, agreed: Path) -> None:
    first, second = capture(world, world.environment, agreed), capture(world, world.environment, agreed, 1)
    with world.inside():
        snapshots = {row.run_id: row for row in Snapshot.objects.all()}
        documents, items = Document.objects.count(), SnapshotItem.objects.count()
    assert snapshots[first.pk].digest == snapshots[second.pk].digest
    assert (items, documents) == (6, 6)
    assert first.counts == second.counts == {"objects": 3, "unread": 0}


def test_what_is_put_right_is_verified_cleared(world: World, agreed: Path, drifted: Path) -> None:
    hold_to(world, world.environment, agreed)
    capture(world, world.environment, drifted, 1)
    assert states(world) == {"Policy 1": "new"}
    capture(world, world.environment, agreed, 2)
    assert states(world) == {"Policy 1": "resolved"}
    capture(world, world.environment, drifted, 3)
    assert states(world) == {"Policy 1": "reopened"}


def test_an_export_whose_area_was_read_in_part_resolves_nothing(
    world: World, agreed: Path, drifted: Path, tmp_path: Path
) -> None:
    hold_to(world, world.environment, agreed)
    capture(world, world.environment, drifted, 1)
    partial = write_export(tmp_path / "partial", [policy(0), policy(2)])
    (partial / "SettingsCatalog" / "broken.json").write_text('{"id": ', encoding="utf-8")
    run = capture(world, world.environment, partial, 2)
    assert run.outcome == RunOutcome.PARTIALLY_SUCCEEDED
    assert run.counts["unread"] == 1
    assert states(world) == {"Policy 1": "new"}


def test_a_policy_cut_short_neither_resolves_nor_accuses(
    world: World, agreed: Path, drifted: Path, tmp_path: Path
) -> None:
    hold_to(world, world.environment, agreed)
    capture(world, world.environment, drifted, 1)
    cut = policy(1) | {"settings": [], "settingCount": 7}
    capture(world, world.environment, write_export(tmp_path / "cut", [policy(0), cut, policy(2)]), 2)
    assert states(world) == {"Policy 1": "new"}


def test_an_area_without_any_file_is_unread_and_never_complete(world: World, agreed: Path) -> None:
    areas = area_of(world, capture(world, world.environment, agreed))
    assert set(areas.values()) <= {"complete", "unread"}
    assert "unread" in areas.values()
    assert areas["conditional_access"] == "unread"


def test_an_older_export_that_arrives_late_opens_nothing(world: World, agreed: Path, drifted: Path) -> None:
    hold_to(world, world.environment, agreed)
    capture(world, world.environment, agreed, 5)
    run = capture(world, world.environment, drifted, 3)
    assert run.outcome != RunOutcome.FAILED
    assert states(world) == {}


def _zip_with(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


HOSTILE: dict[str, Callable[[Path], Path]] = {
    "a bomb": lambda at: _zip_with(at, {"a.json": b" " * 300_000_000}),
    "a way out": lambda at: _zip_with(at, {"../../evil.json": b"{}", "good.json": json.dumps(policy(1)).encode()}),
    "not an archive": lambda at: _written(at / "export.zip", b"PK\x03\x04 but not really"),
}


def _written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_source_ends_the_run_with_one_sentence_and_keeps_nothing(
    kind: str, world: World, tmp_path: Path
) -> None:
    run = capture(world, world.environment, HOSTILE[kind](tmp_path))
    assert run.outcome == RunOutcome.FAILED
    assert run.reason_code != "internal_error"
    assert run.message.endswith(".")
    assert "\n" not in run.message
    assert str(tmp_path) not in run.message
    with world.inside():
        assert (Snapshot.objects.count(), SnapshotItem.objects.count(), Document.objects.count()) == (0, 0, 0)
        assert not AuditEvent.objects.filter(action="inventory:snapshot:capture").exists()


ODD = {
    "a zero character": {"displayName": "a\x00b"},
    "a lone surrogate": {"description": "\ud800"},
    "a number without end": {"description": float("1e308")},
    "a very large integer": {"version": 10**30},
    "a very long name": {"name": "n" * 5_000},
}


@pytest.mark.parametrize("kind", sorted(ODD))
def test_an_odd_value_is_kept_or_named_and_never_ends_the_capture(kind: str, world: World, tmp_path: Path) -> None:
    export = write_export(tmp_path / "odd", [policy(1), policy(2) | ODD[kind]])
    run = capture(world, world.environment, export)
    assert run.outcome in {RunOutcome.SUCCEEDED, RunOutcome.PARTIALLY_SUCCEEDED}, run.message
    assert run.counts["objects"] + run.counts["unread"] == 2
    assert run.counts["objects"] >= 1


def test_a_device_is_refused_and_not_read_for_ever(world: World) -> None:
    run = capture(world, world.environment, Path("/dev/zero"))
    assert run.outcome == RunOutcome.FAILED
    assert "Nothing in it could be read" in run.message


def test_a_folder_that_has_gone_ends_the_run_with_one_sentence(world: World, tmp_path: Path) -> None:
    run = capture(world, world.environment, tmp_path / "nowhere")
    assert run.outcome == RunOutcome.FAILED
    assert run.reason_code != "internal_error"


def test_a_link_inside_an_export_is_not_followed(world: World, agreed: Path, tmp_path: Path) -> None:
    secret = _written(tmp_path / "secret.json", json.dumps(policy(77, name="Secret")).encode())
    (agreed / "SettingsCatalog" / "link.json").symlink_to(secret)
    capture(world, world.environment, agreed)
    with world.inside():
        assert not SnapshotItem.objects.filter(name="Secret").exists()


def test_two_captures_with_the_same_documents_in_another_order_do_not_deadlock(committed: None) -> None:
    world = small_world()
    packed = [pack({"number": number}) for number in range(1_500)]
    failures: list[BaseException] = []

    def store(documents: list[object]) -> None:
        try:
            with world.inside():
                keep(world.workspace.pk, documents)  # type: ignore[arg-type]  # they are packed
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=store, args=(order,)) for order in (packed, packed[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with world.inside():
        assert Document.objects.count() == 1_500

"""Every event that is registered is written somewhere, every written one is registered; one for one write."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import trueline
from tests.audit.deeds import DONE, PARTS, member_of, snapshot_of
from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.audit.queries import events
from trueline.audit.registry import EVENTS
from trueline.audit.rules import BODY_FIELDS
from trueline.connections.actions import connect_export, receive_upload
from trueline.inventory.actions import assign_baseline, make_baseline
from trueline.inventory.starting import capture_upload
from trueline.kit import clock, ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.operations.actions.execution import execute
from trueline.workspaces import actions as people
from trueline.workspaces.installation import every_workspace
from trueline.workspaces.models import Membership
from trueline.workspaces.rules import GrantEffect, Lifecycle

ROOT = Path(trueline.__file__).parent
TESTER = Actor(ActorKind.SYSTEM, "tests", "tests")


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in ROOT.rglob("*.py"):
        if "migrations" not in path.parts and path.parts[-2:] != ("audit", "registry.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _spoken() -> set[str]:
    """Every string of the source that has the form of an event, `room:subject:verb`."""
    rooms = {name.split(":")[0] for name in EVENTS}
    found = set()
    for _, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts = node.value.split(":")
                if len(parts) == 3 and parts[0] in rooms and all(part.isidentifier() for part in parts):
                    found.add(node.value)
    return found


def test_every_registered_event_has_a_writer_and_every_writer_is_registered() -> None:
    spoken = _spoken()
    assert spoken - set(EVENTS) == set(), "written and not registered"
    assert set(EVENTS) - spoken == UNWRITTEN, "registered and not written"


# A registered event whose writer does not exist yet; the list must shrink to nothing.
UNWRITTEN: set[str] = set()


def test_an_event_has_a_sentence_and_the_name_of_its_room() -> None:
    for name, sentence in EVENTS.items():
        room, subject, verb = name.split(":")
        assert (ROOT / room).is_dir(), name
        assert subject, name
        assert verb, name
        assert sentence[0].islower(), name


def test_every_fact_of_an_event_is_sealed() -> None:
    free = {"id", "workspace_id", "sequence", "body_digest", "previous_digest", "digest"}
    assert {field.attname for field in AuditEvent._meta.concrete_fields} - free == set(BODY_FIELDS)


def actions() -> set[str]:
    """Every public function of every room's actions."""
    found = set()
    for path in [*ROOT.glob("*/actions*.py"), *ROOT.glob("*/actions/*.py")]:
        room = path.relative_to(ROOT).parts[0]
        if room == "audit" or path.name == "__init__.py":
            continue
        module = import_module("trueline." + ".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, made in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and inspect.unwrap(made).__module__ == module.__name__:
                found.add(f"{room}.{name}")
    return found


def test_every_action_of_every_room_is_in_the_table() -> None:
    assert actions() - set(DONE) - set(PARTS) == set()
    assert (set(DONE) | set(PARTS)) - actions() == set()


def _trail(world: World) -> list[tuple[str, str, str]]:
    found = []
    for place in (world.workspace.pk, ids.installation()):
        with within(place):
            found += [
                (event.action, event.actor_label, event.outcome) for event in AuditEvent.objects.order_by("sequence")
            ]
    return found


@pytest.mark.parametrize("name", DONE)
def test_one_action_leaves_one_event(name: str, world: World) -> None:
    prepare, event = DONE[name]
    with world.scope() as scope:
        act = prepare(world, scope)
        before = _trail(world)
        act()
        actor = "Viewer" if event == "workspaces:link:use" else scope.actor.label
    added = _trail(world)
    for line in before:
        added.remove(line)
    assert [(action, label) for action, label, _ in added] == [(event, actor)]


def test_an_action_asked_for_again_that_changes_nothing_tells_nothing(world: World) -> None:
    with world.scope() as scope:
        moved = people.move_environment(scope, world.environment, Lifecycle.ACTIVE, actor=scope.actor)
        connect_export(scope, moved, "microsoft365", actor=scope.actor)
        profile = make_baseline(scope, "Standard", snapshot_of(world, scope).pk, actor=scope.actor)
        assign_baseline(scope, profile.pk, world.environment, actor=scope.actor)
        before = _trail(world)
        connect_export(scope, moved, "microsoft365", actor=scope.actor)
        assign_baseline(scope, profile.pk, world.environment, actor=scope.actor)
        people.widen(scope, member_of(world), world.environment.pk, actor=scope.actor)
    assert _trail(world) == before


def test_a_new_workspace_begins_its_own_trail(world: World) -> None:
    made = people.create_workspace("Third", owner=world.viewer, actor=TESTER)
    with within(made.pk):
        assert [event.action for event in AuditEvent.objects.all()] == ["workspaces:workspace:create"]


def test_a_look_across_workspaces_is_in_the_installations_trail(committed: None) -> None:
    every_workspace(actor=TESTER, purpose="to see")
    with within(ids.installation()):
        found = AuditEvent.objects.get()
    assert (found.action, found.after["purpose"]) == ("workspaces:sweep:read", "to see")


SECRET = "s3cret-canary-4711"


def test_a_secret_is_in_no_event(world: World) -> None:
    person = people.create_person("p@example.org", "P", actor=TESTER, password=SECRET)
    token = people.make_sign_in_link(person, actor=TESTER)
    people.use_sign_in_link(token)
    with world.scope() as scope:
        _, invitation = people.invite(scope, "q@example.org", "viewer", actor=scope.actor)
        moved = people.move_environment(scope, world.environment, Lifecycle.ACTIVE, actor=scope.actor)
        upload = receive_upload(scope, moved.pk, "export.zip", [SECRET.encode()], actor=scope.actor)
        started = capture_upload(scope, moved, "microsoft365", upload.pk, actor=scope.actor, observed_at=clock.now())
        execute(world.workspace.pk, started.run.pk)
    bodies = []
    for place in (world.workspace.pk, ids.installation()):
        with within(place):
            bodies += [str(event.body()) for event in AuditEvent.objects.all()]
    assert len(bodies) > 8
    assert not any(secret in body for body in bodies for secret in (SECRET, token, invitation))


def test_the_trail_leaves_out_environments_out_of_reach(world: World) -> None:
    with world.scope() as scope:
        membership = Membership.objects.get(user=world.approver)
        people.narrow(scope, membership.pk, world.environment.pk, GrantEffect.EXCLUDE, actor=scope.actor)
        people.move_environment(scope, world.environment, Lifecycle.ACTIVE, actor=scope.actor)
    with world.scope(world.approver) as scope:
        shown = {event.environment_id for event in events(scope)}
    assert shown == {None, world.other_environment.pk}

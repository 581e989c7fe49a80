"""The trail cannot be changed unseen (D-52), holds under many writers, and takes the business write with it (D-54)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from tests.worlds import World, small_world
from trueline.audit import actions, chain
from trueline.audit.actions import Subject, record
from trueline.audit.models import AuditEvent, AuditHead
from trueline.audit.queries import chain_verdict, events
from trueline.audit.rules import Verdict
from trueline.cli.trails import chain_verdicts
from trueline.kit import ids
from trueline.kit.database.context import within
from trueline.kit.scope import Actor, ActorKind
from trueline.workspaces.actions import create_environment, move_environment
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Lifecycle

WRITERS = 50
NOBODY = Actor(ActorKind.SYSTEM, "tests", "tests")


def verdict(workspace_id: UUID) -> Verdict:
    with within(workspace_id):
        return chain_verdict(workspace_id)


@pytest.fixture
def trail(committed: None) -> World:
    """A committed world whose trail has some events."""
    world = small_world()
    with world.scope() as scope:
        for number in range(6):
            create_environment(scope, f"Made {number}", actor=scope.actor)
    return world


TABLES = ("audit_auditevent", "audit_audithead", "audit_auditcheckpoint")


def tamper(*statements: str, workspace: UUID) -> None:
    """As the owner of the tables, with row security and triggers out of the way: the strongest hand there is."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"alter table {table} no force row level security")
            cursor.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            cursor.execute(statement, {"workspace": workspace})
            assert cursor.rowcount > 0, "nothing was tampered with"
        for table in TABLES:
            cursor.execute(f"alter table {table} enable trigger user")
            cursor.execute(f"alter table {table} force row level security")
    connections["owner"].close()


ALL = ", ".join(field.column for field in AuditEvent._meta.concrete_fields)
WITHOUT_KEYS = ", ".join(
    field.column for field in AuditEvent._meta.concrete_fields if field.column not in {"id", "sequence"}
)
HERE = "workspace_id = %(workspace)s"
BREACHES: dict[str, tuple[tuple[str, ...], int]] = {
    "an edited label": ((f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = 4",), 4),
    "an edited outcome": ((f"update audit_auditevent set outcome = 'failure' where {HERE} and sequence = 5",), 5),
    "an edited time": (
        (f"update audit_auditevent set recorded_at = recorded_at + interval '1 ms' where {HERE} and sequence = 3",),
        3,
    ),
    "an edited value": (
        (f"update audit_auditevent set after = '{{\"x\": 1}}' where {HERE} and sequence = 2",),
        2,
    ),
    "a number that has no exact form": (
        (f"update audit_auditevent set after = '{{\"x\": 1e30}}' where {HERE} and sequence = 2",),
        2,
    ),
    "a number of more digits than Python reads": (
        (f"update audit_auditevent set after = '{{\"x\": 1e9999}}' where {HERE} and sequence = 2",),
        2,
    ),
    "a time that never comes": (
        (f"update audit_auditevent set recorded_at = 'infinity' where {HERE} and sequence = 3",),
        3,
    ),
    "a value with a name that is there twice": (
        (f'update audit_auditevent set after = \'{{"x": 1, "x": 2}}\' where {HERE} and sequence = 4',),
        4,
    ),
    "a body with a digest made to fit": (
        (f"update audit_auditevent set body_digest = repeat('a', 64) where {HERE} and sequence = 4",),
        4,
    ),
    "an event taken out": ((f"delete from audit_auditevent where {HERE} and sequence = 4",), 5),
    "an event taken out, the rest moved up": (
        (
            f"delete from audit_auditevent where {HERE} and sequence = 4",
            f"update audit_auditevent set sequence = sequence + 1000 where {HERE} and sequence > 4",
            f"update audit_auditevent set sequence = sequence - 1001 where {HERE} and sequence > 1000",
            f"update audit_audithead set sequence = sequence - 1 where {HERE}",
        ),
        4,
    ),
    "an event put in": (
        (
            f"update audit_auditevent set sequence = sequence + 1000 where {HERE} and sequence > 3",
            f"update audit_auditevent set sequence = sequence - 999 where {HERE} and sequence > 1000",
            f"""insert into audit_auditevent (id, sequence, {WITHOUT_KEYS})
            select gen_random_uuid(), 4, {WITHOUT_KEYS} from audit_auditevent where {HERE} and sequence = 3""",
            f"update audit_audithead set sequence = sequence + 1 where {HERE}",
        ),
        4,
    ),
    "an event put before the first": (
        (
            f"""insert into audit_auditevent (id, sequence, {WITHOUT_KEYS})
            select gen_random_uuid(), -7, {WITHOUT_KEYS} from audit_auditevent where {HERE} and sequence = 3""",
        ),
        -7,
    ),
    "two events in each other's place": (
        (
            f"update audit_auditevent set sequence = 1000 where {HERE} and sequence = 3",
            f"update audit_auditevent set sequence = 3 where {HERE} and sequence = 4",
            f"update audit_auditevent set sequence = 4 where {HERE} and sequence = 1000",
        ),
        3,
    ),
    "the tail cut off": ((f"delete from audit_auditevent where {HERE} and sequence > 6",), 7),
    "everything gone but the head": ((f"delete from audit_auditevent where {HERE}",), 1),
    "a head set back": ((f"update audit_audithead set sequence = 3 where {HERE}",), 0),
}


@pytest.mark.parametrize(("breach", "bad"), BREACHES.values(), ids=BREACHES)
def test_a_chain_that_was_tampered_with_names_the_first_bad_event(
    breach: tuple[str, ...], bad: int, trail: World
) -> None:
    sound = verdict(trail.workspace.pk)
    assert sound.is_whole
    assert sound.checked >= 9
    with trail.inside():
        assert chain_verdict(trail.workspace.pk, at_once=2) == sound
    tamper(*breach, workspace=trail.workspace.pk)
    found = verdict(trail.workspace.pk)
    assert not found.is_whole
    assert found.bad_sequence == (bad or sound.checked + 1)
    assert found.reason
    with trail.inside():
        assert {chain_verdict(trail.workspace.pk, at_once=number) for number in (1, 2, 3)} == {found}
    assert verdict(trail.other_workspace.pk).is_whole


def test_a_value_written_as_it_was_before_is_still_whole(trail: World) -> None:
    """As `jsonb` wrote it, before values were kept as they were sealed: the same value, in other letters."""
    with trail.inside(), transaction.atomic():
        subject, after = Subject("environment"), {"longer": "Ä", "b": [1, 2]}
        record(trail.workspace.pk, "workspaces:environment:move", subject, actor=NOBODY, after=after)
    tamper(f"update audit_auditevent set after = after::jsonb::text::json where {HERE}", workspace=trail.workspace.pk)
    assert verdict(trail.workspace.pk).is_whole
    assert unvouched(trail.workspace.pk) == [verdict(trail.workspace.pk).checked]


def unvouched(workspace_id: UUID) -> list[int]:
    """Events that the database leaves to the slow check."""
    with within(workspace_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(chain.UNVOUCHED, {"workspace": workspace_id, "after": 0, "until": 10_000})
        return [row[0] for row in cursor.fetchall()]


def test_events_cannot_be_moved_to_another_workspace(trail: World) -> None:
    other = trail.other_workspace.pk
    tamper(
        f"delete from audit_auditevent where workspace_id = '{other}'",
        f"delete from audit_audithead where workspace_id = '{other}'",
        f"update audit_auditevent set workspace_id = '{other}' where {HERE}",
        f"update audit_audithead set workspace_id = '{other}' where {HERE}",
        workspace=trail.workspace.pk,
    )
    assert verdict(other).bad_sequence == 1


def test_verify_looks_at_every_chain_and_the_installations_own(trail: World) -> None:
    tamper(
        f"update audit_auditevent set actor_label = 'Eve' where {HERE} and sequence = 2", workspace=trail.workspace.pk
    )
    found = {line["workspace"]: line["whole"] for line in chain_verdicts(None)}
    assert found == {"installation": True, "acme": False, "elsewhere": True}


@pytest.mark.parametrize("statement", ["update audit_auditevent set action = action", "delete from audit_auditevent"])
def test_the_application_has_no_right_to_change_an_event(statement: str, world: World) -> None:
    with world.inside(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_auditevent set action = action",
        "delete from audit_auditevent",
        "update evidence_document set body = ''",
    ],
)
def test_the_owner_of_the_table_cannot_change_an_event_either(statement: str, trail: World) -> None:
    table = "evidence_document" if "evidence" in statement else "audit_auditevent"
    if table == "evidence_document":
        with trail.inside():
            connection.cursor().execute(
                "insert into evidence_document (workspace_id, digest, size_bytes, body, stored_at) "
                "values (%s, 'x', 1, 'x', now())",
                [trail.workspace.pk],
            )
    with pytest.raises(DatabaseError, match="is append-only"):
        _as_owner(f"alter table {table} no force row level security", statement)
    connections["owner"].close()


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_of_the_table_cannot_empty_it_either(table: str, trail: World) -> None:
    with pytest.raises(DatabaseError, match="is append-only"):
        _as_owner(f"truncate {table}")
    connections["owner"].close()


@transaction.atomic(using="owner")
def _as_owner(*statements: str) -> None:
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _write(world: World, number: int) -> None:
    try:
        with world.inside(), transaction.atomic():
            subject = Subject("environment", str(world.environment.pk), f"writer {number}")
            record(world.workspace.pk, "workspaces:environment:move", subject, actor=NOBODY)
            if number % 5 == 0:
                transaction.set_rollback(True)  # a failed write leaves no gap either
    finally:
        connections.close_all()


def test_fifty_writers_at_once_leave_no_gap(trail: World) -> None:
    before = verdict(trail.workspace.pk).checked
    with ThreadPoolExecutor(12) as workers:
        list(workers.map(lambda number: _write(trail, number), range(WRITERS)))
    found = verdict(trail.workspace.pk)
    assert found.is_whole
    assert found.checked == before + WRITERS * 4 // 5
    with trail.inside():
        sequences = list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(1, found.checked + 1))
        assert AuditHead.objects.get().sequence == found.checked


def test_the_first_two_events_of_a_chain_may_come_at_once(trail: World) -> None:
    place = ids.new()

    def begin(_: int) -> None:
        try:
            with within(place), transaction.atomic():
                record(place, "workspaces:sweep:read", Subject("sweep"), actor=NOBODY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(begin, range(4)))
    assert verdict(place) == Verdict(4)


@pytest.fixture
def broken_trail(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A database that refuses events from now on."""

    def refuse(event: AuditEvent) -> Any:
        event.outcome = "nothing"
        return sealed(event)

    sealed = actions._seal
    return lambda: monkeypatch.setattr(actions, "_seal", refuse)


def test_a_write_without_its_event_does_not_happen(world: World, broken_trail: Callable[[], None]) -> None:
    with world.scope() as scope:
        environments = Environment.objects.count()
        broken_trail()
        with pytest.raises(IntegrityError, match="audit_outcome"):
            create_environment(scope, "Never", actor=scope.actor)
        with pytest.raises(IntegrityError, match="audit_outcome"):
            move_environment(scope, world.environment, Lifecycle.ACTIVE, actor=scope.actor)
        assert Environment.objects.count() == environments
        assert set(Environment.objects.values_list("lifecycle", flat=True)) == {"onboarding"}


def test_an_event_is_written_only_inside_a_transaction_and_only_if_registered(committed: None) -> None:
    place = ids.new()
    with within(place):
        with pytest.raises(RuntimeError, match="inside the transaction"):
            record(place, "workspaces:sweep:read", Subject("sweep"), actor=NOBODY)
        with pytest.raises(KeyError, match="not registered"), transaction.atomic():
            record(place, "workspaces:nothing:happened", Subject("sweep"), actor=NOBODY)


def test_an_event_says_who_did_what_in_which_request(world: World) -> None:
    actor = Actor(ActorKind.KEY, "key-1", "k" * 300, on_behalf_of="Olga", request_id="r-1")
    with world.scope() as scope:
        create_environment(scope, "West", actor=actor)
        found = events(scope).first()
    assert found is not None
    assert (found.actor_kind, found.actor_id, found.on_behalf_of, found.request_id) == ("key", "key-1", "Olga", "r-1")
    assert len(found.actor_label) == 200
    assert found.environment_label == "West"

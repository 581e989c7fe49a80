"""The database refuses by itself: as the application's role nothing of the state machine can be switched off."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.findings.looks import accept, look, seen
from tests.worlds import World
from trueline.findings.models import Finding

SWITCHES = (
    "set session_replication_role = replica",
    "set local session_replication_role = replica",
    "select set_config('session_replication_role', 'replica', true)",
    "alter table findings_finding disable trigger all",
    "alter table findings_finding disable trigger findings_finding_state_moves",
    "alter table findings_findingcomment disable trigger user",
    "drop trigger findings_finding_state_moves on findings_finding",
    "drop function findings_finding_state_moves() cascade",
    (
        "create or replace function findings_finding_state_moves() returns trigger language plpgsql as "
        "$$ begin return new; end $$"
    ),
    (
        "create trigger zz before update on findings_finding for each row "
        "execute function suppress_redundant_updates_trigger()"
    ),
    "alter table findings_finding drop constraint finding_closed_says_why",
    "alter table findings_finding no force row level security",
    "alter table findings_finding disable row level security",
    "set role trueline_owner",
    "set session authorization trueline_owner",
    "truncate findings_findingexceptiondecision",
)
LIES = (
    "update findings_finding set state = 'in_progress'",
    "update findings_finding set state = 'new'",
    (
        "update findings_finding set state = 'resolved', resolved_at = now(), resolved_reason = 'verified_cleared', "
        "closed_at = now(), closed_reason = 'duplicate'"
    ),
    "update findings_finding set last_seen_at = first_seen_at - interval '1 day'",
    "delete from findings_finding",
    (
        "insert into findings_findingexception select (jsonb_populate_record(e, jsonb_build_object('id', "
        "gen_random_uuid()))).* from findings_findingexception e"
    ),
    "update findings_findingexception set status = 'pending'",
    "update findings_findingexception set reason = 'Another one.'",
    "update findings_findingexception set compensating_control = 'Somebody looks.'",
    "update findings_findingexception set expires_at = expires_at + interval '1 year'",
    "update findings_findingexception set review_due_at = review_due_at + interval '1 year'",
    "update findings_findingexception set owner_id = decided_by_id",
    "update findings_findingexception set requested_by_id = owner_id",
    "update findings_findingexception set requested_at = requested_at - interval '1 day'",
    "update findings_findingexception set pinned_path = 'another'",
    "update findings_findingexception set pinned_value = '{\"another\": 1}'",
    "update findings_findingexception set pinned_digest = 'another'",
    "update findings_findingexception set pinned_rank = 0",
    "update findings_findingexception set pinned_snapshot_id = gen_random_uuid()",
    "update findings_findingexception set pinned_scan_id = gen_random_uuid()",
    "update findings_findingexception set decided_by_id = owner_id",
    "update findings_findingexception set decided_at = decided_at - interval '1 day'",
    "update findings_findingexception set effective_from = effective_from - interval '1 day'",
    "update findings_findingexception set status = 'revoked', reason = 'Another one.'",
    "update findings_findingpause set ended_at = started_at - interval '1 day'",
    "delete from findings_findingpause",
    "update findings_findingcomment set body = 'other'",
    "update findings_findingmention set user_id = user_id",
)

REFUSALS = {"42501", "23514", "23505"}
"""Not allowed, against a rule, there already. Any other error would be a slip of the attack itself."""


@pytest.fixture
def accepted(world: World) -> Finding:
    look(world, world.environment, 9, [seen("a")])
    with world.inside():
        finding = Finding.objects.get()
        accept(world, finding)
        for state in ("triaged", "risk_accepted"):
            Finding.objects.update(state=state)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into findings_findingpause (workspace_id, id, finding_id, started_at) "
                "values (%s, gen_random_uuid(), %s, now())",
                [world.workspace.pk, finding.pk],
            )
            cursor.execute(
                "insert into findings_findingcomment (workspace_id, id, finding_id, author_id, author_label, body, "
                "created_at) values (%s, gen_random_uuid(), %s, '', '', 'said', now())",
                [world.workspace.pk, finding.pk],
            )
    return finding


@pytest.mark.parametrize("attack", [*SWITCHES, *LIES])
def test_the_application_cannot_switch_off_or_go_around(world: World, accepted: Finding, attack: str) -> None:
    with world.inside(), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert getattr(refused.value.__cause__, "sqlstate", "") in REFUSALS
    assert accepted


def test_these_attacks_come_from_the_applications_role(world: World) -> None:
    with world.inside(), connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("trueline_app", False, False)

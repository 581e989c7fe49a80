"""The database referees every state: a move that no table lists is refused to raw SQL of the application's own role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from tests.isolation.factories import Seeds
from tests.worlds import World
from trueline.findings.models import Finding
from trueline.findings.rules import MOVES as FINDING_MOVES
from trueline.findings.rules import FindingState
from trueline.kit import clock
from trueline.operations.models import OperationRun
from trueline.operations.rules import MOVES as RUN_MOVES
from trueline.operations.rules import State
from trueline.workspaces.models import Environment, Invitation
from trueline.workspaces.rules import INVITATION_MOVES, LIFECYCLE_MOVES, InvitationState, Lifecycle

MACHINES: dict[str, tuple[type[Model], str, Mapping[str, set[str]], Any, dict[str, dict[str, Any]]]] = {
    "runs": (
        OperationRun,
        "state",
        RUN_MOVES,
        State,
        {
            State.RUNNING: {"lease_until": clock.now(), "started_at": clock.now()},
            State.COMPLETED: {"outcome": "succeeded", "completed_at": clock.now()},
        },
    ),
    "findings": (
        Finding,
        "state",
        FINDING_MOVES,
        FindingState,
        {
            FindingState.RESOLVED: {"resolved_at": clock.now(), "resolved_reason": "verified_cleared"},
            FindingState.CLOSED: {"closed_at": clock.now(), "closed_reason": "duplicate"},
        },
    ),
    "environments": (Environment, "lifecycle", LIFECYCLE_MOVES, Lifecycle, {}),
    "invitations": (Invitation, "state", INVITATION_MOVES, InvitationState, {}),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_database_refuses_every_move_that_the_table_does_not_list(machine: str, world: World) -> None:
    model, column, moves, states, fields = MACHINES[machine]
    seeds = Seeds(world.workspace, world.environment, world.owner, "canary")
    refused = []
    for old in states:
        with world.inside():
            row = seeds.draft(model)
            for name, value in {column: str(old), **fields.get(old, {})}.items():
                setattr(row, name, value)
            row.save(force_insert=True)
            refused += [(old, new) for new in states if new != old and _is_refused(row, column, str(new))]
    listed = {(old, new) for old, news in moves.items() for new in news}
    assert set(refused) == {(old, new) for old in states for new in states if new != old} - listed


def _is_refused(row: Model, column: str, to: str) -> bool:
    """Whether raw SQL, as the application's role, is told that the move is illegal."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update {row._meta.db_table} set {column} = %s where id = %s", [to, row.pk])
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except IntegrityError as error:
        return "illegal move" in str(error)
    return False

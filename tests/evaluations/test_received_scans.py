"""Scans of what a system has sent: read from its files, and paired by the cases that its spans name."""

from __future__ import annotations

import pytest

from trueline.connections.registry import demo_systems
from trueline.engine.traces.receiving import Form, Signal
from trueline.evaluations import queries
from trueline.evaluations.actions.importing import import_world_model
from trueline.evaluations.actions.publishing import publish_version
from trueline.evaluations.starting import scan_kept
from trueline.kit import clock
from trueline.operations.actions.execution import execute
from trueline.traces.actions.folding import fold
from trueline.traces.actions.receiving import Sent, receive
from trueline.workspaces.actions import create_environment
from trueline.workspaces.rules import Kind


@pytest.fixture
def scans(world, settings, tmp_path):
    """Two scans of a system that has sent the same cases twice, the newer one first."""
    settings.TRACES_PATH = tmp_path / "traces"
    (system,) = demo_systems(clock.now())
    with world.scope() as scope:
        place = create_environment(scope, "Desk", actor=scope.actor, kind=Kind.AGENTS)
        taken = import_world_model(scope, system.world_model, actor=scope.actor)
        version = publish_version(scope, taken.world_model_id, "", actor=scope.actor, is_unsigned_known=True)
        for look in system.looks[:2]:
            receive(scope, place.pk, Sent(Signal.TRACES, Form.JSON, "", look.body))
            fold(scope, place.pk)
            started = scan_kept(scope, place, look.days, version.pk, actor=scope.actor)
            execute(scope.workspace_id, started.run.pk)
        return list(queries.scans(scope, place.pk))


def test_what_was_received_is_scanned_by_the_days_that_were_asked_for(scans):
    newer, older = scans
    assert (older.traces_count, newer.traces_count) == (100, 110)
    assert all(one.is_complete and one.blended is not None for one in scans)
    assert older.observed_at < newer.observed_at < clock.now()


def test_two_scans_of_received_traces_are_compared_by_the_cases_that_spans_name(scans, world, signed_in):
    newer, older = scans
    address = f"/w/{world.workspace.slug}/scans/{newer.pk}/compare?baseline={older.pk}"
    text = signed_in(world.owner).get(address).content.decode()
    assert "so nothing can be paired" not in text
    assert "40 cases" in text

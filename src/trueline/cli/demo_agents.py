"""The part of the demonstration about agents: a made-up system that sends its traces, judged by a world model."""

from __future__ import annotations

from collections.abc import Iterator

from trueline.cli.demo_report import AgentsLine
from trueline.cli.rooms import performed
from trueline.connections import registry
from trueline.connections.demonstration import DemoLook, DemoSystem
from trueline.engine.traces.receiving import Form, Signal
from trueline.evaluations import queries
from trueline.evaluations.actions.importing import import_world_model
from trueline.evaluations.actions.publishing import publish_version
from trueline.evaluations.models import WorldModelVersion
from trueline.evaluations.starting import scan_kept
from trueline.findings import queries as findings
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.scope import Scope
from trueline.operations.actions.work import Tell
from trueline.traces import queries as traces
from trueline.traces.actions.folding import fold
from trueline.traces.actions.receiving import Sent, receive
from trueline.workspaces.actions import create_environment
from trueline.workspaces.models import Environment
from trueline.workspaces.queries import environments
from trueline.workspaces.rules import Kind


def play(scope: Scope, tell: Tell) -> None:
    """Let each made-up system send what it did, look by look, and scan it; goes on where it was."""
    with within(scope.workspace_id):
        for system in registry.demo_systems(clock.now()):
            place = _place(scope, system.environment)
            done = queries.scans(scope, place.pk).count()
            version = _version(scope, system) if done < len(system.looks) else None
            for number, look in enumerate(system.looks[done:], start=done):
                tell(number, len(system.looks), system.environment)
                _take(scope, place, look, version)


def _place(scope: Scope, name: str) -> Environment:
    found = environments(scope).filter(name=name).first()
    return found or create_environment(scope, name, actor=scope.actor, kind=Kind.AGENTS)


def _version(scope: Scope, system: DemoSystem) -> WorldModelVersion:
    """The published rules. Nobody has signed them off, and the page says so."""
    taken = import_world_model(scope, system.world_model, actor=scope.actor)
    there = queries.versions(scope, [taken.world_model_id]).first()
    return there or publish_version(scope, taken.world_model_id, "", actor=scope.actor, is_unsigned_known=True)


def _take(scope: Scope, place: Environment, look: DemoLook, version: WorldModelVersion | None) -> None:
    receive(scope, place.pk, Sent(Signal.TRACES, Form.JSON, "", look.body))
    while fold(scope, place.pk):
        pass
    started = scan_kept(scope, place, look.days, version.pk if version else None, actor=scope.actor)
    performed(scope, started.run)


def lines(scope: Scope) -> Iterator[AgentsLine]:
    """What each system of agents shows now."""
    with within(scope.workspace_id):
        rows = list(environments(scope).filter(kind=Kind.AGENTS))
        numbers = findings.open_counts(scope, [row.pk for row in rows])
        active = traces.activities(scope, [row.pk for row in rows])
        for row in rows:
            newest, sent = queries.scans(scope, row.pk).first(), active.get(row.pk)
            yield AgentsLine(
                name=row.name,
                traces=sent.traces if sent else 0,
                failed=sent.failed if sent else 0,
                score=newest.blended if newest else None,
                open_findings=numbers.get(row.pk, {}),
            )

"""The demonstration: a workspace with generated tenants, captured through the same doors as real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from trueline.cli import demo_agents
from trueline.cli.demo_report import EnvironmentLine
from trueline.cli.rooms import captured, environment_named, operator
from trueline.connections import registry
from trueline.connections.demonstration import DemoExport
from trueline.findings import queries as findings
from trueline.inventory import actions as inventory
from trueline.inventory import queries
from trueline.inventory.assertions.reading import parse_baseline
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.scope import Scope
from trueline.operations.actions.work import Tell
from trueline.workspaces import access
from trueline.workspaces.actions import create_person, create_workspace, make_sign_in_link
from trueline.workspaces.installation import every_workspace
from trueline.workspaces.models import Environment, User
from trueline.workspaces.queries import environments, person_by_email
from trueline.workspaces.rules import Kind

WORKSPACE, SLUG, EMAIL, OWNER = "Demo", "demo", "demo@localhost.localdomain", "Demo Owner"
_BLIND = {"denied", "not_licensed", "partial"}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demonstration takes place."""

    owner: User
    scope: Scope
    is_new: bool


def stage() -> Stage:
    """The demo workspace and its owner, made when missing. Call inside no workspace."""
    owner = person_by_email(EMAIL) or create_person(EMAIL, OWNER, actor=operator(), is_staff=True)
    found = next((place.id for place in every_workspace(actor=operator(), purpose="demo") if place.slug == SLUG), None)
    workspace_id = found or create_workspace(WORKSPACE, owner=owner, actor=operator(), slug=SLUG).pk
    with within(workspace_id):
        return Stage(owner, access.system(workspace_id, operator().label), is_new=found is None)


def play(where: Stage, folder: Path, tell: Tell) -> None:
    """Capture every export that is not captured yet, oldest first, then hear what the made-up agents sent.

    Stopped half-way, it goes on where it was.
    """
    provider = registry.export_provider()
    if provider.make_demo is None:
        return
    exports = provider.make_demo(folder)
    with within(where.scope.workspace_id):
        done = {row.name: queries.snapshots(where.scope, row.pk).count() for row in environments(where.scope)}
        for number, export in enumerate(exports):
            tell(number, len(exports), export.environment)
            if done.get(export.environment, 0) > 0:
                done[export.environment] -= 1
            else:
                _take(where.scope, export)
    demo_agents.play(where.scope, tell)


def _take(scope: Scope, export: DemoExport) -> None:
    environment = environment_named(scope, export.environment)
    standard = queries.baselines(scope).filter(key="").first()
    if not export.is_standard and standard is not None:
        inventory.assign_baseline(scope, standard.pk, environment, actor=scope.actor)
        _ask(scope, environment)
    snapshot = captured(scope, environment, export.path, _moment(export))
    if export.is_standard and standard is None:
        inventory.make_baseline(scope, environment.name, snapshot.pk, actor=scope.actor)


def _ask(scope: Scope, environment: Environment) -> None:
    """Hold the first tenant to a shipped set of questions, too, so that their answers are there to be seen."""
    shipped = (parse_baseline(text, name=key) for key, text in registry.export_provider().baselines().items())
    asks = next((one for one in shipped if any(each.question for each in one.assertions)), None)
    if asks is None or queries.baselines(scope).filter(key=asks.id).exists():
        return
    made = inventory.make_baseline(scope, asks.title, None, actor=scope.actor, asks=asks)
    inventory.assign_baseline(scope, made.pk, environment, actor=scope.actor)


def _moment(export: DemoExport) -> datetime:
    return clock.now() - timedelta(days=export.days_ago)


def lines(scope: Scope) -> Iterator[EnvironmentLine]:
    """What each tenant shows now."""
    with within(scope.workspace_id):
        rows = list(environments(scope).exclude(kind=Kind.AGENTS))
        newest = queries.newest_snapshots(scope, [row.pk for row in rows])
        numbers = findings.open_counts(scope, [row.pk for row in rows])
        ended = findings.outcome_counts(scope)
        for row in rows:
            snapshot = newest.get(row.pk)
            areas = queries.areas(scope, snapshot.pk) if snapshot else []
            yield EnvironmentLine(
                name=row.name,
                objects=snapshot.objects_count if snapshot else None,
                unread=snapshot.unread_count if snapshot else None,
                blind_areas=tuple(area.area for area in areas if area.coverage in _BLIND),
                open_findings=numbers.get(row.pk, {}),
                cleared=ended.get(row.pk, (0, 0))[0],
                reopened=ended.get(row.pk, (0, 0))[1],
            )


def door_token(where: Stage) -> str:
    """A token that signs the demo's owner in once."""
    return make_sign_in_link(where.owner, actor=operator())

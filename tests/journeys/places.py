"""Every address that an owner of the demonstration can open, found by walking the resolver."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from tests.isolation.routes import Route, model_of, routes
from trueline.cli import demo_story
from trueline.findings import queries as findings
from trueline.inventory import queries as inventory
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.scope import Scope
from trueline.operations.actions.execution import execute
from trueline.reviews import queries_cycles as cycles
from trueline.reviews.actions import publish_review, ready_review, write_review
from trueline.reviews.actions_cycles import Terms, create_cycle, take_due_turns
from trueline.reviews.cycles import Dates, Interval
from trueline.web.page_help import WITHOUT
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.actions import invite
from trueline.workspaces.models import Environment, User
from trueline.workspaces.rules import Kind

_OF_A_LINK_IN_A_MAIL = ("confirm-email/", "password/reset/key/")
"""Addresses whose last part is a secret that was sent to somebody."""
_NOT_A_PAGE = ("language", "healthz")
_ELSEWHERE = ("account/oidc/", "account/social/", "api/")
"""Addresses that lead to somebody else, or are no pages: programs read them."""


OF_AGENTS = (
    "scans", "scan_new", "traces", "trace_import", "trace", "trace_span",
    "environment_receiver", "system_graph", "prompt_templates",
)  # fmt: skip
OF_BOTH = ("environment",)
"""Pages that only a system of agents fills, and such as look another way there."""


def demonstration(folder: Path) -> User:
    """Play the demonstration and invite somebody into it; gives its owner."""
    where = demo_story.stage()
    demo_story.play(where, folder / "exports", lambda *_told: None)
    with within(where.scope.workspace_id):
        scope = access.enter(where.owner, where.scope.workspace_id)
        invite(scope, "guest@example.org", "viewer", actor=scope.actor)
        _reviewed(scope)
    return where.owner


def _reviewed(scope: Scope) -> None:
    """A review that a cycle has brought, and that the owner has published."""
    held = workspaces.environments(scope).get(id=findings.open_findings(scope).filter(scan_id=None)[0].environment_id)
    today = clock.now().date()
    dates = Dates(Interval.EVERY_DAYS, 30, 1, today, 0, 0, "UTC")
    create_cycle(
        scope, held, Terms("Look at the north", dates, "en", addresses=["board@example.org"]), actor=scope.actor
    )
    system = access.system(scope.workspace_id)
    take_due_turns(system, actor=system.actor)
    turn = cycles.turns(scope)[0]
    execute(scope.workspace_id, turn.run_id)
    made = cycles.turn(scope, turn.pk).review
    write_review(scope, made.pk, made.title, "Three things matter.", actor=scope.actor)
    ready_review(scope, made.pk, actor=scope.actor)
    publish_review(scope, made.pk, actor=scope.actor)


def addresses(owner: User) -> dict[str, str]:
    """Address by the name of its route. A route with a parameter that names nothing we know fails."""
    door = access.doors(owner)[0]
    with within(door.workspace_id):
        values = _values(access.enter(owner, door.workspace_id))
        pages = [route for route in routes() if route.is_plain and _is_a_page(route)]
        for parameter in {name for route in pages for name in route.parameters} - values.keys():
            values |= _some(parameter, door.workspace_id)
        of_agents = values | {"environment": _agents(access.enter(owner, door.workspace_id)).slug}
    found = {}
    for page in pages:
        if page.parameters.keys() <= values.keys():
            is_of_agents = page.name in OF_AGENTS
            found[page.name or page.path] = page.url(of_agents if is_of_agents else values)
        if page.name in OF_BOTH:
            found[f"{page.name} of agents"] = page.url(of_agents)
    return found


def _agents(scope: Scope) -> Environment:
    return workspaces.environments(scope).get(kind=Kind.AGENTS)


def _is_a_page(route: Route) -> bool:
    is_left_out = route.path in _NOT_A_PAGE or any(part in route.path for part in _OF_A_LINK_IN_A_MAIL)
    is_a_file = route.name.endswith("_export") or WITHOUT.get(route.name) == "a file"
    return not is_left_out and not is_a_file and not route.path.startswith(_ELSEWHERE)


def _some(parameter: str, workspace_id: UUID) -> dict[str, str]:
    """Any record of that kind; none where the demonstration has none. Fails for a parameter that names no kind."""
    row = model_of(parameter).objects.filter(workspace_id=workspace_id).first()
    return {parameter: str(row.pk)} if row else {}


def _values(scope: Scope) -> dict[str, str]:
    """What each parameter of an address stands for here; they belong together."""
    asserted = inventory.baselines(scope).exclude(key="").get()
    held = inventory.assignments(scope).get(profile_id=asserted.pk)
    drifted = findings.open_findings(scope).filter(scan_id=None, environment_id=held.environment_id)
    finding = drifted.exclude(standard_id=str(asserted.pk)).first()
    assert finding is not None
    environment = workspaces.environments(scope).get(pk=finding.environment_id)
    snapshot = inventory.newest_snapshots(scope, [environment.pk])[environment.pk]
    members = workspaces.members(scope)
    values: dict[str, object] = {
        "workspace": scope.workspace_slug,
        "environment": environment.slug,
        "environment_id": environment.pk,
        "snapshot_id": snapshot.pk,
        "item_id": inventory.items(scope, snapshot.pk)[0].pk,
        "profile_id": asserted.pk,
        "finding_id": finding.pk,
        "run_id": snapshot.run_id,
        "membership_id": members[0].pk,
        "invitation_id": workspaces.open_invitations(scope)[0].pk,
        "workspace_id": scope.workspace_id,
        "token": "never-was",
        "pk": 1,
        "provider_id": "oidc",
    }
    return {name: str(value) for name, value in values.items()}


def title_of(name: str) -> str:
    """A file name for a route."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")

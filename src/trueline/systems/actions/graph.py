"""Keep the graph of a system as looks show it, and what people say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.engine.traces import callgraph
from trueline.engine.traces.callgraph import PartKind
from trueline.kit import clock
from trueline.kit.scope import ActorKind, NotVisible
from trueline.systems import queries
from trueline.systems.errors import AlreadyKnown, MoveRefused, NameMissing, PersonNeeded
from trueline.systems.models import GraphPart
from trueline.systems.rules import MOST_DECIDED, PART_MOVES, Origin, PartState, part_label
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.kit.scope import Actor, Scope
    from trueline.workspaces.models import Environment, User

_NUMBERS = ("runs", "calls", "failed", "seconds", "tokens", "cost")
_LABELS = 20


# lint: allow TL015 a step of keeping a scan, which says who and leaves the event
def note_parts(scope: Scope, environment_id: UUID, seen: Iterable[callgraph.GraphPart], observed_at: datetime) -> None:
    """Bring the graph to what a look showed. What nobody knew is a draft; a later look has the last word on numbers."""
    known = {(one.kind, one.agent, one.target): one for one in queries.graph_parts(scope, environment_id)}
    fresh = []
    for part in seen:
        there = known.get(part.key)
        if there is None:
            fresh.append(_first(scope, environment_id, part, observed_at))
        else:
            _see_again(there, part, observed_at)
    GraphPart.objects.bulk_create(fresh)
    GraphPart.objects.bulk_update(known.values(), [*_NUMBERS, "first_seen_at", "last_seen_at"])


def _first(scope: Scope, environment_id: UUID, part: callgraph.GraphPart, observed_at: datetime) -> GraphPart:
    return GraphPart(
        workspace_id=scope.workspace_id,
        environment_id=environment_id,
        kind=part.kind,
        agent=part.agent,
        target=part.target,
        origin=Origin.INFERRED,
        first_seen_at=observed_at,
        last_seen_at=observed_at,
        **{name: getattr(part, name) for name in _NUMBERS},
    )


def _see_again(there: GraphPart, part: callgraph.GraphPart, observed_at: datetime) -> None:
    there.first_seen_at = min(there.first_seen_at or observed_at, observed_at)
    if there.last_seen_at is None or there.last_seen_at <= observed_at:
        there.last_seen_at = observed_at
        for name in _NUMBERS:
            setattr(there, name, getattr(part, name))


@transaction.atomic
def decide_parts(  # noqa: PLR0913 - which parts of what, which way, and who
    scope: Scope,
    environment_id: UUID,
    part_ids: Iterable[UUID],
    state: PartState,
    *,
    actor: Actor,
    decider: User | None,
) -> list[GraphPart]:
    """Confirm parts of the graph, or say that they do not belong to it; all or none. Only a person does that.

    Raises `NotVisible` when one is not of this environment, `NotAllowed`, `PersonNeeded`, `MoveRefused`.
    """
    environment = access.environment_by_id(scope, environment_id)
    scope.require(Capability.ENVIRONMENTS_MANAGE, environment.pk)
    wanted = set(part_ids)
    found = list(queries.graph_parts(scope, environment.pk).filter(id__in=wanted).select_for_update(of=("self",)))
    if len(found) != len(wanted):
        raise NotVisible
    if actor.kind is not ActorKind.HUMAN:
        raise PersonNeeded
    if not 0 < len(found) <= MOST_DECIDED or any(state not in PART_MOVES[one.state] for one in found):
        raise MoveRefused
    for one in found:
        one.state, one.decided_at = state, clock.now()
        one.decided_by, one.decided_by_label = decider, actor.label[:200]
    GraphPart.objects.bulk_update(found, ["state", "decided_at", "decided_by", "decided_by_label"])
    told = [part_label(one.kind, one.agent, one.target) for one in found]
    after = {"state": str(state), "parts": len(told), "named": told[:_LABELS]}
    record(scope.workspace_id, "systems:graph:decide", _subject(environment), actor=actor, after=after)
    return found


@transaction.atomic
def declare_part(  # noqa: PLR0913 - a part is these words, and somebody says so
    scope: Scope, environment_id: UUID, kind: PartKind, agent: str, target: str, *, actor: Actor, decider: User | None
) -> GraphPart:
    """Say that the system has an agent, or a way from it, whether a trace has shown it or not.

    What a program says is a draft until a person confirms it. Raises `NotAllowed`, `NameMissing`, `AlreadyKnown`.
    """
    environment = access.environment_by_id(scope, environment_id)
    scope.require(Capability.ENVIRONMENTS_MANAGE, environment.pk)
    agent, target = agent.strip(), "" if kind is PartKind.AGENT else target.strip()
    if not agent or (kind is not PartKind.AGENT and not target):
        raise NameMissing
    made = GraphPart(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        kind=kind,
        agent=agent[: callgraph.LONGEST_NAME],
        target=target[: callgraph.LONGEST_NAME],
        origin=Origin.DECLARED,
    )
    if actor.kind is ActorKind.HUMAN:
        made.state, made.decided_at = PartState.CONFIRMED, clock.now()
        made.decided_by, made.decided_by_label = decider, actor.label[:200]
    same = {"kind": str(made.kind), "agent": made.agent, "target": made.target}
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # a trace has shown it, or somebody was first
        raise AlreadyKnown from error
    record(scope.workspace_id, "systems:graph:declare", _subject(environment), actor=actor, after=same)
    return made


def _subject(environment: Environment) -> Subject:
    return Subject("agent_graph", str(environment.pk), environment.name, environment.pk, environment.name)

"""Keep the prompt templates of a system as looks show them, and what people say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock
from trueline.kit.digest import sha256
from trueline.kit.scope import ActorKind
from trueline.systems import queries
from trueline.systems.errors import AlreadyKnown, MoveRefused, NameMissing, PersonNeeded
from trueline.systems.models import PromptTemplate
from trueline.systems.prompts import FoundTemplate, adjusted_segments, declared_segments, is_alike
from trueline.systems.rules import TEMPLATE_MOVES, Origin, TemplateState
from trueline.workspaces import access
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.kit.scope import Actor, Scope
    from trueline.workspaces.models import User

_T = TemplateState
_COLUMNS = (
    "key", "segments", "prompts_count", "read_count", "samples_count", "confidence", "trace_ids", "first_seen_at",
    "last_seen_at",
)  # fmt: skip


# lint: allow TL015 a step of keeping a scan, which says who and leaves the event
def note_templates(scope: Scope, environment_id: UUID, found: Iterable[FoundTemplate], observed_at: datetime) -> None:
    """Bring the templates to what a look showed.

    A draft follows the prompts. What a person has confirmed stays as it is: prompts that have changed since are a draft
    beside it.
    """
    known = list(queries.prompt_templates(scope, environment_id))
    left, fresh = list(known), list[PromptTemplate]()
    for one in found:
        there = _same(left, one)
        if there is None:
            made = PromptTemplate(
                workspace_id=scope.workspace_id,
                environment_id=environment_id,
                agent=one.agent,
                role=one.role,
                origin=Origin.INFERRED,
                first_seen_at=observed_at,
            )
            _see(made, one, observed_at)
            fresh.append(made)
            continue
        left.remove(there)
        if there.last_seen_at is None or there.last_seen_at <= observed_at:
            _see(there, one, observed_at)
    PromptTemplate.objects.bulk_create(fresh)
    PromptTemplate.objects.bulk_update(known, _COLUMNS)


def _same(known: Sequence[PromptTemplate], one: FoundTemplate) -> PromptTemplate | None:
    """The template of the same constants, else a draft of the same agent whose constants are nearly these."""
    by_key = next((there for there in known if there.key == one.key), None)
    if by_key is not None:
        return by_key
    drafts = [
        there for there in known if there.state == _T.DRAFT and (there.agent, there.role) == (one.agent, one.role)
    ]
    return next((there for there in drafts if is_alike(there.segments, one.segments)), None)


def _see(there: PromptTemplate, one: FoundTemplate, observed_at: datetime) -> None:
    there.key, there.last_seen_at = one.key, observed_at
    if there.state == _T.DRAFT:
        there.segments = one.segments
    there.prompts_count, there.read_count, there.samples_count = one.prompts, one.read, one.samples
    there.confidence, there.trace_ids = one.confidence, one.trace_ids


@transaction.atomic
def decide_template(
    scope: Scope, prompt_template_id: UUID, state: TemplateState, *, actor: Actor, decider: User | None
) -> PromptTemplate:
    """Confirm a template as it was read, or say that it is none. Raises `NotVisible`, `NotAllowed`, `MoveRefused`."""
    found = _locked(scope, prompt_template_id, state)
    if state is _T.ADJUSTED:
        raise MoveRefused
    found.adjusted = None if state is _T.CONFIRMED else found.adjusted
    return _decided(scope, found, state, actor, decider)


@transaction.atomic
def adjust_template(
    scope: Scope, prompt_template_id: UUID, wishes: Sequence[tuple[str, str]], *, actor: Actor, decider: User | None
) -> PromptTemplate:
    """Confirm a template with other parts and names of slots than were read.

    Raises `NotVisible`, `NotAllowed`, `MoveRefused`, `TemplateUnreadable`.
    """
    found = _locked(scope, prompt_template_id, _T.ADJUSTED)
    found.adjusted = adjusted_segments(found.segments, wishes)
    return _decided(scope, found, _T.ADJUSTED, actor, decider)


@transaction.atomic
def declare_template(  # noqa: PLR0913 - whose, which text, and who says so
    scope: Scope, environment_id: UUID, agent: str, role: str, text: str, *, actor: Actor, decider: User | None
) -> PromptTemplate:
    """Say which template an agent uses, in place of having it read off traces.

    What a program says is a draft until a person confirms it. Raises `NotAllowed`, `NameMissing`, `TemplateUnreadable`,
    `AlreadyKnown`.
    """
    environment = access.environment_by_id(scope, environment_id)
    scope.require(Capability.ENVIRONMENTS_MANAGE, environment.pk)
    agent = agent.strip()[:200]
    if not agent:
        raise NameMissing
    segments = declared_segments(text)
    key = sha256(f"declared\x00{agent}\x00{role}\x00{text}".encode())[:32]
    if queries.prompt_templates(scope, environment.pk).filter(key=key).exists():
        raise AlreadyKnown
    made = PromptTemplate(
        workspace_id=scope.workspace_id,
        environment_id=environment.pk,
        key=key,
        agent=agent,
        role=role,
        origin=Origin.DECLARED,
        segments=segments,
    )
    if actor.kind is ActorKind.HUMAN:
        made.state, made.decided_at = _T.CONFIRMED, clock.now()
        made.decided_by, made.decided_by_label = decider, actor.label[:200]
    made.save(force_insert=True)
    _tell(scope, "systems:template:declare", made, "", actor)
    return made


def _locked(scope: Scope, prompt_template_id: UUID, state: TemplateState) -> PromptTemplate:
    """The template, locked, when it may become that; a draft that a look changes meanwhile waits."""
    found = queries.prompt_template(scope, prompt_template_id)
    scope.require(Capability.ENVIRONMENTS_MANAGE, found.environment_id)
    mine = PromptTemplate.objects.filter(workspace_id=scope.workspace_id)
    locked = mine.select_for_update(of=("self",)).get(id=found.pk)
    is_adjusted_again = locked.state == _T.ADJUSTED and state is _T.ADJUSTED
    if state not in TEMPLATE_MOVES[locked.state] and not is_adjusted_again:
        raise MoveRefused
    return locked


def _decided(
    scope: Scope, found: PromptTemplate, state: TemplateState, actor: Actor, decider: User | None
) -> PromptTemplate:
    if actor.kind is not ActorKind.HUMAN:
        raise PersonNeeded
    before = found.state
    found.state, found.decided_at = state, clock.now()
    found.decided_by, found.decided_by_label = decider, actor.label[:200]
    found.save(update_fields=["state", "adjusted", "decided_at", "decided_by", "decided_by_label"])
    _tell(scope, "systems:template:decide", found, before, actor)
    return found


def _tell(scope: Scope, action: str, found: PromptTemplate, before: str, actor: Actor) -> None:
    environment = access.environment_by_id(scope, found.environment_id)
    named = f"{found.agent or '·'} · {found.role}"
    subject = Subject("prompt_template", str(found.pk), named, environment.pk, environment.name)
    told = {"state": before} if before else None
    record(scope.workspace_id, action, subject, actor=actor, before=told, after={"state": str(found.state)})

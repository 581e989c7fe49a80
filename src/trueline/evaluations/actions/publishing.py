"""Publish a version of a world model, and retire a model."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.engine.rules import model as engine
from trueline.engine.rules.authority import authority_ref
from trueline.engine.rules.writing import model_document
from trueline.evaluations import queries
from trueline.evaluations.errors import GateNotPassed, ModelRetired, NothingEnshrined, NothingNew, WhyMissing
from trueline.evaluations.models import WorldModel, WorldModelVersion
from trueline.evaluations.rules import ModelState, counted, errors_of, version_digest
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.rules import Capability


@transaction.atomic
def publish_version(
    scope: Scope, world_model_id: UUID, notes: str, *, actor: Actor, is_unsigned_known: bool = False
) -> WorldModelVersion:
    """Publish the rules as they are now. The version is the unit of authority: scores name it, and it never changes.

    Args:
        scope: Where.
        world_model_id: Which model.
        notes: What is new; the only way to restate what a former version said.
        actor: Who publishes.
        is_unsigned_known: That no rule is enshrined is known, and it shall be published all the same.

    Raises `NotVisible`, `ModelRetired`, `GateNotPassed`, `NothingEnshrined`, `NothingNew`.
    """
    scope.require(Capability.WORLD_MODELS_APPROVE)
    found = _locked(scope, world_model_id)
    drafted = queries.as_drafted(scope, found)
    wrong = errors_of(drafted)
    if wrong:
        raise GateNotPassed("; ".join(f"{each.rule_id or found.key}: {each.message}" for each in wrong[:3]))
    numbers = counted(drafted)
    if not numbers.enshrined and not is_unsigned_known:
        raise NothingEnshrined
    former = WorldModelVersion.objects.filter(workspace_id=scope.workspace_id, world_model_id=found.pk)
    newest = former.order_by("-number").first()
    if newest is not None and newest.digest == version_digest(drafted):
        raise NothingNew
    number = 1 if newest is None else newest.number + 1
    is_taken = former.filter(label=found.file_version).exists()
    made = _version(found, drafted, number, f"{found.file_version}+{number}" if is_taken else found.file_version)
    made.notes, made.published_by_label = notes.strip(), actor.label[:200]
    made.save(force_insert=True)
    if found.state == ModelState.DRAFT:
        found.state = ModelState.PUBLISHED
        found.save(update_fields=["state"])
    after = {"version": made.label, "in_force": numbers.in_force, "enshrined": numbers.enshrined, "sha256": made.digest}
    record(scope.workspace_id, "evaluations:version:publish", _subject(found), actor=actor, after=after)
    return made


def _version(found: WorldModel, drafted: engine.WorldModel, number: int, label: str) -> WorldModelVersion:
    labelled, numbers = replace(drafted, version=label), counted(drafted)
    handle = authority_ref(labelled)
    return WorldModelVersion(
        workspace_id=found.workspace_id,
        world_model=found,
        number=number,
        label=label,
        document=model_document(labelled),
        digest=version_digest(drafted),
        authority_uuid=handle["uuid"],
        authority_digest=handle["sha256"],
        rules_count=numbers.rules,
        in_force_count=numbers.in_force,
        enshrined_count=numbers.enshrined,
    )


@transaction.atomic
def retire_model(scope: Scope, world_model_id: UUID, reason: str, *, actor: Actor) -> WorldModel:
    """End a world model. Its versions, and what was judged by them, stay. Raises `ModelRetired`, `WhyMissing`."""
    scope.require(Capability.WORLD_MODELS_APPROVE)
    found = _locked(scope, world_model_id)
    if not reason.strip():
        raise WhyMissing
    before, found.state = found.state, ModelState.RETIRED
    found.save(update_fields=["state"])
    after = {"state": str(found.state), "reason": reason.strip()[:200]}
    record(
        scope.workspace_id,
        "evaluations:model:retire",
        _subject(found),
        actor=actor,
        before={"state": before},
        after=after,
    )
    return found


def _locked(scope: Scope, world_model_id: UUID) -> WorldModel:
    queries.world_model(scope, world_model_id)
    found = WorldModel.objects.select_for_update().get(workspace_id=scope.workspace_id, id=world_model_id)
    if found.state == ModelState.RETIRED:
        raise ModelRetired
    return found


def _subject(found: WorldModel) -> Subject:
    return Subject("world_model", str(found.pk), found.name)

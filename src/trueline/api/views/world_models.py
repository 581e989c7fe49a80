"""World models: the rules by which agents are judged. A rule is signed off on its page, by a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import agents
from trueline.api.schemas.shapes import Paging
from trueline.evaluations import models, queries
from trueline.evaluations.actions.importing import import_world_model
from trueline.evaluations.actions.publishing import publish_version
from trueline.workspaces.rules import Capability

_TAG = "World models"
_VIEW = Capability.FINDINGS_VIEW
_ONE = "/world-models/{uuid:world_model_id}"
_RULE = ("id", "key", "text", "why", "status", "tier", "source", "is_hard", "weight", "dimension")
_VERSION = (
    "id", "world_model_id", "number", "label", "digest", "authority_uuid", "authority_digest", "notes", "published_at",
)  # fmt: skip


@operation("GET", "/world-models", _VIEW, agents.WorldModelPage, tag=_TAG)
def list_world_models(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """World models by name."""
    found = queries.world_models(asked.scope)
    return page(asked, filters, found, ("name", "id"), lambda rows: _shown(asked, rows))


@operation("POST", "/world-models", Capability.WORLD_MODELS_MANAGE, agents.TakenWorldModel, tag=_TAG, success=201)
def take_world_model(asked: Asked, given: agents.NewWorldModel) -> agents.TakenWorldModel:
    """Take in a world model, or bring the one of its id to what the text says.

    No rule comes in above provisional: signing off is done by a person, on the rule's page. Answers 422 for a text that
    is no world model, or that changes a rule which was signed off.
    """
    taken = import_world_model(asked.scope, given.text, actor=asked.actor)
    asked.made("world-models", taken.world_model_id)
    found = queries.world_model(asked.scope, taken.world_model_id)
    counts = {name: getattr(taken, name) for name in ("added", "changed", "unchanged", "lowered", "kept")}
    return agents.TakenWorldModel(world_model=_shown(asked, [found])[0], **counts)


@operation("GET", _ONE, _VIEW, agents.WorldModel, tag=_TAG, record=True)
def get_world_model(asked: Asked, world_model_id: UUID) -> agents.WorldModel:
    """One world model."""
    return _shown(asked, [_found(asked, world_model_id)])[0]


@operation("GET", _ONE + "/rules", _VIEW, agents.WorldRulePage, tag=_TAG, record=True)
def list_world_rules(asked: Asked, world_model_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """Rules of a world model in the order of their file, retired ones too."""
    found = _found(asked, world_model_id)
    rules = queries.world_rules(asked.scope, [found.pk])
    return page(asked, filters, rules, ("position", "id"), lambda rows: [_rule(one) for one in rows])


@operation("GET", _ONE + "/versions", _VIEW, agents.ModelVersionPage, tag=_TAG, record=True)
def list_model_versions(asked: Asked, world_model_id: UUID, filters: Query[Paging]) -> dict[str, Any]:
    """Published versions of a world model, the newest first, without their documents."""
    found = _found(asked, world_model_id)
    versions = queries.versions(asked.scope, [found.pk])
    return page(asked, filters, versions, ("-number", "id"), lambda rows: [_version(one) for one in rows])


@operation(
    "POST",
    _ONE + "/versions",
    Capability.WORLD_MODELS_APPROVE,
    agents.ModelVersion,
    tag=_TAG,
    success=201,
    record=True,
)
def publish_model_version(asked: Asked, world_model_id: UUID, given: agents.NewModelVersion) -> agents.ModelVersion:
    """Publish the rules as they are now; scores name the version, and it never changes.

    Answers 422 when no rule is signed off and nobody said that this is known, or when the newest version says the same;
    409 when the world model is retired.
    """
    queries.world_model(asked.scope, world_model_id)
    asked.scope.require(Capability.WORLD_MODELS_APPROVE)
    made = publish_version(
        asked.scope, world_model_id, given.notes, actor=asked.actor, is_unsigned_known=given.is_unsigned_known
    )
    asked.made("world-model-versions", made.pk)
    return _version(made)


@operation(
    "GET",
    "/world-model-versions/{uuid:world_model_version_id}",
    _VIEW,
    agents.ModelVersionDetail,
    tag=_TAG,
    record=True,
)
def get_model_version(asked: Asked, world_model_version_id: UUID) -> agents.ModelVersionDetail:
    """One published version with its document."""
    found = queries.version(asked.scope, world_model_version_id)
    asked.scope.require(_VIEW)
    return agents.ModelVersionDetail(**_version(found).model_dump(), document=found.document)


def _found(asked: Asked, world_model_id: UUID) -> models.WorldModel:
    found = queries.world_model(asked.scope, world_model_id)
    asked.scope.require(_VIEW)
    return found


def _shown(asked: Asked, rows: list[models.WorldModel]) -> list[agents.WorldModel]:
    newest: dict[UUID, str] = {}
    for version in queries.versions(asked.scope, [one.pk for one in rows]):
        newest.setdefault(version.world_model_id, version.label)
    names = ("id", "key", "name", "domain", "state", "authority", "authority_version", "updated_at")
    return [
        agents.WorldModel(newest_version=newest.get(one.pk), **{name: getattr(one, name) for name in names})
        for one in rows
    ]


def _rule(one: models.WorldRule) -> agents.WorldRule:
    copied = {name: getattr(one, name) for name in _RULE}
    return agents.WorldRule(check=one.check_json, approved_by=one.approved_by_label, **copied)


def _version(one: models.WorldModelVersion) -> agents.ModelVersion:
    return agents.ModelVersion(
        rules=one.rules_count,
        in_force=one.in_force_count,
        enshrined=one.enshrined_count,
        published_by=one.published_by_label,
        **{name: getattr(one, name) for name in _VERSION},
    )

"""From one release of a standard to the next: begin a plan, answer its pieces, make the version, or let it be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.evidence import actions as evidence
from trueline.evidence.rules import pack
from trueline.inventory import queries, queries_standards
from trueline.inventory.actions import add_baseline_version
from trueline.inventory.assertions.merging import Choice, merged
from trueline.inventory.assertions.writing import baseline_document
from trueline.inventory.errors import NothingToUpgrade, OtherKey, PiecesOpen, UpgradeOvertaken
from trueline.inventory.models import BaselineProfile, BaselineUpgrade, BaselineVersion
from trueline.kit.scope import Actor, Scope
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.inventory.assertions.model import Baseline


@transaction.atomic
def begin_upgrade(scope: Scope, profile_id: UUID, asks: Baseline, *, actor: Actor) -> BaselineUpgrade:
    """Begin a plan to the next release; one that was begun before is put aside for it.

    Raises `NothingToUpgrade` for a standard that asks for nothing yet, `OtherKey` for a release of something else.
    """
    scope.require(Capability.BASELINES_MANAGE)
    profile = queries.baseline(scope, profile_id)
    version = queries_standards.version(scope, profile.pk)
    if version is None or version.document_digest is None:
        raise NothingToUpgrade
    if asks.id != profile.key:
        raise OtherKey(asks.id, profile.key)
    queries_standards.must_hold(scope, queries_standards.base_of(scope, asks), asks)
    document = pack(baseline_document(asks))
    evidence.keep(scope.workspace_id, [document])
    BaselineUpgrade.objects.filter(workspace_id=scope.workspace_id, profile_id=profile.pk).delete()
    made = BaselineUpgrade.objects.create(
        workspace_id=scope.workspace_id,
        profile=profile,
        version=version,
        document_digest=document.digest,
        release=asks.version,
    )
    after = {"from": version.release, "to": asks.version}
    record(scope.workspace_id, "inventory:upgrade:begin", _subject(profile), actor=actor, after=after)
    return made


@transaction.atomic
def answer_upgrade(scope: Scope, profile_id: UUID, answers: Mapping[str, str], *, actor: Actor) -> BaselineUpgrade:
    """Keep answers to pieces of the plan; what is no piece of it is left aside."""
    scope.require(Capability.BASELINES_MANAGE)
    upgrade = queries_standards.upgrade(scope, profile_id)
    upgrade = BaselineUpgrade.objects.select_for_update().get(workspace_id=scope.workspace_id, id=upgrade.pk)
    known = {item.id for item in queries_standards.upgrade_pieces(scope, upgrade)}
    given = {key: str(Choice(answer)) for key, answer in answers.items() if key in known}
    upgrade.choices = {**upgrade.choices, **given}
    upgrade.save(update_fields=["choices"])
    subject = _subject(queries.baseline(scope, profile_id))
    after = {"answered": len(given), "open": len(known - upgrade.choices.keys())}
    record(scope.workspace_id, "inventory:upgrade:answer", subject, actor=actor, after=after)
    return upgrade


@transaction.atomic
def finish_upgrade(scope: Scope, profile_id: UUID, *, actor: Actor) -> BaselineVersion:
    """Make the version that the answers describe. A capture that the standard holds stays part of it.

    Raises `PiecesOpen` while a piece has no answer, `UpgradeOvertaken` when there is another version by now.
    """
    scope.require(Capability.BASELINES_MANAGE)
    upgrade = queries_standards.upgrade(scope, profile_id)
    newest = queries_standards.version(scope, profile_id)
    if newest is None or newest.pk != upgrade.version_id:
        raise UpgradeOvertaken
    decided = queries_standards.upgrade_pieces(scope, upgrade)
    if missing := [item for item in decided if item.id not in upgrade.choices]:
        raise PiecesOpen(len(missing))
    made = merged(queries_standards.upgrade_target(scope, upgrade), decided, upgrade.choices)
    upgrade.delete()
    return add_baseline_version(scope, profile_id, None, actor=actor, asks=made, keeps_capture=True)


@transaction.atomic
def discard_upgrade(scope: Scope, profile_id: UUID, *, actor: Actor) -> None:
    """Let the plan be; the standard stays as it is."""
    scope.require(Capability.BASELINES_MANAGE)
    queries_standards.upgrade(scope, profile_id).delete()
    subject = _subject(queries.baseline(scope, profile_id))
    record(scope.workspace_id, "inventory:upgrade:discard", subject, actor=actor)


def _subject(profile: BaselineProfile) -> Subject:
    return Subject("baseline", str(profile.pk), profile.name)

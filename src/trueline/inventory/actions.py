"""Capture a snapshot; make a baseline and assign it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from trueline.audit.actions import Subject, record
from trueline.audit.rules import Outcome
from trueline.connections.contract import AreaReport
from trueline.evidence import actions as evidence
from trueline.evidence.rules import pack
from trueline.inventory import queries, queries_standards
from trueline.inventory.answers import Relation, relation, require_answer
from trueline.inventory.assertions.writing import baseline_document
from trueline.inventory.errors import KeyTaken, OtherKey
from trueline.inventory.manifest import ItemDraft, Manifest
from trueline.inventory.matching.links import LinkAnswer, identity_key
from trueline.inventory.models import (
    BaselineAssignment,
    BaselineProfile,
    BaselineVersion,
    IdentityLink,
    Snapshot,
    SnapshotArea,
    SnapshotGap,
    SnapshotItem,
)
from trueline.inventory.rows import FIELDS, ItemRow
from trueline.kit.digest import sha256
from trueline.kit.errors import Conflict, Refused
from trueline.kit.failpoints import reach
from trueline.kit.scope import Actor, NotVisible, Scope
from trueline.workspaces.models import Environment
from trueline.workspaces.rules import Capability

if TYPE_CHECKING:
    from trueline.inventory.assertions.model import Baseline

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Proposed:
    """Two objects that a person is asked about.

    Attributes:
        left_snapshot: Where the left object stands: a capture, or the content of a standard's version.
        profile_id: The standard that the left is the content of; None when two environments are compared.
    """

    left_snapshot: Snapshot
    left_item_id: UUID
    right_snapshot: Snapshot
    right_item_id: UUID
    profile_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Where a manifest comes from.

    Attributes:
        observed_at: When the outside system was in this state; for an export, when it was taken.
    """

    environment: Environment
    run_id: UUID
    provider_key: str
    source_label: str
    observed_at: datetime


@transaction.atomic
def keep_snapshot(
    scope: Scope, capture: Capture, manifest: Manifest, *, actor: Actor, hold: Callable[[], None]
) -> Snapshot:
    """Store a manifest as a snapshot, whole or not at all; asked again for the same run, it gives the same one back.

    Args:
        scope: Where to store it.
        capture: What the manifest is of.
        manifest: What was found.
        actor: Who asked for it.
        hold: Called first inside the transaction; raises when the run belongs to another worker by now.
    """
    hold()
    found = queries.snapshot_of_run(scope, capture.run_id)
    if found is not None:
        return found
    evidence.keep(scope.workspace_id, manifest.documents.values())
    reach("capture:documents-kept")
    snapshot = _snapshot(scope, capture, manifest)
    snapshot.save(force_insert=True)
    SnapshotArea.objects.bulk_create([_area(snapshot, report) for report in manifest.areas])
    SnapshotGap.objects.bulk_create(_gaps(snapshot, manifest), batch_size=_BATCH)
    SnapshotItem.objects.bulk_create([_item(snapshot, draft) for draft in manifest.items], batch_size=_BATCH)
    reach("capture:items-kept")
    environment = capture.environment
    subject = Subject("snapshot", str(snapshot.pk), snapshot.source_label, environment.pk, environment.name)
    after = {"objects": snapshot.objects_count, "unread": snapshot.unread_count, "coverage": snapshot.coverage}
    outcome = Outcome.SUCCESS if snapshot.coverage == "complete" else Outcome.PARTIAL
    record(scope.workspace_id, "inventory:snapshot:capture", subject, actor=actor, after=after, outcome=outcome)
    return snapshot


def _snapshot(scope: Scope, capture: Capture, manifest: Manifest) -> Snapshot:
    return Snapshot(
        workspace_id=scope.workspace_id,
        environment_id=capture.environment.pk,
        run_id=capture.run_id,
        provider_key=capture.provider_key,
        source_label=capture.source_label[:200],
        observed_at=capture.observed_at,
        coverage=str(manifest.coverage),
        objects_count=len(manifest.items),
        unread_count=len(manifest.unread),
        digest=manifest.digest(),
        definitions_digest=manifest.definitions_digest,
    )


def _area(snapshot: Snapshot, report: AreaReport) -> SnapshotArea:
    return SnapshotArea(
        workspace_id=snapshot.workspace_id,
        snapshot_id=snapshot.pk,
        area=report.area,
        coverage=str(report.coverage),
        objects_count=report.objects,
        reason=report.reason[:500],
    )


def _gaps(snapshot: Snapshot, manifest: Manifest) -> list[SnapshotGap]:
    unread = [
        SnapshotGap(
            workspace_id=snapshot.workspace_id,
            snapshot_id=snapshot.pk,
            kind=gap.reason,
            area=gap.area,
            subject=gap.path[-1000:],
            detail=gap.detail[:1000],
        )
        for gap in manifest.unread
    ]
    return unread + [
        SnapshotGap(
            workspace_id=snapshot.workspace_id,
            snapshot_id=snapshot.pk,
            kind=warning.kind,
            subject="\n".join(warning.subjects)[:1000],
            is_warning=True,
        )
        for warning in manifest.warnings
    ]


def _item(snapshot: Snapshot, draft: ItemDraft) -> SnapshotItem:
    return SnapshotItem(
        workspace_id=snapshot.workspace_id,
        snapshot_id=snapshot.pk,
        area=draft.area,
        object_type=draft.object_type[:100],
        external_id=draft.external_id[:300],
        name=draft.name[:500],
        platform=draft.platform[:60],
        source_path=draft.source_path[-1000:],
        fixed_key=draft.fixed_key[:300],
        is_truncated=draft.is_truncated,
        raw_digest=draft.raw_digest,
        content_digest=draft.content_digest,
        digests={str(facet): value for facet, value in draft.facet_digests.items()},
    )


@transaction.atomic
def make_baseline(
    scope: Scope, name: str, snapshot_id: UUID | None, *, actor: Actor, asks: Baseline | None = None
) -> BaselineProfile:
    """A standard whose first version is a snapshot, a set of assertions, or both.

    Raises `Conflict` when the name is taken, or the id of the assertions; `Refused` for assertions that nothing here
    can hold.
    """
    snapshot = _allowed(scope, snapshot_id)
    try:
        with transaction.atomic():
            profile = BaselineProfile.objects.create(
                workspace_id=scope.workspace_id, name=name, key=asks.id if asks else ""
            )
    except IntegrityError as error:
        raise _taken(error) from error
    version = _add_version(scope, profile, snapshot, asks)
    subject = Subject("baseline", str(profile.pk), name)
    record(scope.workspace_id, "inventory:baseline:create", subject, actor=actor, after=_told(version))
    return profile


@transaction.atomic
def add_baseline_version(  # noqa: PLR0913 - what it holds, and by whom
    scope: Scope,
    profile_id: UUID,
    snapshot_id: UUID | None,
    *,
    actor: Actor,
    asks: Baseline | None = None,
    keeps_capture: bool = False,
) -> BaselineVersion:
    """The next version of a standard: what is held to it is held against this from now on.

    With `keeps_capture` the capture of the version before stays part of it, beside the new assertions.
    """
    profile, snapshot = queries.baseline(scope, profile_id), _allowed(scope, snapshot_id)
    # Two at once would count the same number; the row of the standard puts them in order.
    profile = BaselineProfile.objects.select_for_update().get(workspace_id=scope.workspace_id, id=profile.pk)
    if asks is not None:
        _take_key(profile, asks.id)
    if keeps_capture and snapshot is None:
        before = queries.versions(scope, profile.pk).first()
        snapshot = before.snapshot if before else None
    version = _add_version(scope, profile, snapshot, asks)
    subject = Subject("baseline", str(profile.pk), profile.name)
    after = _told(version) | {"version": version.number}
    record(scope.workspace_id, "inventory:baseline:advance", subject, actor=actor, after=after)
    return version


def _allowed(scope: Scope, snapshot_id: UUID | None) -> Snapshot | None:
    if snapshot_id is None:
        scope.require(Capability.BASELINES_MANAGE)
        return None
    snapshot = queries.snapshot(scope, snapshot_id)
    scope.require(Capability.BASELINES_MANAGE, snapshot.environment_id)
    return snapshot


def _taken(error: IntegrityError) -> Conflict:
    if "baseline_key_once" in str(error):
        return KeyTaken()
    return Conflict("A standard of this name exists already.", next_step="Choose another name.")


def _take_key(profile: BaselineProfile, key: str) -> None:
    """Assertions of one standard keep one id over all versions: what stands on it finds it by that."""
    if profile.key == key:
        return
    if profile.key:
        raise OtherKey(key, profile.key)
    profile.key = key
    try:
        with transaction.atomic():
            profile.save(update_fields=["key"])
    except IntegrityError as error:
        raise _taken(error) from error


def _told(version: BaselineVersion) -> dict[str, Any]:
    told: dict[str, Any] = {"snapshot": str(version.snapshot_id)} if version.snapshot_id else {}
    return told | ({"assertions": version.assertions_count, "release": version.release} if version.release else {})


def _add_version(
    scope: Scope, profile: BaselineProfile, snapshot: Snapshot | None, asks: Baseline | None
) -> BaselineVersion:
    versions = BaselineVersion.objects.filter(workspace_id=scope.workspace_id, profile_id=profile.pk)
    newest = versions.aggregate(newest=Max("number"))["newest"] or 0
    version = BaselineVersion(workspace_id=scope.workspace_id, profile=profile, number=newest + 1, snapshot=snapshot)
    if asks is not None:
        version.base = queries_standards.base_of(scope, asks)
        queries_standards.must_hold(scope, version.base, asks)
        document = pack(baseline_document(asks))
        evidence.keep(scope.workspace_id, [document])
        version.document_digest, version.release = document.digest, asks.version
        version.assertions_count = len(asks.assertions) + len(asks.templates)
    version.save(force_insert=True)
    return version


@transaction.atomic
def assign_baseline(scope: Scope, profile_id: UUID, environment: Environment, *, actor: Actor) -> BaselineAssignment:
    """Hold an environment to a standard. Doing it twice changes nothing."""
    scope.require(Capability.BASELINES_MANAGE, environment.pk)
    profile = queries.baseline(scope, profile_id)
    assignment, is_new = BaselineAssignment.objects.get_or_create(
        workspace_id=scope.workspace_id, environment_id=environment.pk, profile_id=profile.pk
    )
    if is_new:
        subject = Subject("baseline", str(profile.pk), profile.name, environment.pk, environment.name)
        record(scope.workspace_id, "inventory:baseline:assign", subject, actor=actor)
    return assignment


@transaction.atomic
def unassign_baseline(scope: Scope, profile_id: UUID, environment: Environment, *, actor: Actor) -> bool:
    """Hold an environment to a standard no more; False when it was not held to it.

    What was found against it is closed as not asked for any more when the newest capture is judged again.
    """
    scope.require(Capability.BASELINES_MANAGE, environment.pk)
    profile = queries.baseline(scope, profile_id)
    held = BaselineAssignment.objects.filter(
        workspace_id=scope.workspace_id, environment_id=environment.pk, profile_id=profile.pk
    )
    removed, _each = held.delete()
    if removed:
        subject = Subject("baseline", str(profile.pk), profile.name, environment.pk, environment.name)
        record(scope.workspace_id, "inventory:baseline:unassign", subject, actor=actor)
    return bool(removed)


@transaction.atomic
def answer_match(scope: Scope, pair: Proposed, answer: LinkAnswer, *, actor: Actor) -> IdentityLink:
    """Keep a person's answer about two objects for every later capture. The same answer again changes nothing.

    Raises `NotVisible` for objects that are not there, `Refused` for two captures of one environment, and `Conflict`
    when one of the two is confirmed to be the same as another object.
    """
    between = relation(pair.left_snapshot.environment_id, pair.right_snapshot.environment_id, pair.profile_id)
    if between is None:
        raise Refused("Two captures of one environment are matched by their ids.")
    require_answer(scope, between)
    given = _answer(scope, pair, between, answer)
    given.answered_by_label = actor.label[:200]
    before = _kept_answer(scope, given)
    if before is not None and before.answer == answer:
        return before
    try:
        with transaction.atomic():
            if before is not None:
                before.delete()
            given.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "One of the two objects is already confirmed to be the same as another one.",
            next_step="Undo that answer first.",
        ) from error
    after = {"answer": given.answer, "left": given.left_name, "right": given.right_name}
    told = {"answer": before.answer} if before is not None else None
    record(scope.workspace_id, "inventory:pair:answer", _pair_subject(given), actor=actor, before=told, after=after)
    return given


@transaction.atomic
def withdraw_answer(scope: Scope, identity_link_id: UUID, *, actor: Actor) -> None:
    """Take an answer back: the pair is proposed again. Raises `NotVisible`, `NotAllowed`."""
    found = queries.identity_link(scope, identity_link_id)
    require_answer(scope, Relation(found.left_environment_id, found.left_profile_id, found.right_environment_id))
    before = {"answer": found.answer, "left": found.left_name, "right": found.right_name}
    subject = _pair_subject(found)
    found.delete()
    record(scope.workspace_id, "inventory:pair:withdraw", subject, actor=actor, before=before)


def _answer(scope: Scope, pair: Proposed, between: Relation, answer: LinkAnswer) -> IdentityLink:
    sides = [
        _proposed_item(scope, pair.left_snapshot, pair.left_item_id),
        _proposed_item(scope, pair.right_snapshot, pair.right_item_id),
    ]
    left, right = reversed(sides) if between.is_turned else sides
    keys = identity_key(left), identity_key(right)
    return IdentityLink(
        workspace_id=scope.workspace_id,
        left_environment_id=between.left_environment_id,
        left_profile_id=between.left_profile_id,
        right_environment_id=between.right_environment_id,
        left_key=keys[0],
        right_key=keys[1],
        left_digest=sha256(keys[0].encode()),
        right_digest=sha256(keys[1].encode()),
        left_name=left.name,
        right_name=right.name,
        answer=str(answer),
    )


def _proposed_item(scope: Scope, snapshot: Snapshot, item_id: UUID) -> ItemRow:
    found = SnapshotItem.objects.filter(workspace_id=scope.workspace_id, snapshot_id=snapshot.pk, id=item_id)
    row = found.values_list(*FIELDS).first()
    if row is None:
        raise NotVisible
    return ItemRow(*row)


def _kept_answer(scope: Scope, given: IdentityLink) -> IdentityLink | None:
    """The answer to the same question, locked: of two people who answer at once the later one sees the first."""
    same = ("left_environment_id", "left_profile_id", "right_environment_id", "left_digest", "right_digest")
    found = IdentityLink.objects.filter(
        workspace_id=scope.workspace_id, **{name: getattr(given, name) for name in same}
    )
    return found.select_for_update().first()


def _pair_subject(found: IdentityLink) -> Subject:
    label = f"{found.left_name or found.left_key} = {found.right_name or found.right_key}"
    return Subject("pair", str(found.pk), label, found.right_environment_id)

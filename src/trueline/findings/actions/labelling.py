"""Put labels on findings and take them off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from trueline.audit.actions import record
from trueline.findings import queries
from trueline.findings.actions._rows import all_workable, subject_of
from trueline.findings.errors import LabelRefused
from trueline.findings.labels import MOST_LABELS, MOST_ON_ONE, label_of
from trueline.findings.models import Finding, FindingLabel, Label
from trueline.kit.scope import Actor, Scope


@dataclass(frozen=True, slots=True)
class Relabel:
    """Which labels are put on, and which are taken off; capitals do not tell two apart."""

    add: Sequence[str] = ()
    remove: Sequence[str] = ()


@transaction.atomic
def label_findings(scope: Scope, finding_ids: Sequence[UUID], change: Relabel, *, actor: Actor) -> list[Finding]:
    """Change the labels of several findings, all or none, with one event for each that was changed.

    Raises `NotVisible` when one of them is out of reach, whether it exists or not; `LabelRefused` for a word that is no
    label, and for more labels than a finding or a workspace may have.
    """
    found = all_workable(scope, finding_ids)
    ids = [one.pk for one in found]
    before = queries.labels_of(scope, ids)
    _put_on(scope, ids, [_label(text) for text in change.add])
    _take_off(scope, ids, change.remove)
    after = queries.labels_of(scope, ids)
    if any(len(names) > MOST_ON_ONE for names in after.values()):
        raise LabelRefused("A finding bears 20 labels at most.", next_step="Take one off first.")
    for finding in found:
        _tell(finding, before.get(finding.pk, []), after.get(finding.pk, []), actor)
    return found


def _label(text: str) -> str:
    name = label_of(text)
    if not name:
        raise LabelRefused("A label is a word or a few, without a comma, of at most 40 signs.")
    return name


def _put_on(scope: Scope, finding_ids: Iterable[UUID], names: Sequence[str]) -> None:
    if not names:
        return
    wanted = [Label(workspace_id=scope.workspace_id, name=name) for name in names]
    Label.objects.bulk_create(wanted, ignore_conflicts=True)
    labels = list(Label.objects.filter(_named(names), workspace_id=scope.workspace_id))
    FindingLabel.objects.bulk_create(
        [
            FindingLabel(workspace_id=scope.workspace_id, finding_id=finding_id, label=label)
            for finding_id in finding_ids
            for label in labels
        ],
        ignore_conflicts=True,
    )
    used = FindingLabel.objects.filter(workspace_id=scope.workspace_id).values("label_id").distinct()
    if len(used[: MOST_LABELS + 1]) > MOST_LABELS:
        raise LabelRefused(
            "So many labels are in use already that there is room for no more.", next_step="Use one of them."
        )


def _take_off(scope: Scope, finding_ids: Sequence[UUID], names: Sequence[str]) -> None:
    if names:
        labels = Label.objects.filter(_named(names), workspace_id=scope.workspace_id)
        mine = FindingLabel.objects.filter(workspace_id=scope.workspace_id, finding_id__in=finding_ids)
        mine.filter(label_id__in=labels.values("id")).delete()


def _named(names: Iterable[str]) -> Q:
    return reduce(or_, [Q(name__iexact=name) for name in names])


def _tell(finding: Finding, before: Sequence[str], after: Sequence[str], actor: Actor) -> None:
    if before != after:
        record(
            finding.workspace_id,
            "findings:finding:label",
            subject_of(finding),
            actor=actor,
            before={"labels": ", ".join(before)},
            after={"labels": ", ".join(after)},
        )

"""Factories for the tables of messages; the others are in `factories`."""

from __future__ import annotations

from django.db.models import Model

from tests.isolation.factories import Seeds, _unique, makes
from trueline.findings.models import Finding
from trueline.notices.models import AlertRule, Delivery, Destination, Notice, NoticeCursor, NoticeWish
from trueline.workspaces.models import User


@makes(Destination)
def _destination(seeds: Seeds) -> Model:
    return Destination(
        workspace_id=seeds.workspace.pk,
        name=f"{seeds.canary} {_unique()}",
        kind="webhook",
        target_label=seeds.canary,
        sealed=_unique().encode(),
    )


@makes(AlertRule)
def _rule(seeds: Seeds) -> Model:
    destination = seeds.draft(Destination)
    destination.save(force_insert=True)
    seeds.keep(Destination, destination)  # an address that names both means this destination's rule
    return AlertRule(workspace_id=seeds.workspace.pk, destination=destination, event_types=["finding.opened"])


@makes(Notice)
def _notice(seeds: Seeds) -> Model:
    finding = seeds.one(Finding)
    return Notice(
        workspace_id=seeds.workspace.pk,
        user=seeds.person,
        finding=finding,
        cause="assigned",
        cycle=_unique(),
        actor_label=seeds.canary,
    )


@makes(NoticeWish)
def _wish(seeds: Seeds) -> Model:
    person = User.objects.create_user(f"{_unique()}@example.org", None, name=seeds.canary)
    return NoticeWish(workspace_id=seeds.workspace.pk, user=person)


@makes(Delivery)
def _delivery(seeds: Seeds) -> Model:
    return Delivery(
        workspace_id=seeds.workspace.pk,
        destination=seeds.one(Destination),
        environment_id=seeds.environment.pk,
        event_type="finding.opened",
        dedupe_key=_unique(),
        payload={"canary": seeds.canary},
    )


@makes(NoticeCursor)
def _cursor(seeds: Seeds) -> Model:
    return NoticeCursor(workspace_id=seeds.workspace.pk)

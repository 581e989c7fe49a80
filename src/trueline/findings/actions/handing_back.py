"""Findings of a person who may not work on them any more: nobody's again, so that they wait for triage."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from trueline.audit.actions import record
from trueline.findings import queries
from trueline.findings.actions._rows import subject_of
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.scope import Actor, NotVisible, Scope
from trueline.workspaces import access
from trueline.workspaces.models import User
from trueline.workspaces.rules import Capability

_WORK = Capability.FINDINGS_WORK


@transaction.atomic
def hand_back(scope: Scope, user: User, *, actor: Actor) -> int:
    """Take a person off every finding that they may not work on any more, with an event for each. Returns how many.

    Ended ones too: a finding that comes back would else be theirs who never sees it, and in nobody's inbox.
    """
    now_theirs = _scope_of(scope, user)
    mine = queries.findings(scope).filter(Q(assignee=user) | Q(owner=user))
    found = mine.select_for_update(of=("self",)).order_by("id")
    lost = [one for one in found if now_theirs is None or not now_theirs.may(_WORK, one.environment_id)]
    for finding in lost:
        _let_go(scope, finding, user, actor)
    return len(lost)


def _scope_of(scope: Scope, user: User) -> Scope | None:
    try:
        return access.enter(user, scope.workspace_id)
    except NotVisible:
        return None


def _let_go(scope: Scope, finding: Finding, user: User, actor: Actor) -> None:
    held = [name for name in ("assignee", "owner") if getattr(finding, f"{name}_id") == user.pk]
    for name in held:
        setattr(finding, name, None)
    finding.updated_at = clock.now()
    finding.save(update_fields=[*held, "updated_at"])
    before, after = dict.fromkeys(held, str(user)), dict.fromkeys(held, "")
    record(scope.workspace_id, "findings:finding:assign", subject_of(finding), actor=actor, before=before, after=after)

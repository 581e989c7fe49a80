"""Keep what a capture came to when it was held against assertions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.evidence import actions as evidence
from trueline.evidence.rules import pack
from trueline.inventory import queries_standards
from trueline.inventory.assertions.document import counts
from trueline.inventory.assertions.keeping import results_document, states_of
from trueline.inventory.models import BaselineCheck, BaselineVersion, Snapshot
from trueline.kit.scope import Actor, Scope
from trueline.workspaces import access

if TYPE_CHECKING:
    from trueline.inventory.assertions.evaluation import Result


@transaction.atomic
def keep_check(  # noqa: PLR0913 - what was held against what, and what came of it
    scope: Scope,
    version: BaselineVersion,
    snapshot: Snapshot,
    results: Sequence[Result],
    *,
    actor: Actor,
    hold: Callable[[], None],
) -> BaselineCheck:
    """Keep the results of a check; the same capture and version again give the same row back.

    Args:
        scope: Where to keep it.
        version: What was asked for.
        snapshot: What was looked at.
        results: What it came to.
        actor: Who asked for it.
        hold: Called first inside the transaction; raises when the run belongs to another worker by now.
    """
    hold()
    found = queries_standards.check_of(scope, snapshot.pk, version.pk)
    if found is not None:
        return found
    document = pack(results_document(results))
    evidence.keep(scope.workspace_id, [document])
    made = BaselineCheck.objects.create(
        workspace_id=scope.workspace_id,
        environment_id=snapshot.environment_id,
        profile_id=version.profile_id,
        version=version,
        snapshot=snapshot,
        observed_at=snapshot.observed_at,
        states=states_of(results),
        results_digest=document.digest,
    )
    place = access.environment_by_id(scope, snapshot.environment_id)
    subject = Subject("baseline", str(version.profile_id), version.profile.name, place.pk, place.name)
    after = {"version": version.number, **counts(results)}
    record(scope.workspace_id, "inventory:baseline:check", subject, actor=actor, after=after)
    return made

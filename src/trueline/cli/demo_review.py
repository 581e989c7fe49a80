"""The end of the demonstration: a review of one tenant, published, packed and checked."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext, gettext_noop

from trueline.cli.demo_story import Stage
from trueline.cli.pack import write_whole
from trueline.engine.packs import verify_pack
from trueline.engine.packs.signatures import holds
from trueline.kit.database.context import within
from trueline.kit.scope import Scope
from trueline.reviews import actions, queries
from trueline.reviews.models import Review
from trueline.reviews.rules import Audience
from trueline.vault.queries import public_keys
from trueline.workspaces.queries import environments

TITLE = gettext_noop("Security review")
SUMMARY = gettext_noop(
    "This review was written by the demonstration. In a real one, whoever answers for the environment says here in "
    "their own words what matters most and what will be done about it."
)


def publish(where: Stage, out: Path) -> list[str]:
    """Publish a review when none is there, write its pack and check it; gives what to print."""
    with within(where.scope.workspace_id):
        review = queries.released(where.scope).first() or _published(where.scope)
        made = actions.make_pack(where.scope, review.pk, Audience.CUSTOMER, "en", actor=where.scope.actor)
        write_whole(out, bytes(queries.pack(where.scope, made.pk).body))
    trusted = {key.key_id: {"pem": key.pem, "not_before": key.not_before} for key in public_keys()}
    verdict = verify_pack.verify(out, check_signature=holds, trusted=trusted, workspace=str(where.scope.workspace_id))
    return [f"Published review {review.pk}; its pack is {out}.", *verify_pack.report(verdict)]


def _published(scope: Scope) -> Review:
    held = next(row for row in environments(scope) if row.name != "Workplace standard")
    draft = actions.begin_review(scope, held, gettext(TITLE), actor=scope.actor)
    actions.write_review(scope, draft.pk, draft.title, gettext(SUMMARY), actor=scope.actor)
    actions.ready_review(scope, draft.pk, actor=scope.actor)
    return actions.publish_review(scope, draft.pk, actor=scope.actor)

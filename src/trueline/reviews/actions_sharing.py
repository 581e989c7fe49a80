"""Let somebody without an account read one released review: by a link that ends, is counted and can be withdrawn."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.kit import clock
from trueline.kit.database.context import within
from trueline.kit.digest import sha256
from trueline.kit.errors import Refused
from trueline.kit.scope import Actor, ActorKind, NotVisible, Scope
from trueline.reviews import queries
from trueline.reviews.models import Review, ShareLink
from trueline.reviews.rules import RELEASED
from trueline.workspaces import access

_TOKEN_BYTES = 16  # 128 bits
LONGEST_DAYS = 90
MOST_FAILURES = 10
_SHORTEST_PHRASE = 8


class Admission(StrEnum):
    """What became of somebody who came with a link."""

    OPEN = "open"
    ASKS_PASS_PHRASE = "asks_pass_phrase"  # noqa: S105 - a state, no secret
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a link: whether they may read, and in which scope they then do."""

    admission: Admission
    scope: Scope | None = None
    review: Review | None = None
    is_wrong: bool = False

    def inside(self) -> AbstractContextManager[None]:
        """Work in the workspace of the visit."""
        assert self.scope
        return within(self.scope.workspace_id)


@transaction.atomic
def share_review(  # noqa: PLR0913 - a link is these facts
    scope: Scope, review_id: UUID, label: str, days: int, *, actor: Actor, pass_phrase: str = ""
) -> tuple[ShareLink, str]:
    """A link and its token, which is shown once and kept only as a digest.

    Raises `Refused` for a term or pass phrase that is too long or short, `NotAllowed`, `NotVisible`.
    """
    found = queries.released_review(scope, review_id)
    scope.require("reviews.publish", found.environment_id)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("A link holds for 1 to 90 days.")
    if pass_phrase and len(pass_phrase) < _SHORTEST_PHRASE:
        raise Refused("A pass phrase has at least 8 characters.", next_step="Leave it empty for none.")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = ShareLink.objects.create(
        workspace_id=scope.workspace_id,
        environment_id=found.environment_id,
        review=found,
        label=label.strip()[:120] or found.title,
        token_digest=sha256(token.encode()),
        pass_phrase=make_password(pass_phrase) if pass_phrase else "",
        created_by_label=actor.label,
        expires_at=clock.now() + timedelta(days=days),
    )
    after = {"until": made.expires_at.isoformat(), "pass_phrase": bool(pass_phrase)}
    record(scope.workspace_id, "reviews:share:create", _subject(made), actor=actor, after=after)
    return made, token


@transaction.atomic
def revoke_share(scope: Scope, share_link_id: UUID, *, actor: Actor) -> ShareLink:
    """Withdraw a link; from this moment on it opens nothing. Raises `NotAllowed`, `NotVisible`."""
    queries.share_link(scope, share_link_id)
    found = ShareLink.objects.select_for_update().get(workspace_id=scope.workspace_id, id=share_link_id)
    scope.require("reviews.publish", found.environment_id)
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        record(scope.workspace_id, "reviews:share:revoke", _subject(found), actor=actor)
    return found


@transaction.atomic
# lint: allow TL015 whoever holds the link acts, and is named by it
def visit(workspace_id: UUID, token: str, pass_phrase: str | None) -> Visit:
    """Let the holder of a link in, and count it. Without a pass phrase nothing is counted when one is asked for.

    A link that is unknown, old, withdrawn, tried out too often, or whose review is released no more has *ended*: all of
    them look the same from outside.
    """
    with within(workspace_id):
        found = (
            ShareLink.objects.select_for_update()
            .filter(workspace_id=workspace_id, token_digest=sha256(token.encode()))
            .first()
        )
        if found is None or not _holds(found):
            return Visit(Admission.ENDED)
        if found.pass_phrase and not (pass_phrase and check_password(pass_phrase, found.pass_phrase)):
            return _turned_away(found, was_tried=bool(pass_phrase))
        return _let_in(found)


def _holds(found: ShareLink) -> bool:
    is_good = found.revoked_at is None and found.expires_at > clock.now() and found.failures < MOST_FAILURES
    return (
        is_good
        and Review.objects.filter(
            workspace_id=found.workspace_id, id=found.review_id, state__in=sorted(RELEASED)
        ).exists()
    )


def _turned_away(found: ShareLink, *, was_tried: bool) -> Visit:
    if was_tried:
        found.failures += 1
        found.save(update_fields=["failures"])
    return Visit(Admission.ASKS_PASS_PHRASE, is_wrong=was_tried)


def _let_in(found: ShareLink) -> Visit:
    actor = Actor(ActorKind.KEY, str(found.pk), f"link: {found.label}", on_behalf_of=found.created_by_label)
    try:
        scope = access.visitor(found.workspace_id, found.environment_id, actor)
        review = queries.released_review(scope, found.review_id)
    except NotVisible:
        return Visit(Admission.ENDED)
    found.uses, found.last_used_at = found.uses + 1, clock.now()
    found.save(update_fields=["uses", "last_used_at"])
    record(found.workspace_id, "reviews:share:use", _subject(found), actor=actor, after={"uses": found.uses})
    return Visit(Admission.OPEN, scope, review)


def _subject(found: ShareLink) -> Subject:
    return Subject("share", str(found.pk), found.label, found.environment_id)

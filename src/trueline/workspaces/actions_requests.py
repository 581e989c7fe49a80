"""What requests of programs leave behind: a count against the limits, and answers kept for when they ask again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from trueline.kit import clock, ids
from trueline.kit.scope import Actor, Scope
from trueline.workspaces import rules
from trueline.workspaces.models import ApiKey, KeptAnswer

_TOUCH = timedelta(hours=1)
_COUNT = """
    insert into workspaces_requestwindow as mine (id, workspace_id, subject, started_at, requests)
    values (%s, %s, %s, %s, 1)
    on conflict (workspace_id, subject) do update set
      requests = case when mine.started_at = excluded.started_at then mine.requests + 1 else 1 end,
      started_at = excluded.started_at
    returning requests
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How far the nearer of the two limits is used up, and when the window ends."""

    limit: int
    used: int
    resets_in_seconds: int

    @property
    def is_over(self) -> bool:
        """Whether this request is one too many."""
        return self.used > self.limit

    @property
    def remaining(self) -> int:
        """Requests left in this window."""
        return max(0, self.limit - self.used)


# lint: allow TL015 the key itself is who acts
def note_use(key: ApiKey) -> None:
    """Note, once an hour, that a key is in use."""
    now = clock.now()
    if key.last_used_at is None or key.last_used_at < now - _TOUCH:
        _touch(key, now)


@transaction.atomic
# lint: allow TL015 the key itself is who acts
def count_request(key: ApiKey) -> Counted:
    """Count one request of a key, for itself and for its workspace; notes once an hour that the key is in use.

    Works in a short transaction before that of the request: a request that fails counts as well, a request that only
    looks stays one that cannot write, and none waits for the end of another.
    """
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")  # a count lost in a crash harms nobody
    now = clock.now()
    seconds = int(now.timestamp())
    started_at = datetime.fromtimestamp(seconds - seconds % rules.WINDOW_SECONDS, UTC)
    resets_in = rules.WINDOW_SECONDS - seconds % rules.WINDOW_SECONDS
    _touch(key, now)
    own = Counted(rules.REQUESTS_PER_KEY, _count(key, str(key.pk), started_at), resets_in)
    # The row of the workspace comes last: every key's requests meet there.
    shared = Counted(rules.REQUESTS_PER_WORKSPACE, _count(key, "workspace", started_at), resets_in)
    return min(own, shared, key=lambda counted: counted.limit - counted.used)


def _touch(key: ApiKey, now: datetime) -> None:
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _TOUCH)
    ApiKey.objects.filter(stale, workspace_id=key.workspace_id, id=key.pk).update(last_used_at=now)


def _count(key: ApiKey, subject: str, started_at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [ids.new(), key.workspace_id, subject, started_at])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Claim:
    """The row of an idempotency key; `is_new` when this request is the one that does the work."""

    answer: KeptAnswer
    is_new: bool


@transaction.atomic
def claim_answer(scope: Scope, idempotency_key: str, request_digest: str, *, actor: Actor) -> Claim:
    """Take an idempotency key for one request, or find what the first request with it was answered.

    Waits while another request with the same key is under way; when that one fails, this one does the work.
    """
    answers = KeptAnswer.objects.filter(workspace_id=scope.workspace_id)
    answers.filter(created_at__lt=clock.now() - timedelta(hours=rules.ANSWER_HOURS)).delete()
    draft = KeptAnswer(
        workspace_id=scope.workspace_id,
        actor_id=actor.id,
        idempotency_key=idempotency_key,
        request_digest=request_digest,
        created_at=clock.now(),
    )
    KeptAnswer.objects.bulk_create([draft], ignore_conflicts=True)
    kept = answers.get(actor_id=actor.id, idempotency_key=idempotency_key)
    return Claim(kept, is_new=kept.pk == draft.pk)


@transaction.atomic
# lint: allow TL015 the claim names the actor; the effect has its own event
def keep_answer(claim: Claim, status: int, headers: Mapping[str, str], sealed_body: bytes) -> None:
    """Keep what the request was answered."""
    mine = KeptAnswer.objects.filter(workspace_id=claim.answer.workspace_id, id=claim.answer.pk)
    mine.update(status=status, headers=dict(headers), body=sealed_body)

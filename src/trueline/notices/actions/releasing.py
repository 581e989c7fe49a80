"""Letters about reviews of a cycle: to those who may publish, and, once somebody has published, to its recipients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from trueline.audit.actions import Subject, record
from trueline.audit.models import AuditEvent
from trueline.kit import clock, digest, ids
from trueline.kit.scope import Actor, ActorKind, Scope
from trueline.notices import personal, queries
from trueline.notices.errors import NotDelivered, NotSendable
from trueline.notices.models import Delivery
from trueline.notices.rules import REVIEW_RELEASED, REVIEW_WAITING, DeliveryStatus
from trueline.reviews import queries as reviews
from trueline.reviews import queries_cycles as cycles
from trueline.reviews.actions_sharing import share_review
from trueline.reviews.models import OPEN_STATES, CycleTurn, ShareLink
from trueline.vault.actions import Place, seal, unseal
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces
from trueline.workspaces.rules import CAPABILITIES_OF, Capability, Role

_PUBLISHED = "reviews:review:publish"
_PUBLISHERS = [str(role) for role in Role if Capability.REVIEWS_PUBLISH in CAPABILITIES_OF[role]]
_LATELY = timedelta(days=90)
_SELF = "system"


@transaction.atomic
# lint: allow TL015 the trail says who published; the deliveries are the record
def queue_releases(scope: Scope, events: Iterable[AuditEvent]) -> int:
    """Queue a letter to every recipient of each review of a cycle that these events say was published.

    Without a mail server, too: that it could not be delivered is then seen, and it can be sent again.
    """
    turns = [
        turn
        for event in events
        if event.action == _PUBLISHED and (turn := cycles.turn_of_review(scope, UUID(event.subject_id))) is not None
    ]
    made = [one for turn in turns for one in _releases(turn)]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _releases(turn: CycleTurn) -> list[Delivery]:
    people = [
        _letter(turn, REVIEW_RELEASED, f"{turn.review_id}:{one}", user_id=UUID(one)) for one in turn.cycle.member_ids
    ]
    others = [
        _letter(turn, REVIEW_RELEASED, f"{turn.review_id}:{digest.sha256(one.encode())[:32]}", address=one)
        for one in turn.cycle.addresses
    ]
    return [*people, *others]


@transaction.atomic
# lint: allow TL015 nobody decides; the deliveries are the record
def remind_publishers(scope: Scope) -> int:
    """Queue a letter to everybody who may publish a review that waits: when it was prepared, and on the day it is due.

    Each once, whoever looks and however often. Without a mail server none is queued, so that nobody gets old ones.
    """
    if not queries.mail_is_set_up():
        return 0
    waiting = [one for one in cycles.newest_turns(scope) if one.review and one.review.state in OPEN_STATES]
    made = [one for turn in waiting for one in _reminders(scope, turn)]
    known = Delivery.objects.filter(workspace_id=scope.workspace_id, dedupe_key__in=[one.dedupe_key for one in made])
    there = set(known.values_list("dedupe_key", flat=True)) if made else set()
    new = [one for one in made if one.dedupe_key not in there and _may_publish(scope, one)]
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _reminders(scope: Scope, turn: CycleTurn) -> list[Delivery]:
    now = clock.now()
    if turn.came_at < now - _LATELY:
        return []
    cause = "due" if turn.cycle.dates.due_at(turn.due_on) <= now else "prepared"
    members = workspaces.members(scope).filter(suspended_at=None, user__is_active=True, role__in=_PUBLISHERS)
    return [
        _letter(turn, REVIEW_WAITING, f"{turn.pk}:{one}:{cause}", user_id=one)
        for one in members.values_list("user_id", flat=True)
    ]


def _may_publish(scope: Scope, letter: Delivery) -> bool:
    assert letter.user_id
    theirs = personal.scope_of(scope, letter.user_id)
    return theirs is not None and theirs.may(Capability.REVIEWS_PUBLISH, letter.environment_id)


def _letter(turn: CycleTurn, event_type: str, key: str, *, user_id: UUID | None = None, address: str = "") -> Delivery:
    now = clock.now()
    return Delivery(
        id=ids.new(),
        workspace_id=turn.workspace_id,
        user_id=user_id,
        address=address,
        environment_id=turn.environment_id,
        event_type=event_type,
        dedupe_key=f"{event_type}:{key}",
        payload={
            "review": str(turn.review_id),
            "due": turn.due_on.isoformat(),
            "skipped": turn.skipped,
            "language": turn.cycle.language,
            "days": turn.cycle.link_days,
        },
        created_at=now,
        send_after=now,
    )


@transaction.atomic
# lint: allow TL015 the cycle says who gets a link, and whoever published is named by its event
def link_of(scope: Scope, claimed: Delivery) -> tuple[ShareLink, str] | None:
    """The link that a letter to an address carries, and its token; None when it was withdrawn or has run out.

    It is made at the first attempt and sealed until the letter is sent, so that every attempt carries the same one.

    Raises `NotDelivered` when another worker has taken the letter over, and what sealing raises.
    """
    place = Place("notices_delivery", claimed.pk, "sealed")
    if claimed.sealed:
        link = reviews.share_link(scope, UUID(claimed.payload["link"]))
        ended = link.revoked_at is not None or link.expires_at <= clock.now()
        return None if ended else (link, unseal(scope.workspace_id, place, bytes(claimed.sealed)).decode())
    review = reviews.released_review(scope, UUID(claimed.payload["review"]))
    actor = Actor(ActorKind.SYSTEM, _SELF, "Trueline", on_behalf_of=review.published_by_label)
    link, token = share_review(scope, review.pk, claimed.address, int(claimed.payload["days"]), actor=actor)
    mine = Delivery.objects.filter(workspace_id=scope.workspace_id, id=claimed.pk, fence=claimed.fence)
    kept = seal(scope.workspace_id, place, token.encode())
    if not mine.update(sealed=kept, payload={**claimed.payload, "link": str(link.pk)}):
        raise NotDelivered("taken_over", "Another worker sends this message.")
    return link, token


@transaction.atomic
def send_release_again(scope: Scope, review_id: UUID, *, actor: Actor) -> int:
    """Queue the letters about a published review that did not arrive once more; returns how many.

    Raises `NotSendable` when there is none, `NotAllowed`, `NotVisible`.
    """
    review = reviews.review(scope, review_id)
    scope.require(Capability.REVIEWS_PUBLISH, review.environment_id)
    failed = queries.releases(scope, review.pk).filter(status=DeliveryStatus.FAILED).values_list("id", flat=True)
    mine = Delivery.objects.filter(workspace_id=scope.workspace_id, id__in=list(failed), status=DeliveryStatus.FAILED)
    number = mine.update(
        status=DeliveryStatus.QUEUED, send_after=clock.now(), attempt_count=0, last_error_code="", last_error=""
    )
    if not number:
        raise NotSendable("Every letter about this review has arrived, or is on its way.")
    environment = access.environment_by_id(scope, review.environment_id)
    subject = Subject("review", str(review.pk), review.title, environment.pk, environment.name)
    record(scope.workspace_id, "notices:delivery:repeat", subject, actor=actor, after={"deliveries": number})
    return number

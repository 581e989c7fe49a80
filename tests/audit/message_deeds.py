"""What can be done with messages, each with the one event that it must leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.reviews.prepared import published, seeded
from tests.worlds import World
from trueline.findings.models import Finding
from trueline.kit import clock
from trueline.kit.scope import Scope
from trueline.notices.actions import delivering, destinations, releasing, telling
from trueline.notices.actions.destinations import Terms
from trueline.notices.models import Delivery, Notice

Prepared = Callable[[World, Scope], Callable[[], object]]


def _made(scope: Scope) -> Any:
    terms = Terms(["finding.opened"])
    return destinations.create_destination(scope, "Ops", "webhook", "https://example.org/x", terms, actor=scope.actor)[
        0
    ].pk


def _on_one(action: Callable[[Scope, Any], object]) -> Prepared:
    def ready(_world: World, scope: Scope) -> Callable[[], object]:
        made = _made(scope)
        return lambda: action(scope, made)

    return ready


def _on_delivery(action: Callable[[Scope, Delivery], object], **fields: Any) -> Prepared:
    def ready(_world: World, scope: Scope) -> Callable[[], object]:
        made = Delivery.objects.create(
            workspace_id=scope.workspace_id, destination_id=_made(scope), event_type="test", dedupe_key="x", **fields
        )
        return lambda: action(scope, made)

    return ready


def _noticed(world: World, scope: Scope) -> Callable[[], object]:
    from tests.audit.deeds import _finding  # noqa: PLC0415 - the table there is made of this one

    finding: Finding = _finding(world, scope)
    Notice.objects.create(
        workspace_id=scope.workspace_id, user=world.owner, finding=finding, cause="assigned", cycle="1"
    )
    return lambda: telling.read_notices(scope, None, actor=scope.actor)


def _released(world: World, scope: Scope) -> Callable[[], object]:
    seeded(world)
    review = published(world, scope)
    Delivery.objects.create(
        workspace_id=scope.workspace_id,
        address="board@example.org",
        environment_id=review.environment_id,
        event_type="review.released",
        dedupe_key="x",
        payload={"review": str(review.pk)},
        status="failed",
    )
    return lambda: releasing.send_release_again(scope, review.pk, actor=scope.actor)


def _sending() -> dict[str, Any]:
    return {"status": "sending", "lease_until": clock.now(), "fence": 1}


MESSAGES: dict[str, tuple[Prepared, str]] = {
    "notices.create_destination": (lambda _w, scope: lambda: _made(scope), "notices:destination:create"),
    "notices.change_rule": (
        _on_one(lambda s, pk: destinations.change_rule(s, pk, Terms(["run.failed"]), actor=s.actor)),
        "notices:rule:change",
    ),
    "notices.switch_destination": (
        _on_one(lambda s, pk: destinations.switch_destination(s, pk, on=False, actor=s.actor)),
        "notices:destination:change",
    ),
    "notices.remove_destination": (
        _on_one(lambda s, pk: destinations.remove_destination(s, pk, actor=s.actor)),
        "notices:destination:remove",
    ),
    "notices.rotate_secret": (
        _on_one(lambda s, pk: destinations.rotate_secret(s, pk, actor=s.actor)),
        "notices:destination:rotate",
    ),
    "notices.send_test": (
        _on_one(lambda s, pk: destinations.send_test(s, pk, actor=s.actor)),
        "notices:destination:test",
    ),
    "notices.not_sent": (
        _on_delivery(lambda s, made: delivering.not_sent(made, "odd", "", for_good=True, actor=s.actor), **_sending()),
        "notices:delivery:fail",
    ),
    "notices.send_again": (
        _on_delivery(lambda s, made: delivering.send_again(s, made.pk, actor=s.actor), status="failed"),
        "notices:delivery:repeat",
    ),
    "notices.send_failed_again": (
        _on_delivery(
            lambda s, made: delivering.send_failed_again(s, made.destination_id, actor=s.actor), status="failed"
        ),
        "notices:delivery:repeat",
    ),
    "notices.send_range_again": (
        _on_delivery(
            lambda s, made: delivering.send_range_again(
                s, made.destination_id, made.created_at, clock.now(), actor=s.actor
            ),
            status="failed",
        ),
        "notices:delivery:repeat",
    ),
    "notices.send_release_again": (_released, "notices:delivery:repeat"),
    "notices.read_notices": (_noticed, "notices:notice:read"),
    "notices.wish_for": (
        lambda _w, scope: lambda: telling.wish_for(scope, telling.Wished(["assigned"]), actor=scope.actor),
        "notices:wish:change",
    ),
}
MESSAGE_PARTS = {
    "notices.evaluate": "derives from the trail; what it makes is the record",
    "notices.tell_persons": "the same",
    "notices.queue_digests": "what a person wished is in the trail; the delivery is the record",
    "notices.queue_releases": "the trail says who published; the deliveries are the record",
    "notices.remind_publishers": "nobody decides; the deliveries are the record",
    "notices.link_of": "sharing leaves its own event; an attempt is no decision",
    "notices.claim": "an attempt is no decision; the delivery is the record",
    "notices.has_due": "reads",
    "notices.sent": "an attempt is no decision; the delivery is the record",
    "notices.canceled": "the same",
    "notices.target_of": "reads",
}

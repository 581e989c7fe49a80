"""Destinations of alerts and webhooks, what each is told, and its messages, which can be sent once more."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from ninja import Query

from trueline.api.asked import Asked
from trueline.api.declared import operation
from trueline.api.paging import page
from trueline.api.schemas import messages
from trueline.api.schemas.shapes import Paging
from trueline.findings.rules import Severity
from trueline.notices import queries
from trueline.notices.actions import delivering
from trueline.notices.actions import destinations as actions
from trueline.notices.actions.destinations import Terms
from trueline.notices.models import AlertRule, Delivery, Destination
from trueline.notices.rules import DeliveryStatus, DestinationKind, EventType
from trueline.workspaces import access
from trueline.workspaces import queries as workspaces

_TAG = "Destinations"
_MANAGE = queries.MANAGE
_ONE = "/destinations/{uuid:destination_id}"


@operation("GET", "/destinations", _MANAGE, messages.DestinationPage, tag=_TAG)
def list_destinations(asked: Asked, filters: Query[Paging]) -> dict[str, Any]:
    """Where messages go, by name; nothing for a key that does not reach the whole workspace."""
    return page(asked, filters, queries.destinations(asked.scope), ("name", "id"), lambda rows: _shown(asked, rows))


@operation("POST", "/destinations", _MANAGE, messages.MadeDestination, tag=_TAG, success=201)
def create_destination(asked: Asked, given: messages.NewDestination) -> messages.MadeDestination:
    """Make a destination with its rule.

    Nothing is sent to it by that. Its address is never shown again, and the secret of a webhook this once.
    """
    made, secret = actions.create_destination(
        asked.scope, given.name, given.kind, given.address, _terms(asked, given.rule), actor=asked.actor
    )
    asked.made("destinations", made.pk)
    return messages.MadeDestination(**_shown(asked, [made])[0].model_dump(), secret=secret)


@operation("GET", _ONE, _MANAGE, messages.Destination, tag=_TAG, record=True)
def get_destination(asked: Asked, destination_id: UUID) -> messages.Destination:
    """One destination and what it is told."""
    return _shown(asked, [_found(asked, destination_id)])[0]


@operation("PATCH", _ONE, _MANAGE, messages.Destination, tag=_TAG, record=True)
def change_destination(asked: Asked, destination_id: UUID, given: messages.DestinationChange) -> messages.Destination:
    """Turn a destination on or off, and change what it is told.

    What waits for one that is turned off is canceled.
    """
    asked.hold_to(_shown(asked, [_found(asked, destination_id)])[0])
    if given.rule is not None:
        actions.change_rule(asked.scope, destination_id, _terms(asked, given.rule), actor=asked.actor)
    if given.is_enabled is not None:
        actions.switch_destination(asked.scope, destination_id, on=given.is_enabled, actor=asked.actor)
    return _shown(asked, [_found(asked, destination_id)])[0]


@operation("DELETE", _ONE, _MANAGE, None, tag=_TAG, success=204, record=True)
def remove_destination(asked: Asked, destination_id: UUID) -> None:
    """End a destination and forget its address and secret."""
    asked.hold_to(_shown(asked, [_found(asked, destination_id)])[0])
    actions.remove_destination(asked.scope, destination_id, actor=asked.actor)


@operation("POST", _ONE + "/secret", _MANAGE, messages.NewSecret, tag=_TAG, record=True)
def rotate_secret(asked: Asked, destination_id: UUID) -> messages.NewSecret:
    """Give a webhook a new secret, shown this once. The former one signs beside it for 24 hours."""
    _found(asked, destination_id)
    return messages.NewSecret(secret=actions.rotate_secret(asked.scope, destination_id, actor=asked.actor))


@operation("POST", _ONE + "/test", _MANAGE, messages.Delivery, tag=_TAG, success=202, record=True)
def send_test(asked: Asked, destination_id: UUID) -> messages.Delivery:
    """Send a test message; three in a minute at most."""
    _found(asked, destination_id)
    return _told([actions.send_test(asked.scope, destination_id, actor=asked.actor)])[0]


@operation("GET", _ONE + "/deliveries", _MANAGE, messages.DeliveryPage, tag=_TAG, record=True)
def list_deliveries(asked: Asked, destination_id: UUID, filters: Query[messages.DeliveryFilter]) -> dict[str, Any]:
    """Messages to a destination, newest first."""
    _found(asked, destination_id)
    found = queries.deliveries(asked.scope).filter(destination_id=destination_id)
    if filters.status:
        found = found.filter(status=filters.status)
    return page(asked, filters, found, ("-created_at", "-id"), _told)


@operation("POST", _ONE + "/replay", _MANAGE, messages.Replayed, tag=_TAG, success=202, record=True)
def replay(asked: Asked, destination_id: UUID, given: messages.Replay) -> messages.Replayed:
    """Send everything once more that a destination was sent, or should have been, in a time.

    Each message keeps its id, so a receiver that has it already can tell. The oldest 1,000 at once; 422 when the
    destination is off.
    """
    _found(asked, destination_id)
    number = delivering.send_range_again(asked.scope, destination_id, given.since, given.until, actor=asked.actor)
    return messages.Replayed(deliveries=number)


@operation(
    "POST", "/deliveries/{uuid:delivery_id}/again", _MANAGE, messages.Delivery, tag=_TAG, success=202, record=True
)
def send_again(asked: Asked, delivery_id: UUID) -> messages.Delivery:
    """Send one message once more, under the same id; 422 while it is on its way."""
    queries.delivery(asked.scope, delivery_id)
    asked.scope.require(_MANAGE)
    return _told([delivering.send_again(asked.scope, delivery_id, actor=asked.actor)])[0]


def _found(asked: Asked, destination_id: UUID) -> Destination:
    found = queries.destination(asked.scope, destination_id)
    asked.scope.require(_MANAGE)
    return found


def _terms(asked: Asked, given: messages.GivenRule) -> Terms:
    """A rule as the room takes it. Raises `NotVisible` for an environment out of reach."""
    places = None if given.environments is None else given.environments
    quiet = (time.fromisoformat(given.quiet.start), time.fromisoformat(given.quiet.end)) if given.quiet else None
    return Terms(
        [str(kind) for kind in dict.fromkeys(given.events)],
        given.minimum_severity,
        None if places is None else [access.environment(asked.scope, slug).pk for slug in places],
        given.cooldown_seconds,
        quiet,
        given.time_zone,
    )


def _shown(asked: Asked, rows: list[Destination]) -> list[messages.Destination]:
    slugs = {str(one.pk): one.slug for one in workspaces.environments(asked.scope)}
    rules = queries.rules(asked.scope).filter(destination_id__in=[one.pk for one in rows])
    told = {one.destination_id: _rule(one, slugs) for one in rules}
    return [
        messages.Destination(
            id=one.pk,
            name=one.name,
            kind=DestinationKind(one.kind),
            target=one.target_label,
            is_enabled=one.is_enabled,
            created_at=one.created_at,
            rotated_at=one.rotated_at,
            rule=told[one.pk],
        )
        for one in rows
        if one.pk in told
    ]


def _rule(rule: AlertRule, slugs: dict[str, str]) -> messages.Rule:
    ends = rule.quiet_start, rule.quiet_end
    quiet = messages.Quiet(start=f"{ends[0]:%H:%M}", end=f"{ends[1]:%H:%M}") if ends[0] and ends[1] else None
    places = rule.environment_ids
    return messages.Rule(
        events=[EventType(kind) for kind in rule.event_types],
        minimum_severity=Severity(rule.minimum_severity),
        environments=None if places is None else [slugs[key] for key in places if key in slugs],
        cooldown_seconds=rule.cooldown_seconds,
        quiet=quiet,
        time_zone=rule.time_zone,
    )


def _told(rows: list[Delivery]) -> list[messages.Delivery]:
    return [
        messages.Delivery(
            id=one.pk,
            destination_id=one.destination_id,
            event=one.event_type,
            status=DeliveryStatus(one.status),
            attempts=one.attempt_count,
            send_after=one.send_after,
            error_code=one.last_error_code,
            created_at=one.created_at,
            sent_at=one.sent_at,
        )
        for one in rows
        if one.destination_id is not None
    ]

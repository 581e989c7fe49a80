"""Destinations and their rules: made, changed, tried, removed; secrets go in and never come out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from trueline.audit.actions import Subject, record
from trueline.findings.rules import Severity
from trueline.kit import clock, ids
from trueline.kit.errors import Conflict
from trueline.kit.scope import Actor, NotAllowed, NotVisible, Scope
from trueline.notices import queries
from trueline.notices.errors import NotSendable, SettingRefused, TargetRefused
from trueline.notices.models import AlertRule, Delivery, Destination
from trueline.notices.queries import MANAGE
from trueline.notices.rules import (
    COOLDOWN_HOURS,
    MINIMUM_SEVERITY,
    TEST,
    WAITING,
    DeliveryStatus,
    DestinationKind,
    EventType,
)
from trueline.notices.targets import Target, new_secret, unpacked
from trueline.vault.actions import Place, seal, unseal
from trueline.workspaces import access

_MINUTE = timedelta(minutes=1)
_TESTS_PER_MINUTE = 3
_LONGEST_COOLDOWN = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says.

    Attributes:
        environment_ids: Only there; None for all environments.
        quiet: From when to when it waits; None for never.
    """

    event_types: Sequence[str]
    minimum_severity: str = MINIMUM_SEVERITY
    environment_ids: Sequence[UUID] | None = None
    cooldown_seconds: int = COOLDOWN_HOURS * 3600
    quiet: tuple[time, time] | None = None
    time_zone: str = "UTC"


@transaction.atomic
def create_destination(  # noqa: PLR0913 - a destination is these facts
    scope: Scope, name: str, kind: str, address: str, terms: Terms, *, actor: Actor
) -> tuple[Destination, str]:
    """A destination with its rule; gives the secret that signs, once, empty for all but webhooks.

    The address is not asked for anything here. Raises `TargetRefused`, `SettingRefused`, `Conflict`.
    """
    _require_all(scope)
    target = Target(_checked_address(kind, address), new_secret() if kind == DestinationKind.WEBHOOK else "")
    made = Destination(
        id=ids.new(), workspace_id=scope.workspace_id, name=name.strip(), kind=kind, target_label=target.label(kind)
    )
    made.sealed = _sealed(made, target)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("A destination of this name exists already.", next_step="Choose another name.") from error
    rule = AlertRule(workspace_id=scope.workspace_id, destination=made)
    _apply(scope, rule, terms)
    rule.save(force_insert=True)
    after = {"kind": str(kind), "to": made.target_label, "events": list(rule.event_types)}
    record(scope.workspace_id, "notices:destination:create", _subject(made), actor=actor, after=after)
    return made, target.secret


@transaction.atomic
def change_rule(scope: Scope, destination_id: UUID, terms: Terms, *, actor: Actor) -> AlertRule:
    """Other terms for a destination, from the next event on. Raises `NotVisible`, `SettingRefused`."""
    found = _locked(scope, destination_id)
    rule = queries.rule_of(scope, destination_id)
    before = {"events": list(rule.event_types), "from": str(rule.minimum_severity)}
    _apply(scope, rule, terms)
    rule.save()
    after = {"events": list(rule.event_types), "from": str(rule.minimum_severity)}
    record(scope.workspace_id, "notices:rule:change", _subject(found), actor=actor, before=before, after=after)
    return rule


@transaction.atomic
def switch_destination(scope: Scope, destination_id: UUID, *, on: bool, actor: Actor) -> Destination:
    """Turn a destination on or off; what waits for one that is off is canceled. Raises `NotVisible`."""
    found = _locked(scope, destination_id)
    if found.is_enabled != on:
        found.is_enabled = on
        found.save(update_fields=["is_enabled"])
        if not on:
            _cancel_waiting(found)
        after = {"state": "on" if on else "off"}
        record(scope.workspace_id, "notices:destination:change", _subject(found), actor=actor, after=after)
    return found


@transaction.atomic
def remove_destination(scope: Scope, destination_id: UUID, *, actor: Actor) -> None:
    """End a destination and forget its address and secret; its deliveries stay. Raises `NotVisible`."""
    found = _locked(scope, destination_id)
    found.removed_at, found.is_enabled, found.sealed = clock.now(), False, b""
    found.save(update_fields=["removed_at", "is_enabled", "sealed"])
    AlertRule.objects.filter(workspace_id=scope.workspace_id, destination_id=found.pk).delete()
    _cancel_waiting(found)
    record(scope.workspace_id, "notices:destination:remove", _subject(found), actor=actor)


@transaction.atomic
def rotate_secret(scope: Scope, destination_id: UUID, *, actor: Actor) -> str:
    """A new secret for a webhook, given once; the former one signs beside it for a day. Raises `NotVisible`."""
    found = _locked(scope, destination_id)
    if found.kind != DestinationKind.WEBHOOK:
        raise SettingRefused("Only a webhook has a secret that signs.")
    target = target_of(found).rotated(clock.now())
    found.sealed, found.rotated_at = _sealed(found, target), clock.now()
    found.save(update_fields=["sealed", "rotated_at"])
    record(scope.workspace_id, "notices:destination:rotate", _subject(found), actor=actor)
    return target.secret


@transaction.atomic
def send_test(scope: Scope, destination_id: UUID, *, actor: Actor) -> Delivery:
    """Queue a test message. Raises `NotVisible`; `NotSendable` for one that is off, and after three in a minute."""
    found = _locked(scope, destination_id)
    if not found.is_enabled:
        raise NotSendable("This destination is off.", next_step="Turn it on first.")
    tests = Delivery.objects.filter(workspace_id=scope.workspace_id, destination_id=found.pk, event_type=TEST)
    if tests.filter(created_at__gt=clock.now() - _MINUTE).count() >= _TESTS_PER_MINUTE:
        raise NotSendable("Three tests in a minute are enough.", next_step="Wait a minute.")
    made = Delivery.objects.create(
        workspace_id=scope.workspace_id,
        destination=found,
        event_type=TEST,
        dedupe_key=f"test:{ids.new()}",
        payload={"workspace": {"slug": scope.workspace_slug, "name": scope.workspace_name}, "by": actor.label},
    )
    record(scope.workspace_id, "notices:destination:test", _subject(found), actor=actor)
    return made


# lint: allow TL015 it opens what the sender needs and writes nothing
def target_of(found: Destination) -> Target:
    """Address and secrets of a destination. Raises `SealBroken`, `KeyWithdrawn`."""
    return unpacked(unseal(found.workspace_id, _place(found), bytes(found.sealed)))


def _require_all(scope: Scope) -> None:
    scope.require(MANAGE)
    if scope.environment_ids is not None or scope.excluded_ids:
        raise NotAllowed(MANAGE)


def _locked(scope: Scope, destination_id: UUID) -> Destination:
    queries.destination(scope, destination_id)
    found = Destination.objects.select_for_update().filter(workspace_id=scope.workspace_id, id=destination_id)
    locked = found.filter(removed_at=None).first()
    if locked is None:
        raise NotVisible
    return locked


def _cancel_waiting(found: Destination) -> None:
    mine = Delivery.objects.filter(workspace_id=found.workspace_id, destination_id=found.pk)
    mine.filter(status__in=WAITING).update(status=DeliveryStatus.CANCELED, last_error_code="destination_off")


def _checked_address(kind: str, address: str) -> str:
    """The form only: whether it may be reached is found out when something is sent, by asking nobody in here."""
    address = address.strip()
    if kind not in set(DestinationKind):
        raise SettingRefused("There is no such kind of destination.")
    if kind == DestinationKind.MAIL:
        try:
            validate_email(address)
        except ValidationError as error:
            raise TargetRefused("This is not an e-mail address.") from error
    elif not _is_web_address(address):
        raise TargetRefused("This is not a web address that messages can be sent to.", next_step="Begin with https://.")
    return address


def _is_web_address(address: str) -> bool:
    rest = address.removeprefix("https://").removeprefix("http://")
    head = rest.partition("/")[0]
    return rest != address and bool(head) and "@" not in head and len(address) <= 2000 and address.isprintable()


def _apply(scope: Scope, rule: AlertRule, terms: Terms) -> None:
    chosen = [str(kind) for kind in EventType if str(kind) in set(terms.event_types)]
    if not chosen or set(terms.event_types) - set(chosen):
        raise SettingRefused("Choose at least one of the known events.")
    if terms.minimum_severity not in set(Severity):
        raise SettingRefused("There is no such severity.")
    if not 0 <= terms.cooldown_seconds <= _LONGEST_COOLDOWN:
        raise SettingRefused("The pause between equal messages is at most a week.")
    if terms.time_zone not in available_timezones():
        raise SettingRefused("There is no such time zone.", next_step="Write it like Europe/Berlin.")
    if terms.quiet is not None and terms.quiet[0] == terms.quiet[1]:
        raise SettingRefused("Quiet hours that begin and end at the same time are none.")
    rule.event_types, rule.minimum_severity = chosen, terms.minimum_severity
    rule.environment_ids = None if terms.environment_ids is None else _places(scope, terms.environment_ids)
    rule.cooldown_seconds, rule.time_zone = terms.cooldown_seconds, terms.time_zone
    rule.quiet_start, rule.quiet_end = terms.quiet or (None, None)


def _places(scope: Scope, environment_ids: Sequence[UUID]) -> list[str]:
    """The environments by id, each of them in reach. Raises `NotVisible`, `SettingRefused`."""
    if not environment_ids:
        raise SettingRefused("Choose at least one environment, or all of them.")
    return sorted({str(access.environment_by_id(scope, one).pk) for one in environment_ids})


def _place(found: Destination) -> Place:
    return Place("notices_destination", found.pk, "sealed")


def _sealed(found: Destination, target: Target) -> bytes:
    return seal(found.workspace_id, _place(found), target.packed())


def _subject(found: Destination) -> Subject:
    return Subject("destination", str(found.pk), found.name)

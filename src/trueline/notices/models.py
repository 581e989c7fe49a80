"""Tables of destinations, rules, deliveries, notices and wishes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from trueline.findings.rules import Severity
from trueline.kit import clock, ids
from trueline.notices.rules import (
    COOLDOWN_HOURS,
    MINIMUM_SEVERITY,
    WAITING,
    Cause,
    DeliveryStatus,
    DestinationKind,
    Rhythm,
)


def _every_cause() -> list[str]:
    return [str(cause) for cause in Cause]


class Destination(models.Model):
    """Where messages go. Its address and secret are sealed; `target_label` is what may be shown of them."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    target_label = models.CharField(max_length=254)
    sealed = models.BinaryField()
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    rotated_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace_id", "name"], condition=Q(removed_at=None), name="destination_name_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=sorted(DestinationKind)), name="destination_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class AlertRule(models.Model):
    """What is told to a destination, from which severity on, where, how often and when not."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event_types = models.JSONField(default=list)
    minimum_severity = models.CharField(max_length=8, default=MINIMUM_SEVERITY)
    environment_ids = models.JSONField(null=True)
    cooldown_seconds = models.IntegerField(default=COOLDOWN_HOURS * 3600)
    quiet_start = models.TimeField(null=True)
    quiet_end = models.TimeField(null=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "destination"], name="rule_once"),
            models.CheckConstraint(condition=Q(minimum_severity__in=sorted(Severity)), name="rule_severity"),
            models.CheckConstraint(condition=Q(cooldown_seconds__gte=0), name="rule_cooldown"),
            models.CheckConstraint(
                condition=Q(quiet_start=None, quiet_end=None)
                | Q(quiet_start__isnull=False, quiet_end__isnull=False) & ~Q(quiet_start=F("quiet_end")),
                name="rule_quiet_hours",
            ),
        ]


class Notice(models.Model):
    """That a person is told of a finding, once for each cycle of its cause."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    user = models.ForeignKey("workspaces.User", on_delete=models.CASCADE, related_name="+")
    finding = models.ForeignKey(
        "findings.Finding", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    cause = models.CharField(max_length=16)
    cycle = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Prevents telling twice, whoever looks again and however often.
            models.UniqueConstraint(fields=["workspace_id", "user", "cause", "finding", "cycle"], name="notice_once"),
            models.CheckConstraint(condition=Q(cause__in=sorted(Cause)), name="notice_cause"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "user", "-created_at"], name="notice_of_person")]


class NoticeWish(models.Model):
    """What a person wants to be told by mail in this workspace, and when."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    user = models.ForeignKey("workspaces.User", on_delete=models.CASCADE, related_name="+")
    mail_causes = models.JSONField(default=_every_cause)
    digest = models.CharField(max_length=8, default=Rhythm.NEVER)
    digest_hour = models.SmallIntegerField(default=8)
    digest_weekday = models.SmallIntegerField(default=0)
    tells_when_nothing = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="UTC")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "user"], name="wish_once"),
            models.CheckConstraint(condition=Q(digest__in=sorted(Rhythm)), name="wish_digest"),
            models.CheckConstraint(
                condition=Q(digest_hour__gte=0, digest_hour__lte=23, digest_weekday__gte=0, digest_weekday__lte=6),
                name="wish_time",
            ),
        ]


class Delivery(models.Model):
    """One message to one receiver: a destination, a person, or an address of somebody who is no member.

    Its id is what the receiver tells repeats by. `sealed` is a secret that the message carries, until it is sent.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    user = models.ForeignKey("workspaces.User", on_delete=models.CASCADE, related_name="+", null=True)
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    address = models.CharField(max_length=254, blank=True)
    environment_id = models.UUIDField(null=True)
    event_type = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=200, blank=True)
    dedupe_key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    sealed = models.BinaryField(default=b"")
    status = models.CharField(max_length=16, default=DeliveryStatus.QUEUED)
    send_after = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempt_count = models.IntegerField(default=0)
    last_error_code = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: one event makes one delivery for each receiver, however often it is looked at.
            models.UniqueConstraint(fields=["workspace_id", "dedupe_key"], name="delivery_once"),
            models.CheckConstraint(condition=Q(status__in=sorted(DeliveryStatus)), name="delivery_status"),
            models.CheckConstraint(
                condition=Q(destination__isnull=False, user=None, address="")
                | Q(destination=None, user__isnull=False, address="")
                | (Q(destination=None, user=None) & ~Q(address="")),
                name="delivery_has_one_receiver",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.SENDING) | Q(lease_until__isnull=False), name="delivery_lease"
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.SENT) | Q(sent_at__isnull=False), name="delivery_sent_says_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace_id", "send_after"],
                condition=Q(status__in=[*WAITING, DeliveryStatus.SENDING]),
                name="delivery_waiting",
            ),
            models.Index(fields=["workspace_id", "destination", "-created_at"], name="delivery_by_destination"),
            models.Index(
                fields=["workspace_id", "environment_id"],
                condition=Q(status=DeliveryStatus.FAILED),
                name="delivery_failed",
            ),
        ]

    def say(self, key: str) -> Any:
        """One fact of its payload, None when it has none."""
        return self.payload.get(key)


class NoticeCursor(models.Model):
    """How far the trail of a workspace was looked through, and when it was last looked for what is due."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    sequence = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace_id"], name="cursor_once")]

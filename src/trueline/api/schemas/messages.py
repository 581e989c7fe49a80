"""Destinations, what they are told, and what became of every message."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trueline.api.schemas.shapes import Given, GivenTime, Name, Page, Paging, Slug, Text, Time, said
from trueline.findings.rules import Severity
from trueline.notices.rules import COOLDOWN_HOURS, MINIMUM_SEVERITY, DeliveryStatus, DestinationKind, EventType

_ID = "019a9f3e-6c1a-7c3e-8f5d-1b2a3c4d5e6f"
_AT = "2026-11-20T08:00:00Z"
_URL = "https://hooks.example.org/trueline"
_COOLDOWN = COOLDOWN_HOURS * 3600
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Annotated[Text, Field(max_length=64)]


class Quiet(Given):
    """Hours in which messages wait for their end; over midnight when they end before they begin."""

    start: ClockTime = said("When they begin.", "22:00")
    end: ClockTime = said("When they end.", "06:00")


class Rule(BaseModel):
    """What a destination is told."""

    events: list[EventType] = said("Of these events.", ["finding.opened"])
    minimum_severity: Severity = said("From this severity on; what has none is always told.", "high")
    environments: list[Slug] | None = said("Only there; null for everywhere.", ["contoso"], default=None)
    cooldown_seconds: int = said("Equal messages are left out for so long.", _COOLDOWN)
    quiet: Quiet | None = said("Hours in which it waits; null for never.", default=None)
    time_zone: str = said("The zone of the quiet hours.", "Europe/Berlin")


class GivenRule(Given):
    """What a destination is to be told."""

    events: list[EventType] = Field(min_length=1, description="Of these events.", examples=[["finding.opened"]])
    minimum_severity: Severity = said("From this severity on.", "high", default=Severity(MINIMUM_SEVERITY))
    environments: list[Slug] | None = Field(
        default=None, min_length=1, description="Only there; null for everywhere.", examples=[["contoso"]]
    )
    cooldown_seconds: int = Field(
        default=_COOLDOWN, ge=0, le=604_800, description="Equal messages are left out for so long.", examples=[3600]
    )
    quiet: Quiet | None = said("Hours in which it waits; null for never.", default=None)
    time_zone: Zone = said("The zone of the quiet hours.", "Europe/Berlin", default="UTC")


class Destination(BaseModel):
    """Where messages go. Its address is sealed; `target` is what may be shown of it."""

    id: UUID = said("Its id.", _ID)
    name: str = said("Its name.", "Ticket system")
    kind: DestinationKind = said("How it is reached.", "webhook")
    target: str = said("The host, or the mail address.", "hooks.example.org")
    is_enabled: bool = said("Whether anything is sent there.", default=True)
    created_at: Time = said("When it was made.", _AT)
    rotated_at: Time | None = said("When its secret was made anew; null for never.", default=None)
    rule: Rule = said("What it is told.")


class DestinationPage(Page[Destination]):
    """Destinations, by name."""


class NewDestination(Given):
    """A destination to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Ticket system", "kind": "webhook", "address": _URL, "rule": {"events": ["finding.opened"]}}
            ]
        }
    )

    name: Name = said("Its name.", "Ticket system")
    kind: DestinationKind = said("How it is reached.", "webhook")
    address: Text = Field(max_length=2000, description="A web or mail address; never shown again.", examples=[_URL])
    rule: GivenRule = said("What it is told.")


class MadeDestination(Destination):
    """A destination that was just made."""

    secret: str = said("What signs its messages, shown this once; empty for all but webhooks.", "whsec_...")


class DestinationChange(Given):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_enabled": False}]})

    is_enabled: bool | None = said("Whether anything is sent there.", default=None)
    rule: GivenRule | None = said("What it is told from now on, all of it.", default=None)


class NewSecret(BaseModel):
    """What signs from now on; the former secret signs beside it for 24 hours."""

    secret: str = said("Shown this once.", "whsec_...")


class Delivery(BaseModel):
    """One message to a destination. Its id is the same on every attempt: receivers tell repeats by it."""

    id: UUID = said("Its id, as `webhook-id` says it.", _ID)
    destination_id: UUID = said("Where it goes.", _ID)
    event: str = said("What it tells of.", "finding.opened")
    status: DeliveryStatus = said("How far it is.", "sent")
    attempts: int = said("How often it was tried.", 1)
    send_after: Time = said("Not before.", _AT)
    error_code: str = said("Why it was not taken or left out; empty otherwise.", "")
    created_at: Time = said("When it was made.", _AT)
    sent_at: Time | None = said("When it was taken.", default=None)


class DeliveryPage(Page[Delivery]):
    """Messages to a destination, newest first."""


class DeliveryFilter(Paging):
    """Which messages."""

    status: DeliveryStatus | None = said("Only so far.", "failed", default=None)


class Replay(Given):
    """A time whose messages are sent once more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": _AT, "until": "2026-11-21T08:00:00Z"}]})

    since: GivenTime = said("Made from then on.", _AT)
    until: GivenTime = said("Made before then.", "2026-11-21T08:00:00Z")


class Replayed(BaseModel):
    """What is sent once more."""

    deliveries: int = said("How many; the oldest 1,000 at once.", 12)

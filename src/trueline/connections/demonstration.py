"""What a provider makes up for the demonstration. Pure, and as free of Django and rooms as the contract."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoExport:
    """One generated export of the demonstration.

    Attributes:
        environment: Name of the environment it belongs to.
        is_standard: Whether the others are held against it.
        path: Where it lies.
        days_ago: How many days before now it was taken.
    """

    environment: str
    is_standard: bool
    path: Path
    days_ago: int


@dataclass(frozen=True, slots=True)
class DemoLook:
    """What a system of agents in the demonstration has sent since the look before.

    Attributes:
        body: An export request of OpenTelemetry traces, in JSON.
        days: How many days back from now the scan of it reaches.
    """

    body: bytes
    days: int


@dataclass(frozen=True, slots=True)
class DemoSystem:
    """A made-up system of agents for the demonstration.

    Attributes:
        environment: Name of the environment.
        world_model: The world model that it is judged by, a YAML text.
        looks: What it sent, oldest first.
    """

    environment: str
    world_model: str
    looks: tuple[DemoLook, ...]

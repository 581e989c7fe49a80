"""The world models that come with Trueline."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

SHIPPED = ("airline", "retail")


def shipped_path(name: str) -> Path:
    """The file of a world model that comes with Trueline."""
    return Path(str(resources.files("trueline.engine.rules").joinpath("models", f"{name}.yaml")))


def shipped_text(name: str) -> str:
    """Its text."""
    return shipped_path(name).read_text("utf-8")

"""Errors of snapshots, baselines and their comparison."""

from __future__ import annotations

from trueline.kit.errors import Refused


class UnknownDefinitions(Refused):
    """The file of setting definitions has a shape that nobody knows."""

    code = "unknown_definitions"

    def __init__(self) -> None:
        super().__init__(
            "The definitions file is neither a list of setting definitions nor a mapping of setting id to definition."
        )

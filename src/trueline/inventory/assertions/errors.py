"""Errors of baselines."""

from __future__ import annotations

from trueline.kit.errors import Refused


class InvalidBaseline(Refused):
    """A file that is no baseline; says the line and what to do."""

    code = "invalid_baseline"


class LayersRefused(Refused):
    """Layers that do not fit on each other: an override of an assertion that is not there, or one without a reason."""

    code = "layers_refused"

"""Errors of baselines."""

from __future__ import annotations

from trueline.connections.contract import Phrase
from trueline.kit.errors import Refused


class InvalidBaseline(Refused):
    """A file that is no baseline; says the line and what to do.

    Attributes:
        said: The same as a phrase, where it is one, for a page in another language.
    """

    code = "invalid_baseline"

    def __init__(self, said: str | Phrase) -> None:
        super().__init__(str(said))
        self.said = said


class LayersRefused(Refused):
    """Layers that do not fit on each other: an override of an assertion that is not there, or one without a reason.

    Attributes:
        said: The same as a phrase, for a page in another language.
    """

    code = "layers_refused"

    def __init__(self, said: Phrase) -> None:
        super().__init__(str(said))
        self.said = said

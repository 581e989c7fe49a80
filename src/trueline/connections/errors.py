"""Errors of connections and of reading what they connect to."""

from trueline.kit.errors import Refused


class UnknownProvider(Refused):
    """No provider of that key is installed."""

    code = "unknown_provider"

    def __init__(self, key: str) -> None:
        super().__init__(f"No provider named {key!r} is installed.")


class SourceRefused(Refused):
    """The source as a whole cannot be read safely: a bomb, an escape, nothing readable in it. Nothing was kept."""

    code = "source_refused"

"""Which providers are in use. One line each; needs no Django, so that comparing two folders starts fast."""

from trueline.connections import registry
from trueline.providers.agents.provider import AGENTS
from trueline.providers.microsoft365.provider import MICROSOFT365


def wire_providers() -> None:
    """Make every installed provider known."""
    registry.register(MICROSOFT365)
    registry.register(AGENTS)

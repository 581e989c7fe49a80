"""The plug-in for systems of agents. There is no export to read: what agents did comes to the receiver."""

from trueline.connections.contract import Provider
from trueline.providers.agents.demo.looks import make_system


def gettext_noop(text: str) -> str:
    """Mark a label for the translators; the text itself stays English. Named as the extraction tool expects it."""
    return text


AGENTS = Provider(
    key="agents",
    environment_kind="agent_system",
    open_export=None,
    make_demo_system=make_system,
    areas=("agents",),
    area_labels={"agents": gettext_noop("Agents")},
)

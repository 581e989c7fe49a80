# place: src/trueline/findings/rules.py
"""Classes that could hold anything."""


class FindingManager:
    """One."""


class SnapshotData:
    """Another."""


class IOUtils:
    """A third."""

# place: src/trueline/findings/rules.py
"""Names that say what a thing is."""


class Metadata:
    """It ends in the letters, not in the word."""


class Snapshot:
    """What was seen at a time."""

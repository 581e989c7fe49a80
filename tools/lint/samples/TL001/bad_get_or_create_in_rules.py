# place: src/trueline/findings/detectors.py
"""A detector that stores what it detects."""


def remember(store, fingerprint):
    """Keep a detection."""
    return store.get_or_create(fingerprint=fingerprint)

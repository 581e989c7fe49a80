# place: src/trueline/providers/microsoft365/reader.py
"""A reader for which no permission looks like nothing there."""


def policies(client):
    """All policies."""
    try:
        return client.pages("policies")
    except PermissionError:
        return []

# place: src/trueline/web/findings.py
"""Tags in strings."""


def badge(name):
    """A badge."""
    return f'<span class="badge">{name}</span>'

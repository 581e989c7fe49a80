# place: src/trueline/findings/rules.py
"""A deeper one."""


def outer():
    """A function in a function."""

    def inner():
        import json

        return json

    return inner

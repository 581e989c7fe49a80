# place: src/trueline/findings/rules.py
"""An exception that vanishes."""


def number(text):
    """The number in a text."""
    value = None
    try:
        value = int(text)
    except ValueError:
        pass
    return value

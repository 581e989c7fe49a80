# place: src/trueline/providers/microsoft365/reader.py
"""A reader that says what it could not read."""


def policies(client, unread):
    """All policies, or why not."""
    try:
        return client.pages("policies")
    except PermissionError as error:
        return unread("policies", str(error))


def is_number(text):
    """Whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True

# place: src/trueline/cli/people.py
"""A manager reached through a call."""

from django.contrib.auth import get_user_model


def people():
    """Everybody."""
    return get_user_model().objects.all()

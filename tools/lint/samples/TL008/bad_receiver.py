# place: src/trueline/findings/apps.py
"""A receiver and what it needs."""

from django.db.models.signals import post_save
from django.dispatch import receiver


@receiver(post_save)
def follow(sender, **kwargs):
    """Follow a save."""

# place: src/trueline/findings/models.py
"""A key that imports the other room."""

from django.db import models

from trueline.inventory.models import Snapshot


class Finding(models.Model):
    """A finding."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")

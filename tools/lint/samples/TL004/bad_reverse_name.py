# place: src/trueline/findings/models.py
"""A key to another room that leaves a way back."""

from django.db import models


class Finding(models.Model):
    """A finding."""

    environment = models.ForeignKey("workspaces.Environment", on_delete=models.PROTECT, related_name="findings")

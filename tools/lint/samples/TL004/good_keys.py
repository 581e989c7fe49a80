# place: src/trueline/findings/models.py
"""Keys to another room, to the own one and to itself."""

from django.db import models


class Finding(models.Model):
    """A finding."""

    environment = models.ForeignKey("workspaces.Environment", on_delete=models.PROTECT, related_name="+")
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True)


class Note(models.Model):
    """A note on it."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    again = models.ForeignKey("findings.Finding", on_delete=models.PROTECT, related_name="more_notes")

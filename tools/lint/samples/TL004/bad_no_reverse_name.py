# place: src/trueline/findings/models.py
"""A key to another room with Django's own way back."""

from django.db import models


class Finding(models.Model):
    """A finding."""

    owner = models.OneToOneField(to="workspaces.User", on_delete=models.PROTECT)

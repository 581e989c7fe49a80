"""The only thing that the inbox keeps: what one person has seen or put off."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from trueline.casework.rules import ViewPlace
from trueline.kit import clock, ids


class InboxMark(models.Model):
    """That somebody has seen an item, or does not want to see it until a date. Never a copy of the item."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    user = models.ForeignKey("workspaces.User", on_delete=models.CASCADE, related_name="+")
    item_key = models.CharField(max_length=64)
    seen_at = models.DateTimeField(default=clock.now)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "user", "item_key"], name="mark_once"),
            models.CheckConstraint(
                condition=Q(
                    item_key__regex=r"^(finding|exception|run|coverage|environment|connection|delivery|review):[0-9a-f-]{36}$"
                ),
                name="mark_names_an_item",
            ),
        ]


class SavedView(models.Model):
    """The filters of a list that somebody has kept under a name, for themselves or for everybody in the workspace.

    It shows what its reader may see: the filters are an address and nothing more.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    user = models.ForeignKey("workspaces.User", on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    filters = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "user", "place", "name"], name="view_name_once"),
            # Prevents two lists from opening at once: of two defaults chosen at the same moment the second is refused.
            models.UniqueConstraint(
                fields=["workspace_id", "user", "place"], condition=Q(is_default=True), name="view_default_once"
            ),
            models.CheckConstraint(condition=Q(place__in=sorted(ViewPlace)), name="view_place"),
        ]

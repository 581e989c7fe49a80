"""Tables of what a system of agents consists of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from trueline.engine.traces.callgraph import PartKind
from trueline.kit import clock, ids
from trueline.systems.rules import PART_KINDS, Origin, PartState, TemplateState


class GraphPart(models.Model):
    """An agent of a system, or one way from it to another agent, a tool or a model.

    The numbers are of the newest look that showed it; one that is only declared has none. What nobody has confirmed is
    a draft, whatever traces say.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    agent = models.CharField(max_length=200, blank=True)
    target = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=PartState.DRAFT)
    runs = models.IntegerField(default=0)
    calls = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    seconds = models.FloatField(null=True)
    tokens = models.BigIntegerField(null=True)
    cost = models.FloatField(null=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace_id", "environment_id", "kind", "agent", "target"], name="graph_part_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=sorted(PART_KINDS)), name="graph_part_kind"),
            models.CheckConstraint(condition=Q(origin__in=sorted(Origin)), name="graph_part_origin"),
            models.CheckConstraint(condition=Q(state__in=sorted(PartState)), name="graph_part_state"),
            models.CheckConstraint(
                condition=Q(kind=PartKind.AGENT, target="") | (~Q(kind=PartKind.AGENT) & ~Q(target="")),
                name="graph_part_reaches",
            ),
            # Prevents a part that counts as confirmed and that no person has looked at.
            models.CheckConstraint(
                condition=Q(state=PartState.DRAFT, decided_at=None, decided_by_label="")
                | (~Q(state=PartState.DRAFT) & Q(decided_at__isnull=False) & ~Q(decided_by_label="")),
                name="graph_part_decided_says_who",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.DECLARED) | Q(last_seen_at__isnull=False), name="graph_part_was_seen"
            ),
        ]


class PromptTemplate(models.Model):
    """The constant text behind prompts of one agent, with slots: read off traces, or declared.

    `segments` is what was read or declared; `adjusted` is what a person made of it. Values of slots are not kept: they
    are what people and agents said.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    key = models.CharField(max_length=64)
    agent = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=40)
    origin = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=TemplateState.DRAFT)
    segments = models.JSONField()
    adjusted = models.JSONField(null=True)
    prompts_count = models.IntegerField(default=0)
    read_count = models.IntegerField(default=0)
    samples_count = models.IntegerField(default=0)
    confidence = models.FloatField(null=True)
    trace_ids = models.JSONField(default=list)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "key"], name="prompt_template_once"),
            models.CheckConstraint(condition=Q(origin__in=sorted(Origin)), name="prompt_template_origin"),
            models.CheckConstraint(condition=Q(state__in=sorted(TemplateState)), name="prompt_template_state"),
            models.CheckConstraint(
                condition=Q(state=TemplateState.DRAFT, decided_at=None, decided_by_label="")
                | (~Q(state=TemplateState.DRAFT) & Q(decided_at__isnull=False) & ~Q(decided_by_label="")),
                name="prompt_template_decided_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=TemplateState.ADJUSTED) | Q(adjusted__isnull=False),
                name="prompt_template_adjusted_says_how",
            ),
            models.CheckConstraint(
                condition=Q(read_count__lte=models.F("prompts_count")), name="prompt_template_cover"
            ),
        ]

    @property
    def shown(self) -> list[dict[str, object]]:
        """The segments as they count now."""
        found: list[dict[str, object]] = self.segments if self.adjusted is None else self.adjusted
        return found

    @property
    def cover(self) -> float | None:
        """Share of the prompts of its kind that it reads, None while none was looked at."""
        return self.read_count / self.prompts_count if self.prompts_count else None

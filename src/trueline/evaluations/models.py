"""World models, their rules and versions; scans and the causes that they find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from django.db import models
from django.db.models import F, Q

from trueline.engine.rules.model import RuleStatus
from trueline.evaluations.rules import TIERS, ModelState, RelationKind
from trueline.evaluations.scanning import ClusterSource, Readiness, Safety
from trueline.kit import clock, ids

if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
else:
    _Text = models.TextField


class OrderedJson(_Text):
    """JSON as text. A rule looks its facts up in the order in which they stand, and jsonb forgets that order."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_of_django: Any) -> Any:
        """The value."""
        return None if value is None else orjson.loads(value)

    def get_prep_value(self, value: Any) -> Any:
        """Its text."""
        return None if value is None else orjson.dumps(value).decode()


class WorldModel(models.Model):
    """A governed set of rules for one domain. What it judges by is its newest version."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=500)
    state = models.CharField(max_length=16, default=ModelState.DRAFT)
    file_version = models.CharField(max_length=60)
    authority = models.CharField(max_length=300)
    authority_version = models.CharField(max_length=120)
    constants = OrderedJson(default=dict)
    rubric = OrderedJson(default=dict)
    blend = models.FloatField()
    hard_cap = models.FloatField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "key"], name="world_model_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(ModelState)), name="world_model_state"),
            models.CheckConstraint(
                condition=Q(blend__gte=0, blend__lte=1, hard_cap__gte=0, hard_cap__lte=1), name="world_model_weights"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorldRule(models.Model):
    """One rule of a world model. Never deleted; what an enshrined or retired one says never changes."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    world_model = models.ForeignKey(
        WorldModel, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=120)
    position = models.IntegerField()
    text = models.TextField()
    why = models.TextField(blank=True)
    status = models.CharField(max_length=20)
    tier = models.CharField(max_length=16)
    source = models.CharField(max_length=500)
    claimed_approver = models.CharField(max_length=200, blank=True)
    is_hard = models.BooleanField(default=False)
    weight = models.FloatField(default=1.0)
    dimension = models.CharField(max_length=60)
    check_json = OrderedJson()
    examples = OrderedJson(default=list)
    content_digest = models.CharField(max_length=64)
    submitted_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    submitted_by_label = models.CharField(max_length=200, blank=True)
    approved_by = models.ForeignKey("workspaces.User", on_delete=models.PROTECT, related_name="+", null=True)
    approved_by_label = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "world_model", "key"], name="world_rule_once"),
            models.CheckConstraint(condition=Q(status__in=sorted(RuleStatus)), name="world_rule_status"),
            models.CheckConstraint(condition=Q(tier__in=sorted(TIERS)), name="world_rule_tier"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="world_rule_weight"),
            # Prevents a rule that counts as signed off and that no person has signed off.
            models.CheckConstraint(
                condition=~Q(status=RuleStatus.ENSHRINED) | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="world_rule_enshrined_says_who",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RuleStatus.ENSHRINED, RuleStatus.RETIRED])
                | Q(approved_by=None, approved_at=None, approved_by_label=""),
                name="world_rule_approved_only_enshrined",
            ),
            models.CheckConstraint(
                condition=~Q(status=RuleStatus.PENDING_APPROVAL) | Q(submitted_by__isnull=False),
                name="world_rule_pending_says_who",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(submitted_by=None) | ~Q(approved_by=F("submitted_by")),
                name="world_rule_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RuleRelation(models.Model):
    """That a rule depends on, conflicts with or qualifies another. Retired, never deleted."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    rule = models.ForeignKey(WorldRule, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    other = models.ForeignKey(
        WorldRule, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace_id", "rule", "kind", "other"],
                condition=Q(retired_at=None),
                name="rule_relation_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=sorted(RelationKind)), name="rule_relation_kind"),
            models.CheckConstraint(condition=~Q(rule=F("other")), name="rule_relation_to_another"),
        ]


class RuleMove(models.Model):
    """One step in the life of a rule, with who took it and why. Never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    rule = models.ForeignKey(WorldRule, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    actor_label = models.CharField(max_length=200)
    moved_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(before__in=["", *sorted(RuleStatus)]) & Q(after__in=sorted(RuleStatus)),
                name="rule_move_status",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "rule", "moved_at"], name="rule_move_by_rule")]


class WorldModelVersion(models.Model):
    """A published state of a world model: the whole document, so that a score can be computed again. Never changed.

    `authority_uuid` and `authority_digest` are the handle of the enshrined rules; `digest` is that of everything.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    world_model = models.ForeignKey(
        WorldModel, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    label = models.CharField(max_length=80)
    document = OrderedJson()
    digest = models.CharField(max_length=64)
    authority_uuid = models.CharField(max_length=36)
    authority_digest = models.CharField(max_length=64)
    rules_count = models.IntegerField()
    in_force_count = models.IntegerField()
    enshrined_count = models.IntegerField()
    notes = models.TextField(blank=True)
    published_by_label = models.CharField(max_length=200)
    published_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "world_model", "number"], name="model_version_once"),
            models.UniqueConstraint(fields=["workspace_id", "world_model", "label"], name="model_version_label_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Scan(models.Model):
    """One look at what agents did: how far it could be judged, its score, and its report. Never changed.

    The score names the version that it was judged by; `model_digest` is that version's digest of everything, since the
    version's handle leaves checks and weights out.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    run_id = models.UUIDField()
    version = models.ForeignKey(
        WorldModelVersion, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, null=True
    )
    model_digest = models.CharField(max_length=64, blank=True)
    source_label = models.CharField(max_length=200)
    observed_at = models.DateTimeField()
    scanned_at = models.DateTimeField(default=clock.now, editable=False)
    readiness = models.CharField(max_length=16)
    is_complete = models.BooleanField()
    traces_count = models.IntegerField()
    spans_count = models.IntegerField()
    failed_spans_count = models.IntegerField()
    unread_count = models.IntegerField()
    scored_count = models.IntegerField()
    blended = models.FloatField(null=True)
    blended_low = models.FloatField(null=True)
    blended_high = models.FloatField(null=True)
    safety = models.CharField(max_length=16)
    report = OrderedJson()

    class Meta:
        constraints: ClassVar = [
            # Prevents the double: a run taken up after a crash has one scan, however often its step is repeated.
            models.UniqueConstraint(fields=["workspace_id", "run_id"], name="scan_once_per_run"),
            models.CheckConstraint(condition=Q(readiness__in=sorted(Readiness)), name="scan_readiness"),
            models.CheckConstraint(condition=Q(safety__in=sorted(Safety)), name="scan_safety"),
            models.CheckConstraint(
                condition=Q(blended=None, blended_low=None, blended_high=None)
                | Q(blended__isnull=False, blended_low__isnull=False, blended_high__isnull=False),
                name="scan_score_has_its_interval",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "-observed_at", "-id"], name="scan_recent")
        ]


class FailureCluster(models.Model):
    """One cause of failures in one environment, or one rule that is broken there; its id stays for its whole life.

    `hit_count` of `trace_count` is the rate when it was seen last; `unseen_count` are the runs looked at since that did
    not show it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    key = models.CharField(max_length=64)
    source = models.CharField(max_length=16)
    name = models.CharField(max_length=500)
    label = models.TextField(blank=True)
    world_model = models.ForeignKey(
        WorldModel, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, null=True
    )
    rule_key = models.CharField(max_length=120, blank=True)
    is_hard = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    times_seen = models.IntegerField(default=1)
    hit_count = models.IntegerField()
    trace_count = models.IntegerField()
    unseen_count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "key"], name="cluster_once"),
            models.CheckConstraint(condition=Q(source__in=sorted(ClusterSource)), name="cluster_source"),
            models.CheckConstraint(
                condition=Q(source=ClusterSource.FAILURE, world_model=None)
                | Q(source=ClusterSource.RULE, world_model__isnull=False),
                name="cluster_of_a_rule_names_its_model",
            ),
            models.CheckConstraint(condition=Q(hit_count__lte=F("trace_count")), name="cluster_rate"),
        ]

    def __str__(self) -> str:
        return self.name


class ClusterSighting(models.Model):
    """A cluster as one scan saw it. Never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    cluster = models.ForeignKey(
        FailureCluster, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    occurrences = models.IntegerField()
    hit_count = models.IntegerField()
    trace_count = models.IntegerField()
    agents = models.JSONField(default=list)
    variants = models.JSONField(default=list)
    members = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "scan", "cluster"], name="cluster_sighting_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "cluster"], name="sighting_by_cluster")]


class RuleTally(models.Model):
    """How often a rule came to each verdict in one scan. A rule that never passed nor failed has never fired."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    world_model = models.ForeignKey(
        WorldModel, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    rule_key = models.CharField(max_length=120)
    passed = models.IntegerField()
    failed = models.IntegerField()
    not_applicable = models.IntegerField()
    unscored = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "scan", "rule_key"], name="rule_tally_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "world_model", "rule_key"], name="tally_by_rule")]


class TraceJudgement(models.Model):
    """What the rules said of one trace in the latest look that judged it; see `verdicts.JudgedTrace`."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    trace_id = models.CharField(max_length=64)
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    judged_at = models.DateTimeField()
    verdicts = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "environment_id", "trace_id"], name="trace_judgement_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "environment_id", "judged_at"], name="trace_judgement_age")
        ]


class ModelCall(models.Model):
    """One question that a language model was asked on behalf of a judged rule. Never changed.

    `payload_digest` stands for all that it was shown; `holds` is None when nothing could be read out of its answer.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace_id = models.UUIDField()
    environment_id = models.UUIDField()
    run_id = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    model = models.CharField(max_length=120)
    question = models.CharField(max_length=500)
    trace_id = models.CharField(max_length=64)
    payload_digest = models.CharField(max_length=64)
    is_answered = models.BooleanField(default=False)
    holds = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    input_tokens = models.IntegerField(null=True)
    output_tokens = models.IntegerField(null=True)
    cost = models.FloatField(null=True)
    latency_ms = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(is_answered=True) | Q(holds=None), name="model_call_silent_says_nothing")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "run_id", "asked_at"], name="model_call_by_run"),
            models.Index(fields=["workspace_id", "asked_at"], name="model_call_newest"),
        ]

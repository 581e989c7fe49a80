"""Destinations, rules, deliveries, notices, wishes."""

import django.db.models.deletion
import trueline.kit.clock
import trueline.kit.ids
import trueline.notices.models
from django.conf import settings
from django.db import migrations, models

from trueline.kit.database.schema import allow_moves, isolate, sweepable, tie
from trueline.notices.rules import DELIVERY_MOVES


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0002_isolation'),
        ('workspaces', '0003_api_keys'),
        ('findings', '0006_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=16)),
                ('target_label', models.CharField(max_length=254)),
                ('sealed', models.BinaryField()),
                ('is_enabled', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                ('rotated_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('workspace_id', 'name'), name='destination_name_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['mail', 'slack', 'teams', 'webhook'])), name='destination_kind')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('cause', models.CharField(max_length=16)),
                ('cycle', models.CharField(max_length=64)),
                ('actor_label', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=trueline.kit.clock.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('finding', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='findings.finding')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('environment_id', models.UUIDField(null=True)),
                ('event_type', models.CharField(max_length=32)),
                ('fingerprint', models.CharField(blank=True, max_length=200)),
                ('dedupe_key', models.CharField(max_length=120)),
                ('payload', models.JSONField(default=dict)),
                ('status', models.CharField(default='queued', max_length=16)),
                ('send_after', models.DateTimeField(default=trueline.kit.clock.now)),
                ('lease_until', models.DateTimeField(null=True)),
                ('fence', models.BigIntegerField(default=0)),
                ('attempt_count', models.IntegerField(default=0)),
                ('last_error_code', models.CharField(blank=True, max_length=64)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=trueline.kit.clock.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('destination', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.destination')),
                ('notice', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.notice')),
            ],
        ),
        migrations.CreateModel(
            name='NoticeCursor',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('sequence', models.BigIntegerField(default=0)),
                ('looked_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace_id',), name='cursor_once')],
            },
        ),
        migrations.CreateModel(
            name='NoticeWish',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('mail_causes', models.JSONField(default=trueline.notices.models._every_cause)),
                ('digest', models.CharField(default='never', max_length=8)),
                ('digest_hour', models.SmallIntegerField(default=8)),
                ('digest_weekday', models.SmallIntegerField(default=0)),
                ('tells_when_nothing', models.BooleanField(default=False)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AlertRule',
            fields=[
                ('id', models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField()),
                ('event_types', models.JSONField(default=list)),
                ('minimum_severity', models.CharField(default='high', max_length=8)),
                ('environment_ids', models.JSONField(null=True)),
                ('cooldown_seconds', models.IntegerField(default=21600)),
                ('quiet_start', models.TimeField(null=True)),
                ('quiet_end', models.TimeField(null=True)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('created_at', models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                ('destination', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.destination')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'destination'), name='rule_once'), models.CheckConstraint(condition=models.Q(('minimum_severity__in', ['critical', 'high', 'info', 'low', 'medium'])), name='rule_severity'), models.CheckConstraint(condition=models.Q(('cooldown_seconds__gte', 0)), name='rule_cooldown'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_end', None), ('quiet_start', None)), models.Q(('quiet_end__isnull', False), ('quiet_start__isnull', False), models.Q(('quiet_start', models.F('quiet_end')), _negated=True)), _connector='OR'), name='rule_quiet_hours')],
            },
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['workspace_id', 'user', '-created_at'], name='notice_of_person'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'user', 'cause', 'finding', 'cycle'), name='notice_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['approval_wanted', 'assigned', 'due_soon', 'mentioned', 'overdue', 'reopened'])), name='notice_cause'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'deferred', 'sending'])), fields=['workspace_id', 'send_after'], name='delivery_waiting'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['workspace_id', 'destination', '-created_at'], name='delivery_by_destination'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['workspace_id', 'environment_id'], name='delivery_failed'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'dedupe_key'), name='delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['canceled', 'deferred', 'failed', 'queued', 'sending', 'sent', 'suppressed'])), name='delivery_status'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('destination__isnull', False), ('user', None)), models.Q(('destination', None), ('user__isnull', False)), _connector='OR'), name='delivery_has_one_receiver'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'sending'), _negated=True), ('lease_until__isnull', False), _connector='OR'), name='delivery_lease'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='delivery_sent_says_when'),
        ),
        migrations.AddConstraint(
            model_name='noticewish',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'user'), name='wish_once'),
        ),
        migrations.AddConstraint(
            model_name='noticewish',
            constraint=models.CheckConstraint(condition=models.Q(('digest__in', ['daily', 'never', 'weekly'])), name='wish_digest'),
        ),
        migrations.AddConstraint(
            model_name='noticewish',
            constraint=models.CheckConstraint(condition=models.Q(('digest_hour__gte', 0), ('digest_hour__lte', 23), ('digest_weekday__gte', 0), ('digest_weekday__lte', 6)), name='wish_time'),
        ),
        isolate("notices_destination", rights="select, insert, update"),
        isolate("notices_alertrule", rights="select, insert, update, delete"),
        isolate("notices_notice", rights="select, insert, update"),
        isolate("notices_noticewish", rights="select, insert, update"),
        isolate("notices_delivery", rights="select, insert, update"),
        isolate("notices_noticecursor", rights="select, insert, update"),
        tie("notices_alertrule", "destination_id", "notices_destination"),
        tie("notices_notice", "finding_id", "findings_finding"),
        tie("notices_delivery", "destination_id", "notices_destination"),
        tie("notices_delivery", "notice_id", "notices_notice"),
        tie("notices_delivery", "environment_id", "workspaces_environment"),
        allow_moves("notices_delivery", "status", DELIVERY_MOVES),
        sweepable("notices_delivery"),
        sweepable("notices_noticecursor"),
        sweepable("audit_audithead"),
    ]

"""What a person has seen or put off, and the indexes by which the inbox reads the rooms below."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate

_OPEN = "state in ('new', 'triaged', 'in_progress', 'reopened')"
INDEXES = f"""
create index finding_intake on findings_finding (workspace_id, severity_rank, due_at, id)
  where assignee_id is null and {_OPEN};
create index finding_intake_place on findings_finding (workspace_id, environment_id, severity_rank, due_at, id)
  where assignee_id is null and {_OPEN};
create index finding_mine on findings_finding (workspace_id, assignee_id) where assignee_id is not null and {_OPEN};
create index finding_accepted on findings_finding (workspace_id) where state = 'risk_accepted';
create index run_in_trouble on operations_operationrun (workspace_id, environment_id, run_type)
  where state = 'running' or outcome in ('failed', 'blocked')
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("findings", "0004_accepted_risk"),
        ("inventory", "0003_identity_links"),
        ("operations", "0002_isolation"),
        ("connections", "0002_isolation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InboxMark",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("item_key", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField(default=trueline.kit.clock.now)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "user", "item_key"), name="mark_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "item_key__regex",
                                "^(finding|exception|run|coverage|environment|connection):[0-9a-f-]{36}$",
                            )
                        ),
                        name="mark_names_an_item",
                    ),
                ],
            },
        ),
        isolate("casework_inboxmark"),
        migrations.RunSQL(INDEXES, migrations.RunSQL.noop),
    ]

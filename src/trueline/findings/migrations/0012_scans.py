"""A finding may have been seen in a scan of traces, which has no capture."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0011_not_asked")]
    operations = [
        migrations.AlterField("finding", "snapshot_id", models.UUIDField(null=True)),
        migrations.AddField("finding", "scan_id", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "finding",
            models.CheckConstraint(
                condition=models.Q(snapshot_id__isnull=False, scan_id=None)
                | models.Q(snapshot_id=None, scan_id__isnull=False),
                name="finding_seen_in_one_place",
            ),
        ),
    ]

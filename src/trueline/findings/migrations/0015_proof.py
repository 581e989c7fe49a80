"""In which look the accepted value was seen. Of decisions that are there already nobody knows it any more."""

from django.db import migrations, models

from trueline.kit.database.schema import tie


class Migration(migrations.Migration):
    dependencies = [("findings", "0014_worked_at"), ("evaluations", "0004_scan_isolation")]
    operations = [
        migrations.AddField("findingexception", "pinned_snapshot_id", models.UUIDField(null=True)),
        migrations.AddField("findingexception", "pinned_scan_id", models.UUIDField(null=True)),
        tie("findings_findingexception", "pinned_snapshot_id", "inventory_snapshot"),
        tie("findings_findingexception", "pinned_scan_id", "evaluations_scan"),
    ]

"""A finding that its standard no longer asks for is closed by itself."""

from django.db import migrations, models

_REASONS = ["", "not_asked", "duplicate", "false_positive", "not_applicable", "out_of_scope", "superseded"]


class Migration(migrations.Migration):
    dependencies = [("findings", "0010_labels")]
    operations = [
        migrations.RemoveConstraint("finding", "finding_closed_reason"),
        migrations.AddConstraint(
            "finding",
            models.CheckConstraint(condition=models.Q(("closed_reason__in", _REASONS)), name="finding_closed_reason"),
        ),
    ]

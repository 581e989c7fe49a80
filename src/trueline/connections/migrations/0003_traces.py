"""An environment may send its traces by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0002_isolation")]
    operations = [
        migrations.RemoveConstraint(model_name="connection", name="connection_kind"),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=["export", "traces"]), name="connection_kind"
            ),
        ),
    ]

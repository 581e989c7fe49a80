"""Views of the register of decisions can be kept too."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0003_failed_deliveries")]
    operations: ClassVar = [
        migrations.RemoveConstraint("savedview", "view_place"),
        migrations.AddConstraint(
            "savedview",
            models.CheckConstraint(
                condition=models.Q(("place__in", ["audit", "decisions", "findings", "runs"])), name="view_place"
            ),
        ),
    ]

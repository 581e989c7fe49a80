"""What goes on in a workspace is found without walking what has ended: every page asks it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("operations", "0002_isolation")]
    operations: ClassVar = [
        migrations.AddIndex(
            "operationrun",
            models.Index(
                fields=["workspace_id", "-queued_at"],
                condition=models.Q(state__in=("queued", "running")),
                name="run_under_way",
            ),
        )
    ]

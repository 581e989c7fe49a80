"""When a person has ended all sessions but the one at hand."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workspaces", "0004_service_accounts")]
    operations: ClassVar = [
        migrations.AddField("user", "sessions_ended_at", models.DateTimeField(editable=False, null=True))
    ]

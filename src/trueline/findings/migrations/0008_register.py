"""The register of decisions is read page by page, the latest request first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0007_terms")]
    operations = [
        migrations.AddIndex(
            "findingexception",
            models.Index(fields=["workspace_id", "-requested_at", "-id"], name="exception_by_request"),
        )
    ]

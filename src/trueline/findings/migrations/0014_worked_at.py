"""When somebody last did something with a finding; another capture that shows it does not count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0013_own_terms")]
    operations = [migrations.AddField("finding", "worked_at", models.DateTimeField(null=True))]

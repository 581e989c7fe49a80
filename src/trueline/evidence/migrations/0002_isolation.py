"""Row security on documents; what was shown is never changed."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
    ]
    operations = [
        isolate("evidence_document", key="", rights="select, insert"),
        append_only("evidence_document"),
    ]

"""Row security on the trail, and no way to change what is in it."""

from django.db import migrations

from trueline.kit.database.schema import append_only, isolate


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]
    operations = [
        isolate("audit_auditevent", rights="select, insert"),
        append_only("audit_auditevent"),
        isolate("audit_audithead", key="", rights="select, insert, update"),
    ]

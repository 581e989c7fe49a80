"""Values in the form that was sealed, so that the database can check a chain; and no TRUNCATE of the trail."""

from django.db import migrations

from trueline.audit.models import SealedValue
from trueline.kit.database.schema import never_emptied


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_isolation"),
    ]
    operations = [
        migrations.AlterField("auditevent", "before", SealedValue(default=dict)),
        migrations.AlterField("auditevent", "after", SealedValue(default=dict)),
        never_emptied("audit_auditevent"),
        never_emptied("audit_audithead"),
    ]

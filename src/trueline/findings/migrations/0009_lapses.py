"""The history of decisions tells that one expired or went stale."""

from django.db import migrations, models

_KINDS = ["approved", "expired", "rejected", "requested", "revoked", "stale", "superseded"]


class Migration(migrations.Migration):
    dependencies = [("findings", "0008_register")]
    operations = [
        migrations.RemoveConstraint("findingexceptiondecision", "decision_kind"),
        migrations.AddConstraint(
            "findingexceptiondecision",
            models.CheckConstraint(condition=models.Q(("decision__in", _KINDS)), name="decision_kind"),
        ),
    ]

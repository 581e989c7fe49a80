"""Messages to addresses of people who are no members, and a secret that a message carries until it is sent."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_has_one_receiver",
        ),
        migrations.AddField(
            model_name="delivery",
            name="address",
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sealed",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", ""), ("destination__isnull", False), ("user", None)),
                    models.Q(("address", ""), ("destination", None), ("user__isnull", False)),
                    models.Q(("destination", None), ("user", None), models.Q(("address", ""), _negated=True)),
                    _connector="OR",
                ),
                name="delivery_has_one_receiver",
            ),
        ),
    ]

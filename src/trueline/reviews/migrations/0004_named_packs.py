"""A customer's pack with names, which somebody who may publish has asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_share_links")]
    operations = [
        migrations.RemoveConstraint(model_name="pack", name="pack_audience"),
        migrations.AddConstraint(
            model_name="pack",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["customer", "internal", "named"])), name="pack_audience"
            ),
        ),
    ]

"""The wrapped data keys."""

from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate, sweepable


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("kek_name", models.CharField(max_length=64)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField(default=trueline.kit.clock.now, editable=False)),
                ("wrapped_at", models.DateTimeField(default=trueline.kit.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace_id",), name="data_key_once")],
            },
        ),
        isolate("vault_datakey", rights="select, insert, update"),
        sweepable("vault_datakey"),
    ]

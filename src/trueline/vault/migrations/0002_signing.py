from django.db import migrations, models

import trueline.kit.clock
import trueline.kit.ids
from trueline.kit.database.schema import isolate


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "id",
                    models.UUIDField(default=trueline.kit.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField()),
                ("name", models.CharField(max_length=71)),
                ("public_pem", models.TextField()),
                ("sealed", models.BinaryField()),
                ("not_before", models.DateTimeField(default=trueline.kit.clock.now)),
                ("not_after", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "name"), name="signing_key_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("not_after", None)), fields=("workspace_id",), name="signing_key_in_use"
                    ),
                ],
            },
        ),
        isolate("vault_signingkey", rights="select, insert, update"),
    ]

"""An item of the inbox may be a destination whose messages were not delivered."""

from django.db import migrations, models

_ITEMS = r"^(finding|exception|run|coverage|environment|connection|delivery):[0-9a-f-]{36}$"


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_saved_views")]
    operations = [
        migrations.RemoveConstraint("inboxmark", "mark_names_an_item"),
        migrations.AddConstraint(
            "inboxmark",
            models.CheckConstraint(condition=models.Q(("item_key__regex", _ITEMS)), name="mark_names_an_item"),
        ),
    ]
